// Questions to the person at the terminal.
#pragma once

#include <string>

namespace sarray::util {

/// Returns whether somebody can be asked: standard input and standard error are a terminal.
[[nodiscard]] bool can_ask();

/// Asks `sarray: question [y/N] ` on standard error. @return whether the answer begins with y. Anything else, the end of input
/// too, is no.
[[nodiscard]] bool confirm(const std::string& question);

}  // namespace sarray::util
