// What was submitted: the maps in the batch scripts, and what Slurm says of the tasks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "follow/attempts.hpp"
#include "script/map.hpp"
#include "slurm/client/site.hpp"
#include "store/submissions.hpp"
#include "util/result.hpp"

namespace sarray::follow {

/// An array that a command is about. Job ids come again, so the id alone may not tell.
struct ArrayName {
  std::string job_id;
  std::string marker;  ///< of the submission that is meant; empty: the newest that has the job id
};

/// A batch script and its map.
struct LoadedMap {
  std::string script;
  script::Map map;
  /// Path of the submission's script as Slurm shows it, if nobody has compared the script with what Slurm has; else empty.
  std::string script_path;
  std::int64_t noted = 0;  ///< seconds since 1970; 0: no notes
  bool is_held = false;    ///< Slurm itself has this script under this job id
};

/// Loads the script and its map: from `file` if it is given, else from the local record, else from Slurm's queue, else from its
/// accounting.
/// @return an error if Slurm has another script under that job id than `file`.
[[nodiscard]] util::Result<LoadedMap> load_map(const slurm::SlurmSite& site, const std::vector<store::Submission>& submissions,
                                               const ArrayName& name, const std::string& file);

/// Returns the merged arrays of this user that Slurm's queue, and its accounting of the last month, hold beside those that are
/// noted, oldest first, since notes may be lost: those from this state folder; all, if nothing is noted. Only the newest ones:
/// each costs a question.
[[nodiscard]] std::vector<store::Submission> submissions_in_slurm(const slurm::SlurmSite& site,
                                                                  const std::vector<store::Submission>& noted);

/// An array with its earlier and later attempts, and the state of every task.
class ArrayHistory {
 public:
  /// Reads the maps; asks nothing about tasks yet.
  /// @param file --script; empty: none.
  [[nodiscard]] static util::Result<ArrayHistory> open(const slurm::SlurmSite& site,
                                                       const std::vector<store::Submission>& submissions, const ArrayName& name,
                                                       const std::string& file);
  /// Asks Slurm how the tasks are, and whether the job id is still that array's.
  /// @return an error if another job has it now: what is known of the array would be told of, or done to, that one.
  [[nodiscard]] util::Result<void> refresh(bool with_usage = false);
  /// Refreshes the states from the given engine.
  [[nodiscard]] util::Result<void> refresh(const engine::Engine& engine, bool with_usage);
  /// Refreshes several with one question of each kind.
  [[nodiscard]] static util::Result<void> refresh_all(const std::vector<ArrayHistory*>& arrays, const engine::Engine& engine,
                                                      bool with_usage);
  [[nodiscard]] const follow::History& history() const { return m_history; }
  [[nodiscard]] const slurm::SlurmSite& site() const { return m_site; }
  /// The tasks that are asked about, by index in the first attempt, ascending. @see History::meant
  void set_meant(const std::vector<std::uint32_t>& indices);
  /// Whether accounting had yet to be told, at the last refresh with usage, what some tasks used.
  [[nodiscard]] bool awaits_usage() const { return m_awaits_usage; }
  /// The batch script of an attempt.
  [[nodiscard]] const std::string& script(std::uint32_t attempt) const { return m_scripts[attempt]; }

 private:
  explicit ArrayHistory(const slurm::SlurmSite& site) : m_site(site) {}
  [[nodiscard]] util::Result<void> take_holders(const slurm::Holder* holders);
  void note_revived();

  slurm::SlurmSite m_site;
  std::string m_asked;  ///< job id of the attempt that was asked for
  follow::History m_history;
  std::vector<std::string> m_scripts;
  std::vector<std::string> m_lost;  ///< notes about attempts that cannot be shown
  bool m_awaits_usage = false;
};

}  // namespace sarray::follow
