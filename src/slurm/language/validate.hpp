// The checks of values that sbatch does before it contacts Slurm.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "slurm/language/option.hpp"
#include "util/environment.hpp"
#include "util/result.hpp"

namespace sarray::slurm {

/// sbatch's words and exit status if it refuses a value, as of 22.05.
using Fault = std::optional<util::Error>;

/// Checks one value.
/// @param value nullopt if an optional value was not given.
/// @return nullopt if sbatch accepts the value. Values that depend on the site's configuration, on the users or on files are
/// accepted here: sbatch refuses them at the submission, and nothing is lost. Source: slurm_opt.c, arg_set_* (compared by
/// tests/oracle). Counts end with 1, all else with 255.
[[nodiscard]] Fault find_fault(const OptionSpec& option, std::optional<std::string_view> value);

/// Returns whether sbatch prints a help text for the value, and ends: --gres=help, --mem-bind=help.
[[nodiscard]] bool asks_for_help(const OptionSpec& option, std::string_view value);

/// --distribution=plane without a size reads it from SLURM_DIST_PLANESIZE. It is the only value that find_fault cannot judge
/// alone.
[[nodiscard]] Fault find_plane_fault(std::string_view distribution, const util::Environment& environment);

/// @param lines without "sbatch: error: ", separated by newlines.
[[nodiscard]] util::Error make_fault(std::string_view lines, int status);

// Each of these checks one option; find_fault calls them.

/// --begin and --deadline (parse_time.c:parse_time). Only the value itself depends on the clock.
[[nodiscard]] Fault check_moment(const OptionSpec& option, std::string_view value);
/// --time, --time-min, --delay-boot (parse_time.c:_is_valid_timespec).
[[nodiscard]] bool is_duration(std::string_view value);
[[nodiscard]] Fault check_cpu_frequency(std::string_view value);
[[nodiscard]] Fault check_distribution(std::string_view value);
[[nodiscard]] Fault check_gpu_binding(std::string_view value);
[[nodiscard]] Fault check_gpu_frequency(std::string_view value);
[[nodiscard]] Fault check_memory_binding(std::string_view value);
[[nodiscard]] Fault check_node_info(std::string_view value);  ///< -B
[[nodiscard]] bool is_signal(std::string_view value);

}  // namespace sarray::slurm
