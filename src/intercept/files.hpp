// What the system knows of files.
#pragma once

#include <stddef.h>
#include <sys/stat.h>

#include "intercept/text.hpp"

namespace sarray::intercept {

bool get_state(const char* path, struct stat& state);
bool is_same_file(const struct stat& a, const struct stat& b);

/// Whether the file begins as programs do that no interpreter reads.
bool is_elf_file(const char* path);
/// Whether the program can load this library. For a 32-bit one ld.so would print that it cannot.
bool can_load(const char* path);

/// Finds the file that exec would take: the first of that name in PATH that can be executed. @param path at least max_path bytes.
bool find_in_path(const char* name, char* path);

/// The path of an open file, as far as the system knows it; else empty.
class OpenFile {
 public:
  explicit OpenFile(int file);
  [[nodiscard]] const char* path() const { return m_path; }

 private:
  char m_path[max_path];
};

}  // namespace sarray::intercept
