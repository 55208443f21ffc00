// Which program is executed, when a program is executed.
#pragma once

#include "intercept/text.hpp"

namespace sarray::intercept {

/// The program that is executed instead of the one that was named.
class Program {
 public:
  /// @param is_searched whether a name without a slash is looked up in PATH.
  Program(const char* path, bool is_searched);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  [[nodiscard]] const char* path() const { return m_path; }
  [[nodiscard]] bool wants_library() const { return m_wants_library; }

 private:
  void decide(const char* file);

  const char* m_path;
  bool m_wants_library = false;
  char m_own[max_path];
};

}  // namespace sarray::intercept
