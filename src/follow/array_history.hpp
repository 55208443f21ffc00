// What was submitted: the maps in the batch scripts, and what Slurm says of the tasks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "follow/attempts.hpp"
#include "script/map.hpp"
#include "slurm/client/site.hpp"
#include "store/submissions.hpp"
#include "util/result.hpp"

namespace sarray::follow {

/// A batch script and its map.
struct LoadedMap {
  std::string script;
  script::Map map;
};

/// From `file` where it is given, else from the local record, else from Slurm's queue, else from its accounting.
[[nodiscard]] util::Result<LoadedMap> load_map(const slurm::SlurmSite& site, const std::vector<store::Submission>& submissions,
                                               const std::string& job_id, const std::string& file);

/// What Slurm's queue, and its accounting of the last month, hold of this user's merged arrays beside those that are noted,
/// oldest first, since notes may be lost: those from this state folder, and where nothing is noted, all. The newest ones only:
/// each costs a question.
[[nodiscard]] std::vector<store::Submission> submissions_in_slurm(const slurm::SlurmSite& site,
                                                                  const std::vector<store::Submission>& noted);

/// An array with its earlier and later attempts, and the state of every task.
class ArrayHistory {
 public:
  /// Reads the maps; asks nothing about tasks yet.
  /// @param file --script; empty: none.
  [[nodiscard]] static util::Result<ArrayHistory> open(const slurm::SlurmSite& site,
                                                       const std::vector<store::Submission>& submissions,
                                                       const std::string& job_id, const std::string& file);
  /// Asks Slurm how the tasks are.
  [[nodiscard]] util::Result<void> refresh(bool with_usage = false);
  [[nodiscard]] const follow::History& history() const { return m_history; }
  /// Whether accounting had yet to be told, at the last refresh with usage, what some tasks used.
  [[nodiscard]] bool awaits_usage() const { return m_awaits_usage; }
  /// The batch script of an attempt.
  [[nodiscard]] const std::string& script(std::uint32_t attempt) const { return m_scripts[attempt]; }

 private:
  explicit ArrayHistory(const slurm::SlurmSite& site) : m_site(site) {}
  slurm::SlurmSite m_site;
  follow::History m_history;
  std::vector<std::string> m_scripts;
  std::vector<std::string> m_lost;  ///< notes about attempts that cannot be shown
  bool m_awaits_usage = false;
};

}  // namespace sarray::follow
