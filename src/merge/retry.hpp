// Some tasks of a merged array once more: the same records, environments, local ids and file names, in a new array. Pure.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "merge/map.hpp"
#include "merge/plan.hpp"
#include "merge/render.hpp"
#include "slurm/option.hpp"
#include "util/environment.hpp"
#include "util/result.hpp"

namespace sarray::merge {

/// What the first submission's sbatch was run with: the batch script does not hold it.
struct Start {
  util::Environment environment;
  mode_t umask = 022;
  slurm::SoftLimits limits{};
  std::vector<std::string> arguments;  ///< --NAME=VALUE: options of the array that no #SBATCH line could hold
};

struct Retry {
  Plan plan;  ///< one array
  Rendered rendered;
};

/// @param script the batch script that `map` was read from.
/// @param indices tasks in it, ascending, not empty.
/// @param options overrides are put over the array's own options; retry_of, link_folder and the like are the new array's.
/// @param dialect the settings of the result point into it.
/// @return an error for an option that is each task's own.
[[nodiscard]] util::Result<Retry> plan_retry(const Map& map, std::string_view script, const std::vector<std::uint32_t>& indices,
                                             const Start& start, const slurm::Dialect& dialect, const PlanOptions& options);

}  // namespace sarray::merge
