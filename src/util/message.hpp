// How an error is worded: in one place, so that all read alike.
#pragma once

#include <cstdint>
#include <string>

#include "util/result.hpp"

namespace sarray::util {

/// Error::body as it stands, then `sarray: error: what: why` and `hint: ...`, where there are such parts.
/// Users' bytes in the last two cannot command a terminal.
/// @param for_terminal the body too is made harmless: else it is byte for byte what sbatch would say.
[[nodiscard]] std::string format_error(const Error& error, bool for_terminal = false);

/// "1 task", "3 tasks".
[[nodiscard]] std::string count(std::uint64_t n, const std::string& noun);

}  // namespace sarray::util
