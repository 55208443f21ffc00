// The wording of errors, in one place, so that all of them look alike.
#pragma once

#include <cstdint>
#include <string>

#include "util/result.hpp"

namespace sarray::util {

/// Returns Error::body unchanged, then `sarray: error: what: why` and `hint: ...`; empty parts are left out. Users' bytes in the
/// last two cannot command a terminal.
/// @param for_terminal whether the body is made harmless too; otherwise it is byte for byte what sbatch would print.
[[nodiscard]] std::string format_error(const Error& error, bool for_terminal = false);

/// Writes `sarray: note: TEXT` to standard error. What of the text could command a terminal is made visible.
/// @param hint a second line; empty: none.
void note(const std::string& text, const std::string& hint = "");
/// Writes `sarray: warning: TEXT`, likewise.
void warn(const std::string& text, const std::string& hint = "");

/// "1 task", "3 tasks".
[[nodiscard]] std::string count(std::uint64_t n, const std::string& noun);

}  // namespace sarray::util
