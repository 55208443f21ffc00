// The functions that ours stand before.
#pragma once

#include <sys/types.h>

#include "intercept/text.hpp"

namespace sarray::intercept {

struct Functions {
  int (*execve)(const char*, Words, Words);
  int (*execvpe)(const char*, Words, Words);
  int (*fexecve)(int, Words, Words);
  int (*execveat)(int, const char*, Words, Words, int);
  int (*posix_spawn)(pid_t*, const char*, const void*, const void*, Words, Words);
  int (*posix_spawnp)(pid_t*, const char*, const void*, const void*, Words, Words);
  int (*system)(const char*);
  void* (*popen)(const char*, const char*);
};
extern Functions next;  ///< null: there is none

/// Fills `next`. Only then can the library call them: it is linked to nothing.
void find_next_functions();

}  // namespace sarray::intercept
