/* Writes down all that a task can see: usage: probe FILE [ARGUMENT...], or as a script's interpreter ("#!/path/probe FILE").
 * The report goes to FILE.TASK[.rRESTART], TASK being SLURM_ARRAY_TASK_ID or "plain". One "key value" a line, bytes that are
 * not plain printed as \xNN. "p-" keys describe the parent (the batch script's own process), where that is not the probe. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;
static FILE *report;

static void line(const char *key, const char *text, size_t length) {
  fprintf(report, "%s ", key);
  for (size_t i = 0; i < length; i++) {
    unsigned char c = (unsigned char)text[i];
    if (c > 32 && c < 127 && c != '\\') fputc(c, report); else fprintf(report, "\\x%02x", c);
  }
  fputc('\n', report);
}

static char *slurp(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  char *bytes = malloc(1 << 22);
  *length = file ? fread(bytes, 1, 1 << 22, file) : 0;
  if (file) fclose(file);
  return bytes;
}

static void list_block(const char *key, const char *path) {
  size_t length;
  char *bytes = slurp(path, &length);
  for (size_t at = 0; at < length; at += strlen(bytes + at) + 1) line(key, bytes + at, strlen(bytes + at));
  free(bytes);
}

static void link_of(const char *key, const char *path) {
  char target[8192];
  ssize_t length = readlink(path, target, sizeof target);
  if (length >= 0) line(key, target, (size_t)length);
}

static void descriptors(const char *key, const char *folder) {
  DIR *dir = opendir(folder);
  int self = dir ? dirfd(dir) : -1;
  for (struct dirent *entry; dir && (entry = readdir(dir));) {
    if (entry->d_name[0] == '.' || (atoi(entry->d_name) == self && !strcmp(key, "fd"))) continue;
    char path[600], name[600];
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    snprintf(name, sizeof name, "%s %s", key, entry->d_name);
    if (atoi(entry->d_name) <= 2) link_of(name, path); else fprintf(report, "%s\n", name);
  }
  if (dir) closedir(dir);
}

static void status_lines(const char *prefix, const char *path) {
  size_t length;
  char *bytes = slurp(path, &length);
  bytes[length] = 0;
  for (char *at = strtok(bytes, "\n"); at; at = strtok(NULL, "\n")) {
    if (!strncmp(at, "Sig", 3) && strncmp(at, "SigQ", 4) && strncmp(at, "SigP", 4)) fprintf(report, "%s%s\n", prefix, at);
    if (!strncmp(at, "Umask", 5)) fprintf(report, "%s%s\n", prefix, at);
  }
  free(bytes);
}

int main(int argc, char **argv) {
  if (argc < 2) return 99;
  const char *task = getenv("SLURM_ARRAY_TASK_ID"), *restart = getenv("SLURM_RESTART_COUNT");
  char path[4096], self[64];
  snprintf(path, sizeof path, "%s.%s%s%s.part", argv[1], task ? task : "plain", restart ? ".r" : "", restart ? restart : "");
  mode_t mask = umask(022);
  report = fopen(path, "wb");
  umask(mask);
  if (!report) return 98;
  for (int i = 2; i < argc; i++) line("argv", argv[i], strlen(argv[i]));
  for (char **entry = environ; *entry; entry++) line("env", *entry, strlen(*entry));
  link_of("cwd", "/proc/self/cwd");
  fprintf(report, "umask %03o\nnice %d\n", mask, getpriority(PRIO_PROCESS, 0));
  for (int i = 0; i < 16; i++) {
    struct rlimit limit;
    if (!getrlimit(i, &limit)) fprintf(report, "limit %d %lld %lld\n", i, (long long)limit.rlim_cur, (long long)limit.rlim_max);
  }
  /* The batch process: SLURM_TASK_PID says who it is. */
  const char *pid = getenv("SLURM_TASK_PID");
  int batch = pid ? atoi(pid) : 0, me = batch == getpid();
  fprintf(report, "batch-process %s\n", me ? "self" : batch == getppid() ? "parent" : "other");
  fprintf(report, "session-leader %d group-leader %d\n", getsid(0) == batch, getpgid(0) == batch);
  if (batch) {
    snprintf(self, sizeof self, "/proc/%d/environ", batch);
    list_block("p-env", self);
    snprintf(self, sizeof self, "/proc/%d/cmdline", batch);
    list_block("p-argv", self);
    snprintf(self, sizeof self, "/proc/%d/status", batch);
    status_lines("p-", self);
    snprintf(self, sizeof self, "/proc/%d/fd", batch);
    descriptors("p-fd", self);
    snprintf(self, sizeof self, "/proc/%d/exe", batch);
    link_of("p-exe", self);
    snprintf(self, sizeof self, "/proc/%d/comm", batch);
    list_block("p-name", self);
  }
  status_lines("", "/proc/self/status");
  descriptors("fd", "/proc/self/fd");
  fclose(report);
  char final[4096];
  snprintf(final, sizeof final, "%.*s", (int)strlen(path) - 5, path);
  rename(path, final);
  return 0;
}
