// What waits for the tasks of a retry: waiting tasks wait for the new attempts, and what never began goes along in arrays of its
// own.
#pragma once

#include <string>
#include <vector>

#include "commands/retry_array.hpp"
#include "engine/engine.hpp"
#include "follow/array_history.hpp"
#include "follow/family.hpp"
#include "util/fd.hpp"
#include "util/result.hpp"

namespace sarray::commands {

/// Lets the tasks that wait for what was retried wait for its last attempts. Safe to do again: what is done is done.
/// @return an error if Slurm does not take it, or takes it and does not show it.
[[nodiscard]] util::Result<void> repoint_dependents(follow::ArrayHistory& array_history, const engine::Engine& engine);

/// Those who wait for an array that is retried, and what of them goes along.
class RetriedFamily {
 public:
  /// Finds the family and, if there is one, asks how it stands. @param settles takes the locks of its arrays, and finds out what
  /// became of retries of theirs that were interrupted.
  [[nodiscard]] static util::Result<RetriedFamily> find(const slurm::SlurmSite& site, const follow::History& history,
                                                        const engine::Engine& engine, const slurm::Release& release, bool settles,
                                                        bool again);

  /// Chooses what goes along with these tasks of the array itself, and what an interrupted retry left in hold. Says what stays.
  void choose(const std::vector<std::uint32_t>& indices);
  [[nodiscard]] const std::vector<follow::TasksOf>& taken() const { return m_choice.taken; }
  /// Whether new arrays are to be held until Slurm knows what their tasks wait for.
  [[nodiscard]] bool is_pipeline() const { return m_is_pipeline; }
  [[nodiscard]] const follow::ArrayHistory& array_history(const follow::TasksOf& tasks) const {
    return m_family.relatives()[tasks.relative].array_history;
  }
  /// Tells Slurm what the tasks of the new arrays, and those that wait for them, wait for, and releases all. Precondition: Slurm
  /// has the new arrays.
  [[nodiscard]] util::Result<void> finish(const engine::Engine& engine, const slurm::Release& release);

 private:
  RetriedFamily(follow::Family family, std::string first_id) : m_family(std::move(family)), m_first_id(std::move(first_id)) {}

  follow::Family m_family;
  std::string m_first_id;
  std::vector<util::Fd> m_locks;
  follow::TasksAgain m_again;
  follow::Family::Choice m_choice;
  bool m_is_pipeline = false;
};

}  // namespace sarray::commands
