// A question before something that cannot be undone.
#pragma once

#include <string>

#include "util/result.hpp"

namespace sarray::cli {

/// Whether a person can be asked: standard input and standard error are terminals.
[[nodiscard]] bool can_ask();

/// Asks on standard error, and reads a line of standard input. Only "y" or "yes" (in any case) agrees.
/// Precondition: can_ask().
/// @param question one line without its end: "cancel all 3 jobs?"
/// @return an error that says that nothing was done, if the answer is anything else.
[[nodiscard]] util::Result<void> confirm(const std::string& question);

}  // namespace sarray::cli
