// Submits some tasks of a merged array again: the same records, environments, local ids and file names, in a new array. Pure.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "plan/plan.hpp"
#include "script/map.hpp"
#include "script/render.hpp"
#include "slurm/language/option.hpp"
#include "util/environment.hpp"
#include "util/result.hpp"

namespace sarray::script {

struct Retry {
  plan::Plan plan;  ///< one array
  Rendered rendered;
  std::uint32_t written_again = 0;  ///< tasks that empty a file of the attempt before: no id of a job is in its name
};

/// A task that is to run again.
struct RetryTask {
  std::uint32_t index = 0;    ///< in the first attempt
  std::uint32_t attempt = 1;  ///< the number of its last attempt, from 1
};

/// @param script the batch script that `map` was read from.
/// @param tasks of it, ascending, not empty.
/// @param options overrides are put over the array's own options; retry_of, link_folder and the like are the new array's, and
/// names is map.names.
/// @param dialect the settings of the result point into it.
/// @return an error for an option that is each task's own.
[[nodiscard]] util::Result<Retry> plan_retry(const Map& map, std::string_view script, const std::vector<RetryTask>& tasks,
                                             const slurm::Start& start, const slurm::Dialect& dialect,
                                             const plan::PlanOptions& options);

}  // namespace sarray::script
