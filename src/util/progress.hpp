// Progress of long work on a terminal: one line that counts up and disappears when the work is done.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace sarray::util {

/// Says nothing if standard error is not a terminal, nor about work that is done before its patience ends.
class Progress {
 public:
  /// @param what "reading calls"; the count and the total follow it.
  /// @param patience before the first word.
  Progress(std::string what, std::uint64_t total, std::chrono::milliseconds patience = std::chrono::milliseconds(300));
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  /// Counts one step as done.
  void step() {
    ++m_done;
    if (m_shows) tell();
  }

 private:
  void tell();

  std::string m_what;
  std::uint64_t m_total;
  std::uint64_t m_done = 0;
  bool m_shows;
  bool m_told = false;
  std::chrono::steady_clock::time_point m_next;
};

}  // namespace sarray::util
