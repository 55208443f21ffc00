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
};

/// @param script the batch script that `map` was read from.
/// @param indices tasks in it, ascending, not empty.
/// @param options overrides are put over the array's own options; retry_of, link_folder and the like are the new array's.
/// @param dialect the settings of the result point into it.
/// @return an error for an option that is each task's own.
[[nodiscard]] util::Result<Retry> plan_retry(const Map& map, std::string_view script, const std::vector<std::uint32_t>& indices,
                                             const slurm::Start& start, const slurm::Dialect& dialect,
                                             const plan::PlanOptions& options);

}  // namespace sarray::script
