// The checks of values that sbatch does before it contacts Slurm.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "slurm/language/option.hpp"
#include "util/environment.hpp"
#include "util/result.hpp"

namespace sarray::slurm {

/// sbatch's words and exit status if it refuses a value.
using Fault = std::optional<util::Error>;

/// @param value nullopt if an optional value was not given.
/// @param release of the sbatch whose rules hold.
/// @return nullopt if sbatch takes the value. Values that depend on the site's configuration, on the users or on files
///   are taken here: sbatch refuses them at the submission, and nothing is lost.
/// Source: slurm_opt.c, arg_set_* (compared by tests/oracle). Counts end with 1, all else with 255.
[[nodiscard]] Fault find_fault(const OptionSpec& option, std::optional<std::string_view> value, const Release& release);

/// The least and the max of --nodes as a list of sizes, "1,3,5" or "1-5:2" (from 23.02).
struct NodeSizes {
  int least = 0;
  int max = 0;
};
/// Whether --nodes is such a list there, rather than a count or a range.
[[nodiscard]] bool is_size_list(std::string_view nodes, const Release& release);
/// @return nullopt if it is not a valid one. Source: proc_args.c:verify_node_count, bitstring.c:bitfmt2int.
[[nodiscard]] std::optional<NodeSizes> read_size_list(std::string_view nodes);

/// Returns whether sbatch prints a help text for the value, and ends: --gres=help, --mem-bind=help.
[[nodiscard]] bool asks_for_help(const OptionSpec& option, std::string_view value);

/// --distribution=plane without a size reads it from SLURM_DIST_PLANESIZE. It is the only value that find_fault cannot judge
/// alone.
[[nodiscard]] Fault find_plane_fault(std::string_view distribution, const util::Environment& environment, const Release& release);

/// @param lines without "sbatch: error: ", separated by newlines.
[[nodiscard]] util::Error make_fault(std::string_view lines, int status);

// Each of these checks one option; find_fault calls them.

/// --begin and --deadline (parse_time.c:parse_time). Nothing depends on the clock but the value itself.
[[nodiscard]] Fault check_moment(const OptionSpec& option, std::string_view value, const Release& release);
/// --time, --time-min, --delay-boot (parse_time.c:_is_valid_timespec).
[[nodiscard]] bool is_duration(std::string_view value);
/// What a number beyond an int is called.
[[nodiscard]] std::string_view words_for_too_large(const Release& release);
[[nodiscard]] Fault check_cpu_frequency(std::string_view value, const Release& release);
[[nodiscard]] Fault check_distribution(std::string_view value, const Release& release);
[[nodiscard]] Fault check_gpu_binding(std::string_view value, const Release& release);
[[nodiscard]] Fault check_gpu_frequency(std::string_view value, const Release& release);
[[nodiscard]] Fault check_memory_binding(std::string_view value, const Release& release);
[[nodiscard]] Fault check_memory_update(std::string_view value, const Release& release);
[[nodiscard]] Fault check_nodes(std::string_view value, const Release& release);
[[nodiscard]] Fault check_node_info(std::string_view value, const Release& release);  ///< -B
[[nodiscard]] bool is_signal(std::string_view value, const Release& release);

}  // namespace sarray::slurm
