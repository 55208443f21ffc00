// The checks of values that sbatch makes before it contacts Slurm.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "slurm/option.hpp"

namespace sarray::slurm {

/// @return sbatch's words (without the leading "sbatch: error: "), or nothing where sbatch takes the value. Values that only
///   sbatch itself can judge are taken here: it refuses them at the submission, and nothing is lost.
/// Observed on 22.05 for every option; status is 255.
[[nodiscard]] std::optional<std::string> find_fault(const OptionSpec& option, std::string_view value);

}  // namespace sarray::slurm
