// The graph of a plan: which tasks wait for which, and how Slurm is told. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "plan/plan.hpp"
#include "slurm/language/dependency.hpp"
#include "util/result.hpp"

namespace sarray::plan {

/// Sets PlannedJob::waits of each job, by what its --dependency says and what is over already.
/// @return an error that names a job that waits for one that is neither in the plan nor in Slurm, or in a way that Slurm cannot
/// keep.
[[nodiscard]] util::Result<void> find_waits(std::vector<PlannedJob>& jobs, const OutsideJobs& outside,
                                            const slurm::Release& release);

/// Sets the jobs' stages, and which of them must be alone in an array. Precondition: find_waits().
void find_stages(std::vector<PlannedJob>& jobs);

/// Whether all of these jobs wait for the same jobs of Slurm's own, so that sbatch can be given that as the array's --dependency.
[[nodiscard]] bool can_wait_together(const std::vector<PlannedJob>& jobs, const std::vector<Placement>& placements);

/// Returns the job of that id among those of earlier submissions, and of Slurm's own; null: there is none.
[[nodiscard]] const SubmittedJob* find_submitted(const OutsideJobs& outside, std::uint32_t id);

/// Tasks of an array that wait for the same.
struct TaskWait {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> indices;  ///< ranges of SLURM_ARRAY_TASK_ID; empty: the whole array
  /// A value of --dependency. `@N` in it stands for the job id of the plan's array N; others are Slurm's own ids.
  std::string condition;
};

/// Where the tasks of a job are.
struct Place {
  std::string array;  ///< job id of the array, or `@N`
  std::uint32_t first_index = 0;
  std::uint32_t tasks = 1;
  std::uint32_t array_tasks = 1;
  const slurm::ArrayIds* ids = nullptr;                         ///< local ids; null: a plain job
  bool is_slurms = false;                                       ///< not one of ours: the ids are the indices
  const std::map<std::uint32_t, TaskPlace>* retried = nullptr;  ///< SubmittedJob::retried
};
using Places = std::unordered_map<std::uint32_t, Place>;  ///< by virtual id

/// Returns where all jobs are that tasks may wait for. It refers to the plan, whose arrays must be final, and to `outside`.
[[nodiscard]] Places find_places(const Plan& plan, const OutsideJobs& outside);

/// Returns what the tasks of an array wait for: those that wait for nothing are left out, and those that wait for the same are
/// together.
/// @param placements of one array, into `jobs`, whose waits are set.
[[nodiscard]] std::vector<TaskWait> find_task_waits(const std::vector<PlannedJob>& jobs, const std::vector<Placement>& placements,
                                                    std::uint32_t tasks, const Places& places);

/// Returns "1,3-5" of ranges.
[[nodiscard]] std::string format_ranges(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& ranges);

}  // namespace sarray::plan
