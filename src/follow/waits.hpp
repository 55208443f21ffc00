// What tasks wait for, by the names of the jobs: Slurm's view, joined with the maps in the batch scripts.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "follow/array_history.hpp"
#include "follow/attempts.hpp"
#include "follow/wait_graph.hpp"
#include "slurm/client/site.hpp"

namespace sarray::follow {

/// Finds the jobs that tasks in Slurm belong to. What is once known of an array is not asked for again.
class JobNames {
 public:
  JobNames(const slurm::SlurmSite& site, const engine::Engine& engine) : m_site(site), m_engine(engine) {}
  /// Takes the arrays of a history as known.
  void add(const History& history);
  /// Returns the jobs that a condition is about: of a whole array, those whose tasks have failed, if the condition has, else
  /// those that have not ended. Each job once.
  [[nodiscard]] std::vector<WaitedFor> find(const slurm::ShownCondition& condition);
  /// Returns the job of one task.
  [[nodiscard]] WaitedFor find(const SlurmTask& task);

 private:
  struct Known {
    script::Map map;
    std::vector<slurm::TaskRecord> tasks;
  };
  /// @return null if it is not an array of ours.
  const Known* look_up(const std::string& job_id);

  const slurm::SlurmSite& m_site;
  const engine::Engine& m_engine;
  std::optional<std::vector<store::Submission>> m_submissions;
  std::map<std::string, std::optional<Known>> m_known;
};

/// Fills in History::waits of each, if a task is pending or was cancelled because of what it waits for. If Slurm does not answer
/// it stays empty, and its own word for the reason is what there is.
void find_waits(const slurm::SlurmSite& site, const engine::Engine& engine, const std::vector<History*>& histories);
inline void find_waits(const slurm::SlurmSite& site, const engine::Engine& engine, History& history) {
  find_waits(site, engine, std::vector<History*>{&history});
}

}  // namespace sarray::follow
