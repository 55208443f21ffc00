/* Spawns commands and measures each from the call to its end, so that the spawner's own cost is the same for all of them.
 *
 *   spawn RESULT ROUNDS CALLERS COMMAND [-- COMMAND]...
 *
 * A COMMAND is [NAME=VALUE]... PATH [ARGUMENT]...; the variables come before those of the environment.
 * CALLERS 1: one round runs every command once, in turn; RESULT gets two lines per command: nanoseconds of each round, and of
 * processor time, of the command and of all that it waited for.
 * CALLERS N: for each command in turn, N processes run it ROUNDS times each; RESULT gets a line per command: nanoseconds from the
 * first start to the last end, by the number of calls. A command that fails ends the measurement with its status.
 * The variable SPAWN_COPY=FILE makes the command's last argument a new copy of FILE before each of its runs, which is not measured.
 * Standard input and output are /dev/null. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

struct command {
  char **argv;
  char **environment;
};

static struct command parse(char **words) {
  struct command command;
  size_t own = 0, inherited = 0;
  while (strchr(words[own], '=') != NULL) ++own;
  while (environ[inherited] != NULL) ++inherited;
  command.argv = words + own;
  command.environment = calloc(own + inherited + 1, sizeof(char *));
  memcpy(command.environment, words, own * sizeof(char *));
  memcpy(command.environment + own, environ, inherited * sizeof(char *));
  return command;
}

static void renew_file(struct command command) {
  const char *name = "SPAWN_COPY=";
  char **entry = command.environment, **word = command.argv;
  while (*entry != NULL && strncmp(*entry, name, strlen(name)) != 0) ++entry;
  if (*entry == NULL) return;
  while (word[1] != NULL) ++word;
  int from = open(*entry + strlen(name), O_RDONLY | O_CLOEXEC), to = open(*word, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
  ssize_t sent = 1;
  while (from >= 0 && to >= 0 && sent > 0) sent = sendfile(to, from, NULL, 1 << 30);
  if (from < 0 || to < 0 || sent < 0 || close(to) != 0 || close(from) != 0) {
    perror(*word);
    _exit(1);
  }
}

/* Returns nanoseconds of processor time. */
static long long run(struct command command) {
  int status = -1;
  struct rusage usage;
  pid_t child = vfork();
  if (child == 0) {
    execve(command.argv[0], command.argv, command.environment);
    _exit(127);
  }
  if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0) {
    fprintf(stderr, "spawn: %s: wait status %d\n", command.argv[0], status);
    _exit(1);
  }
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000LL + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000LL;
}

static long long run_callers(struct command command, int rounds, int callers) {
  long long start = now();
  int failed = 0;
  for (int i = 0; i < callers; ++i) {
    if (fork() != 0) continue;
    for (int r = 0; r < rounds; ++r) run(command);
    _exit(0);
  }
  for (int i = 0, status; i < callers; ++i) {
    wait(&status);
    failed |= status;
  }
  if (failed) _exit(1);
  return (now() - start) / ((long long)rounds * callers);
}

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  FILE *result = fopen(argv[1], "we");
  int rounds = atoi(argv[2]), callers = atoi(argv[3]), count = 0;
  struct command commands[16];
  if (result == NULL || rounds < 1 || callers < 1) return 2;
  for (int i = 4; i < argc && count < 16; ++i) {
    char **words = argv + i;
    while (i < argc && strcmp(argv[i], "--") != 0) ++i;
    argv[i] = NULL;
    commands[count++] = parse(words);
  }
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);

  for (int fd = 0; fd < 2; ++fd) dup2(null, fd);

  if (callers > 1) {
    for (int c = 0; c < count; ++c) fprintf(result, "%lld\n", run_callers(commands[c], rounds, callers));
    return fclose(result) != 0;
  }
  size_t size = (size_t)rounds * (size_t)count;
  long long *times = malloc(sizeof *times * size), *processor = malloc(sizeof *processor * size);
  if (times == NULL || processor == NULL) return 1;
  for (int r = 0; r < rounds; ++r) {
    for (int c = 0; c < count; ++c) {
      renew_file(commands[c]);
      long long start = now();
      processor[c * rounds + r] = run(commands[c]);
      times[c * rounds + r] = now() - start;
    }
  }
  for (int c = 0; c < count; ++c) {
    for (int r = 0; r < rounds; ++r) fprintf(result, "%lld ", times[c * rounds + r]);
    fprintf(result, "\n");
    for (int r = 0; r < rounds; ++r) fprintf(result, "%lld ", processor[c * rounds + r]);
    fprintf(result, "\n");
  }
  return fclose(result) != 0;
}
