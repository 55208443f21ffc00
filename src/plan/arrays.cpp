#include "plan/arrays.hpp"

#include <algorithm>

#include "slurm/language/export.hpp"

namespace sarray::plan {

namespace {

using slurm::Owner;

std::string merged_name(const std::vector<PlannedJob>& jobs, const MergedArray& array, const PlanOptions& options) {
  for (const auto& override : options.overrides) {
    if (override.option->name == "job-name") return override.value;
  }
  const auto& first = jobs[array.placements.front().job].job.name;
  const bool same =
      std::all_of(array.placements.begin(), array.placements.end(), [&](const auto& p) { return jobs[p.job].job.name == first; });
  return same ? first : "sarray";
}

std::uint32_t merged_throttle(const std::vector<PlannedJob>& jobs, const MergedArray& array, const PlanOptions& options) {
  if (options.throttle) return *options.throttle;
  std::uint64_t sum = 0;
  for (const auto& placement : array.placements) {
    const auto& ids = jobs[placement.job].job.ids;
    sum += ids ? ids->throttle() : 0;
  }
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(sum, 2000000000U));
}

MergedArray start_array(const PlannedJob& first, const PlanOptions& options) {
  MergedArray array;
  for (const auto& setting : first.job.settings) {
    if (setting.option->owner == Owner::array) array.settings.push_back(setting);
  }
  array.stage = first.stage;
  array.node_limits = slurm::loses_limits(*first.call);
  array.login = slurm::loads_login_environment(first.job, options.release);
  return array;
}

/// Gives a job that has an array to itself its own ids as indices, if they are one range without gaps, so that squeue shows them.
void keep_own_indices(const std::vector<PlannedJob>& jobs, MergedArray& array, const PlanOptions& options) {
  if (array.placements.size() != 1) return;
  const auto& ids = jobs[array.placements.front().job].job.ids;
  const bool is_range = ids && ids->max() - ids->min() + 1 == ids->count();
  if (is_range && (!options.limits.known || ids->max() < options.limits.max_array_size))
    array.placements.front().first_index = ids->min();
}

}  // namespace

MergedArray build_array(const std::vector<PlannedJob>& jobs, const std::vector<std::uint32_t>& members,
                        const PlanOptions& options) {
  auto array = start_array(jobs[members.front()], options);
  for (const auto member : members) {
    array.placements.push_back({member, array.tasks});
    array.tasks += jobs[member].tasks();
  }
  array.name = merged_name(jobs, array, options);
  array.throttle = merged_throttle(jobs, array, options);
  keep_own_indices(jobs, array, options);
  return array;
}

}  // namespace sarray::plan
