// What was submitted: this machine's own notes of it, the maps in the batch scripts, and what Slurm says of the tasks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/gather.hpp"
#include "merge/map.hpp"
#include "merge/retry.hpp"
#include "report/attempts.hpp"
#include "util/result.hpp"

namespace sarray::cli {

/// A submission as STATE/submissions/MARKER/record.json has it.
struct Submission {
  std::string folder;  ///< STATE/submissions/MARKER
  std::string job_id;
  std::string cluster;    ///< ClusterName; empty: not known
  std::int64_t time = 0;  ///< seconds since 1970
  std::uint32_t tasks = 0;
  std::uint32_t jobs = 0;
  std::string name;                                          ///< of the array
  std::string directory;                                     ///< where it was submitted from
  std::vector<std::string> retry_of;                         ///< the attempts before it, oldest first; empty: a first one
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ids;  ///< ranges of virtual ids
};

/// ClusterName of the Slurm that is seen from here; empty where it does not say.
[[nodiscard]] std::string cluster_name(const Site& site);

/// @param text of record.json, which anything may have written. @return nothing where it is none.
[[nodiscard]] std::optional<Submission> parse_submission(std::string_view text, const std::string& folder);

/// What that submission's sbatch was run with. @param environment NAME=VALUE, each ended by a NUL byte.
[[nodiscard]] std::optional<merge::Start> parse_start(std::string_view environment, std::string_view text);

/// All that can be read and went to this cluster, oldest first: another cluster's job ids mean other jobs. None where there is no
/// state folder.
[[nodiscard]] std::vector<Submission> list_submissions(const Site& site);

/// The newest one of that job id. @return null where there is none.
[[nodiscard]] const Submission* find_submission(const std::vector<Submission>& submissions, const std::string& job_id);

/// The virtual ids of an array's jobs as record.json says them: [[2000000001, 2000000006], ...].
[[nodiscard]] std::vector<std::pair<std::uint32_t, std::uint32_t>> id_ranges(std::vector<std::uint32_t> ids);

/// A batch script and its map.
struct LoadedMap {
  std::string script;
  merge::Map map;
};

/// From `file` where it is given, else from the local record, else from Slurm's queue, else from its accounting.
[[nodiscard]] util::Result<LoadedMap> load_map(const Site& site, const std::vector<Submission>& submissions,
                                               const std::string& job_id, const std::string& file);

/// An array with its earlier and later attempts, and the state of every task.
class Follower {
 public:
  /// Reads the maps; asks nothing about tasks yet.
  /// @param file --script; empty: none.
  [[nodiscard]] static util::Result<Follower> open(const Site& site, const std::string& job_id, const std::string& file);
  /// Asks Slurm how the tasks are.
  [[nodiscard]] util::Result<void> refresh(bool with_usage = false);
  [[nodiscard]] const report::History& history() const { return m_history; }
  /// The batch script of an attempt.
  [[nodiscard]] const std::string& script(std::uint32_t attempt) const { return m_scripts[attempt]; }

 private:
  explicit Follower(const Site& site) : m_site(site) {}
  Site m_site;
  report::History m_history;
  std::vector<std::string> m_scripts;
  std::vector<std::string> m_lost;  ///< notes about attempts that cannot be shown
};

}  // namespace sarray::cli
