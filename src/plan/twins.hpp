// Twins: tasks of the same index in two arrays, of which one waits for the other. Slurm has one condition for all of them,
// aftercorr, but looks at few tasks of an array only (correspond_after_task_cnt): in arrays of at most so many it is safe, and
// costs one request for all. If requests are limited, that is worth more than few arrays. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "plan/graph.hpp"
#include "plan/plan.hpp"

namespace sarray::plan {

/// Says with one aftercorr what is an afterok of its own for each task.
class TwinJoiner {
 public:
  /// @param places where the tasks are that may be waited for. @param limits if they do not limit requests, nothing is joined.
  TwinJoiner(const Places& places, const ClusterLimits& limits);
  /// @param waits of one array, as find_task_waits() returns them. @param tasks of that array.
  /// @return one condition for the whole array, if each of its tasks waits for its twins and for the same others; else `waits`.
  [[nodiscard]] std::vector<TaskWait> join(std::vector<TaskWait> waits, std::uint32_t tasks) const;

 private:
  std::uint32_t m_max_tasks = 0;              ///< of an array of twins; 0: none are joined
  std::unordered_set<std::string> m_parents;  ///< arrays that have at most so many
};

/// Cuts the arrays of a pipeline into small ones whose tasks are twins, if the cluster limits requests and that takes fewer of
/// them; a note says so. Chains of one shape stay together, so that their tasks have one index in each stage.
void cut_for_twins(Plan& plan, const PlanOptions& options);

}  // namespace sarray::plan
