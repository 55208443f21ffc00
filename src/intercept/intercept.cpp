// The library that a session has loaded into the programs that run in it (LD_PRELOAD). When one of them executes Slurm's own
// sbatch, by whatever path, the session's is executed instead.
//
// It is linked to nothing: what it calls is in every C library that the program may have, glibc from 2.17 on or musl. The
// functions that it stands before are looked up when it is loaded. All else runs between vfork and exec, where memory cannot be
// allocated. The program does not see the library in its environment, so that nothing takes it along into a job; each program
// that is executed gets it anew, also with an empty environment.
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "intercept/environment.hpp"
#include "intercept/files.hpp"
#include "intercept/next.hpp"
#include "intercept/own.hpp"
#include "intercept/program.hpp"

namespace sarray::intercept {

namespace {

int execute(const char* path, Words words, Words environment) {
  if (next.execve == nullptr) return static_cast<int>(syscall(SYS_execve, path, words, environment));
  const Program program(path, false);
  return with_library(program.wants_library(), environment,
                      [&](Words entries) { return next.execve(program.path(), words, entries); });
}

int execute_searched(const char* name, Words words, Words environment) {
  if (next.execvpe == nullptr) return errno = ENOSYS, -1;
  const Program program(name, true);
  return with_library(program.wants_library(), environment,
                      [&](Words entries) { return next.execvpe(program.path(), words, entries); });
}

[[gnu::constructor]] void begin(int /*argc*/, char** /*argv*/, char** third) {
  if (*own_library() != '\0') find_next_functions();
  // glibc hands the environment over, and may have none in `environ` yet; musl is the other way round.
  char** entries = environ != nullptr ? environ : third;
  if (entries != nullptr && *own_library() != '\0') hide_library(entries);
}

}  // namespace

}  // namespace sarray::intercept

// --- what programs call --------------------------------------------------------------------------------------------------------
// Under other names here, since the headers differ in how they declare them.

using sarray::intercept::execute;
using sarray::intercept::execute_searched;
using sarray::intercept::next;
using sarray::intercept::OpenFile;
using sarray::intercept::Program;
using sarray::intercept::with_environ;
using sarray::intercept::with_library;
using sarray::intercept::Words;

#define SARRAY_EXPORT(name) asm(#name) __attribute__((visibility("default"), used))

extern "C" {

int own_execve(const char* path, Words words, Words environment) SARRAY_EXPORT(execve);
int own_execve(const char* path, Words words, Words environment) { return execute(path, words, environment); }

int own_execv(const char* path, Words words) SARRAY_EXPORT(execv);
int own_execv(const char* path, Words words) { return execute(path, words, environ); }

int own_execvp(const char* name, Words words) SARRAY_EXPORT(execvp);
int own_execvp(const char* name, Words words) { return execute_searched(name, words, environ); }

int own_execvpe(const char* name, Words words, Words environment) SARRAY_EXPORT(execvpe);
int own_execvpe(const char* name, Words words, Words environment) { return execute_searched(name, words, environment); }

// The words of execl and its like, as an array; `last` is the va_list after the words' end.
#define SARRAY_COLLECT(first, words, last)                                           \
  va_list last;                                                                      \
  va_start(last, first);                                                             \
  size_t count = 1;                                                                  \
  if ((first) != nullptr)                                                            \
    while (va_arg(last, char*) != nullptr) ++count;                                  \
  va_end(last);                                                                      \
  auto** words = static_cast<char**>(__builtin_alloca((count + 1) * sizeof(char*))); \
  words[0] = const_cast<char*>(first);                                               \
  va_start(last, first);                                                             \
  for (size_t i = 1; i <= count && words[0] != nullptr; ++i) words[i] = va_arg(last, char*);

int own_execl(const char* path, const char* first, ...) SARRAY_EXPORT(execl);
int own_execl(const char* path, const char* first, ...) {
  SARRAY_COLLECT(first, words, last)
  va_end(last);
  return execute(path, words, environ);
}

int own_execlp(const char* name, const char* first, ...) SARRAY_EXPORT(execlp);
int own_execlp(const char* name, const char* first, ...) {
  SARRAY_COLLECT(first, words, last)
  va_end(last);
  return execute_searched(name, words, environ);
}

int own_execle(const char* path, const char* first, ...) SARRAY_EXPORT(execle);
int own_execle(const char* path, const char* first, ...) {
  SARRAY_COLLECT(first, words, last)
  auto* environment = va_arg(last, char**);
  va_end(last);
  return execute(path, words, environment);
}

int own_fexecve(int file, Words words, Words environment) SARRAY_EXPORT(fexecve);
int own_fexecve(int file, Words words, Words environment) {
  if (next.fexecve == nullptr) return errno = ENOSYS, -1;
  const OpenFile opened(file);
  const Program program(opened.path(), false);
  if (program.path() != opened.path()) return execute(program.path(), words, environment);
  return with_library(program.wants_library(), environment, [&](Words entries) { return next.fexecve(file, words, entries); });
}

int own_execveat(int folder, const char* path, Words words, Words environment, int flags) SARRAY_EXPORT(execveat);
int own_execveat(int folder, const char* path, Words words, Words environment, int flags) {
  if (next.execveat == nullptr) return static_cast<int>(syscall(SYS_execveat, folder, path, words, environment, flags));
  const OpenFile opened(folder);
  const Program program(*path == '\0' ? opened.path() : path, false);
  const bool is_known = *path == '/' || *path == '\0' || folder == AT_FDCWD;
  if (is_known && program.path() != opened.path() && program.path() != path) return execute(program.path(), words, environment);
  return with_library(program.wants_library(), environment,
                      [&](Words entries) { return next.execveat(folder, path, words, entries, flags); });
}

int own_posix_spawn(pid_t* pid, const char* path, const void* actions, const void* attributes, Words words, Words environment)
    SARRAY_EXPORT(posix_spawn);
int own_posix_spawn(pid_t* pid, const char* path, const void* actions, const void* attributes, Words words, Words environment) {
  if (next.posix_spawn == nullptr) return ENOSYS;
  const Program program(path, false);
  return with_library(program.wants_library(), environment,
                      [&](Words entries) { return next.posix_spawn(pid, program.path(), actions, attributes, words, entries); });
}

int own_posix_spawnp(pid_t* pid, const char* name, const void* actions, const void* attributes, Words words, Words environment)
    SARRAY_EXPORT(posix_spawnp);
int own_posix_spawnp(pid_t* pid, const char* name, const void* actions, const void* attributes, Words words, Words environment) {
  if (next.posix_spawnp == nullptr) return ENOSYS;
  const Program program(name, true);
  return with_library(program.wants_library(), environment,
                      [&](Words entries) { return next.posix_spawnp(pid, program.path(), actions, attributes, words, entries); });
}

int own_system(const char* command) SARRAY_EXPORT(system);
int own_system(const char* command) {
  if (next.system == nullptr) return errno = ENOSYS, -1;
  return with_environ([&] { return next.system(command); });
}

void* own_popen(const char* command, const char* type) SARRAY_EXPORT(popen);
void* own_popen(const char* command, const char* type) {
  if (next.popen == nullptr) return errno = ENOSYS, nullptr;
  return with_environ([&] { return next.popen(command, type); });
}

}  // extern "C"
