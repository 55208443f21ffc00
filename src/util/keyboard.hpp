// Single keys of a terminal, while something is drawn on it.
#pragma once

#include <termios.h>

#include <cstdint>

namespace sarray::util {

enum class Key : std::uint8_t {
  none,    ///< the time is over
  redraw,  ///< a signal came: the size of the terminal may have changed
  quit,    ///< q, or the end of the input
  up,
  down,
  page_up,
  page_down,
  first,
  last,
  other,
};

/// Takes the terminal's keys as they are pressed, and does not show them, until it is destroyed. If a signal ends the program
/// meanwhile (Ctrl-C, kill), the terminal is as it was before. There can be only one.
class Keyboard {
 public:
  /// @param fd standard input. If it is not a terminal, or this is a job in the background, nothing is changed.
  explicit Keyboard(int fd);
  ~Keyboard();
  Keyboard(const Keyboard&) = delete;
  Keyboard& operator=(const Keyboard&) = delete;

  /// Whether there are keys to read.
  [[nodiscard]] bool is_there() const { return m_is_there; }
  /// Waits for a key. If there is no keyboard, it sleeps. @param milliseconds at most.
  [[nodiscard]] Key wait(int milliseconds);

 private:
  int m_fd;
  bool m_is_there = false;
};

}  // namespace sarray::util
