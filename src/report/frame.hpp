// One drawing of `status --watch`: what fits on the screen, and how much there is above and below.
#pragma once

#include <cstddef>
#include <string>

#include "report/status.hpp"

namespace sarray::report {

struct Frame {
  std::string text;        ///< at most as many lines as the screen has; the last one without a newline
  std::size_t scroll = 0;  ///< the first line of the rows that is shown: what was asked for, as far as there are lines
  std::size_t page = 1;    ///< how many lines of the rows are shown
};

/// Draws the totals, and of the rows under their heading as many as fit from the line `scroll` on. The last line counts those
/// that do not fit.
/// @param height of the screen, in lines. @param keys what the reader can press, for the last line; empty: nothing.
[[nodiscard]] Frame draw_frame(const StatusText& status, std::size_t height, std::size_t scroll, const std::string& keys);

}  // namespace sarray::report
