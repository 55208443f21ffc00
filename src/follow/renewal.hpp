// Tasks that never began because of what they waited for, submitted again: what each of them is to wait for now. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "follow/attempts.hpp"
#include "follow/wait_graph.hpp"
#include "slurm/client/dependencies.hpp"
#include "slurm/language/dependency.hpp"

namespace sarray::follow {

/// Finds the history whose first attempt has this job id; null: it is none of ours, or not known.
using FindHistory = std::function<const History*(const std::string& job_id)>;

/// Judges a condition on a job that is none of ours.
using JudgeOther = std::function<slurm::Verdict(const slurm::Condition& condition)>;

/// Tasks by their first attempt that are to run again, or whose new attempt Slurm still holds.
using TasksAgain = std::set<SlurmTask>;

/// What stands for a dependency now.
struct Renewed {
  bool is_never = false;   ///< something in it has failed for good, or is not known
  bool has_again = false;  ///< it names a task that runs again
  std::string open;        ///< what can still come, as sbatch takes it; empty: nothing is left to wait for
  std::string all;         ///< likewise, with what has failed: Slurm then never starts the task
};

/// Renews the dependency of a task that never began: what is done counts as fulfilled, what runs again is waited for in its
/// latest attempt, and a failure that `afternotok` waited for has been seen.
/// @param waits in the job ids of first attempts.
/// @param shown what Slurm says that the task still waited for when it was cancelled; null: Slurm has forgotten it. What is not
/// in it had been fulfilled.
[[nodiscard]] Renewed renew(const slurm::Dependency& waits, const FindHistory& find_history, const JudgeOther& judge_other,
                            const TasksAgain& again, const slurm::WaitingTask* shown);

/// Whether a task was cancelled before it began.
[[nodiscard]] bool never_began(const slurm::TaskRecord& task);

}  // namespace sarray::follow
