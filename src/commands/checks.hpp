// Whether a session's calls are checked: the options of `run` and `listen`.
#pragma once

#include <string_view>

#include "util/result.hpp"

namespace sarray::commands {

inline constexpr std::string_view check_help =
    "ask Slurm about the first call with new options, so that what it would refuse fails at once";
inline constexpr std::string_view no_check_help = "never ask: what Slurm refuses fails when it is submitted";

/// @param yes, no whether --check and --no-check were given; else SARRAY_CHECK says it, else `usual`.
/// @return an error if both were given, or the variable has another value than on or off.
[[nodiscard]] util::Result<bool> choose_checks(bool yes, bool no, bool usual);

}  // namespace sarray::commands
