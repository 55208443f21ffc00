// The arrays of which tasks wait, directly or not, for those of one array: who would run if these ran again.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "follow/array_history.hpp"
#include "follow/renewal.hpp"
#include "slurm/client/site.hpp"
#include "slurm/language/dependency.hpp"
#include "store/submissions.hpp"
#include "util/result.hpp"

namespace sarray::follow {

/// An array of the family, with its attempts.
struct Relative {
  store::Submission submission;  ///< of its first attempt
  ArrayHistory array_history;
  /// What its tasks waited for from the beginning, in the job ids of first attempts, by index in the first attempt.
  std::map<std::uint32_t, std::shared_ptr<const slurm::Dependency>> waits;
  std::vector<std::vector<LatestAttempt>> runs;  ///< find_runs() of its history
  [[nodiscard]] const std::string& first_id() const { return submission.job_id; }
};

/// Tasks of one array.
struct TasksOf {
  std::size_t relative = 0;  ///< in Family::relatives()
  std::vector<std::uint32_t> indices;
};

class Family {
 public:
  /// Finds who waits for jobs of that array, by what is noted on this machine; Slurm is not asked.
  /// @return without relatives if nobody does, or nothing is noted.
  [[nodiscard]] static util::Result<Family> find(const slurm::SlurmSite& site, const History& history,
                                                 const slurm::Release& release);

  /// The array itself first, then those that wait, parents before children.
  [[nodiscard]] std::vector<Relative>& relatives() { return m_relatives; }
  [[nodiscard]] const std::vector<Relative>& relatives() const { return m_relatives; }
  /// Whether other arrays wait for this one.
  [[nodiscard]] bool has_dependents() const { return m_relatives.size() > 1; }

  /// Reads the attempts again, and asks Slurm how all tasks are and what they wait for.
  [[nodiscard]] util::Result<void> refresh(const engine::Engine& engine);

  /// Returns the record of an attempt that is a retry, and that Slurm still holds, since it was cut off; null: it is none.
  [[nodiscard]] const store::Submission* find_held_retry(const Relative& relative, const Attempt& attempt) const;
  /// Returns the tasks whose latest attempt is in such an array.
  [[nodiscard]] TasksAgain find_held() const;

  /// Returns a task of these, as Slurm names its first attempt, that has no new one that waits or runs; empty: all have. A new
  /// one that a retry which was cut off has released, or may have, counts although it is over: it may have run since.
  [[nodiscard]] std::string find_missing(const TasksAgain& again) const;

  struct Choice {
    std::vector<TasksOf> taken;  ///< that never began because of `again`, and still can, by relative
    std::vector<TasksOf> left;   ///< that never began because of `again`, but wait for something else that has failed
  };
  /// Finds the tasks that were cancelled before they began, because of what they wait for among `again`, and adds those that can
  /// run to it.
  [[nodiscard]] Choice choose(TasksAgain& again) const;

  /// Returns what a task that never began is to wait for now. @param index in the first attempt.
  [[nodiscard]] Renewed renew_task(const Relative& relative, std::uint32_t index, const TasksAgain& again) const;

 private:
  explicit Family(const slurm::SlurmSite& site) : m_site(std::make_shared<const slurm::SlurmSite>(site)) {}
  [[nodiscard]] const History* find_history(const std::string& job_id) const;

  std::shared_ptr<const slurm::SlurmSite> m_site;
  std::vector<store::Submission> m_submissions;  ///< all that are noted
  std::vector<Relative> m_relatives;
  std::vector<Relative> m_parents;  ///< other arrays that they wait for
  std::vector<slurm::WaitingTask> m_waiting;
  std::map<SlurmTask, std::size_t> m_waiting_by_task;
  slurm::ArrayRecords m_others;  ///< of the jobs that they wait for, and that are not ours
};

}  // namespace sarray::follow
