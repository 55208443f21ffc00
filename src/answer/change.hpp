// What scontrol changes of a job, as options of sbatch: a job that is recorded only is changed by changing its call. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "slurm/language/job.hpp"
#include "slurm/language/option.hpp"
#include "util/result.hpp"

namespace sarray::answer {

/// Returns the word of sbatch that does to a call what `scontrol update KEY=VALUE` does to a job.
/// @return an error, by the key's name, for what sbatch has no option for.
[[nodiscard]] util::Result<std::string> option_for_update(std::string_view key, const std::string& value);

/// Returns a call's words with more options, which count as the last ones on its command line.
/// @param argv with sbatch's own name in front.
[[nodiscard]] std::vector<std::string> add_options(const std::vector<std::string>& argv, const std::vector<std::string>& options,
                                                   const slurm::Dialect& dialect);

/// Returns the array's ids without some, as --array reads them, throttle included; empty: none is left.
[[nodiscard]] std::string without_tasks(const slurm::ArrayIds& ids, const std::vector<std::uint32_t>& gone);

}  // namespace sarray::answer
