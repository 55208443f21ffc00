// One merged array, made of jobs that may share it. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/plan.hpp"

namespace sarray::plan {

/// Returns an array of these jobs: their options, its name and throttle, and a place for each task.
/// @param members indices into `jobs`, in the order of their places; at least one.
[[nodiscard]] MergedArray build_array(const std::vector<PlannedJob>& jobs, const std::vector<std::uint32_t>& members,
                                      const PlanOptions& options);

}  // namespace sarray::plan
