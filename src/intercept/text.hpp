// Small functions on texts. Memory is never allocated: all of the library may run between vfork and exec.
#pragma once

#include <stddef.h>
#include <string.h>

namespace sarray::intercept {

/// Arguments or an environment, as exec takes them.
using Words = char* const*;

/// Longer paths are not looked at.
constexpr size_t max_path = 4096;

inline bool begins_with(const char* text, const char* start) { return strncmp(text, start, strlen(start)) == 0; }

inline const char* last_part(const char* path) {
  const char* slash = strrchr(path, '/');
  return slash != nullptr ? slash + 1 : path;
}

}  // namespace sarray::intercept
