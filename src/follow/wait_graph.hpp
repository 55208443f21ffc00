// Who waits for whom now, in Slurm's own ids. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "slurm/client/waiting.hpp"

namespace sarray::follow {

/// A task of an array in Slurm: its array's job id and its index.
using SlurmTask = std::pair<std::string, std::uint32_t>;

/// A task that waits for others, and what becomes of it when these have ended without success.
struct Dependent {
  const slurm::WaitingTask* task = nullptr;
  bool is_never = false;  ///< it can never run; else it only waits for one thing less
};

class WaitGraph {
 public:
  explicit WaitGraph(std::vector<slurm::WaitingTask> tasks);

  /// @return null if Slurm does not show that it waits.
  [[nodiscard]] const slurm::WaitingTask* find(const SlurmTask& task) const;
  [[nodiscard]] const std::vector<slurm::WaitingTask>& tasks() const { return m_tasks; }

  /// Returns why a task can never run: the conditions at the beginning of its chain that have failed. Slurm says it only of the
  /// children of what failed; their own children wait for tasks that wait for ever. Each has the one task that it is about, if
  /// it is about one.
  /// @return empty if it can still run.
  [[nodiscard]] std::vector<slurm::ShownCondition> causes(const slurm::WaitingTask& task) const;

  /// Returns the pending tasks that wait for tasks which are about to be cancelled, and those that wait for them in turn and can
  /// then never run.
  [[nodiscard]] std::vector<Dependent> dependents(const std::vector<SlurmTask>& cancelled) const;

 private:
  [[nodiscard]] std::vector<slurm::ShownCondition> causes(const slurm::WaitingTask& task, std::set<SlurmTask>& passed) const;
  /// The waiting tasks that a condition is about.
  [[nodiscard]] std::vector<const slurm::WaitingTask*> targets(const slurm::WaitingTask& task,
                                                               const slurm::ShownCondition& condition) const;

  std::vector<slurm::WaitingTask> m_tasks;
  std::map<SlurmTask, std::size_t> m_places;
};

}  // namespace sarray::follow
