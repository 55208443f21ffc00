// This machine's own records of what was submitted: STATE/submissions/MARKER/record.json.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "slurm/language/call.hpp"
#include "store/state_folder.hpp"
#include "util/result.hpp"

namespace sarray::store {

/// A submission as read from STATE/submissions/MARKER/record.json.
struct Submission {
  std::string folder;         ///< STATE/submissions/MARKER
  std::string job_id;         ///< empty: sbatch's answer was never recorded
  bool is_withdrawn = false;  ///< it never reached Slurm
  bool is_forgotten = false;  ///< Slurm does not show it, but may have forgotten it: it is not known whether it ran
  std::string queue_file;     ///< the submitted file, if it was a file; absolute
  std::string cluster;        ///< ClusterName; empty: not known
  std::int64_t time = 0;      ///< seconds since 1970
  std::uint32_t tasks = 0;
  std::uint32_t jobs = 0;
  std::string name;                                          ///< of the array
  std::string directory;                                     ///< the directory in which it was submitted
  std::vector<std::string> retry_of;                         ///< the attempts before it, oldest first; empty: it is the first
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ids;  ///< ranges of virtual ids
};

/// Reads a record. @param text contents of record.json; untrusted input. @return nullopt if it is not a record.
[[nodiscard]] std::optional<Submission> parse_submission(std::string_view text, const std::string& folder);

/// Returns what that submission's sbatch was run with. @param environment NAME=VALUE entries, each followed by a NUL byte.
[[nodiscard]] std::optional<slurm::Start> parse_start(std::string_view environment, std::string_view text);

/// Reads a submission's record; nullopt if there is none that can be read.
[[nodiscard]] std::optional<Submission> read_submission(const std::string& folder);
/// Returns the submissions below STATE/submissions whose outcome is not recorded. Does not ask Slurm.
[[nodiscard]] std::vector<Submission> list_unsettled(const store::StateFolder& folder);

/// Returns the last time at which the sbatch of the submission in that folder is known to have run, never later than now.
/// @param begin when the submission was begun.
[[nodiscard]] std::int64_t last_run(const std::string& folder, std::int64_t begin);

/// Records sbatch's answer in the record that was written before sbatch was run.
[[nodiscard]] util::Result<void> note_job_id(const std::string& folder, const std::string& job_id);
/// Records that it never reached Slurm.
[[nodiscard]] util::Result<void> note_never_sent(const std::string& folder);

/// Records that Slurm does not have it, but may have forgotten it.
[[nodiscard]] util::Result<void> note_forgotten(const std::string& folder);

/// Returns whether it may have gone to that cluster: true if either is not known.
[[nodiscard]] bool is_of_cluster(const Submission& submission, const std::string& cluster);

/// Returns the newest submission with that job id; null if there is none.
[[nodiscard]] const Submission* find_submission(const std::vector<Submission>& submissions, const std::string& job_id);

/// Returns the virtual ids of an array's jobs as record.json contains them: [[2000000001, 2000000006], ...].
[[nodiscard]] std::vector<std::pair<std::uint32_t, std::uint32_t>> id_ranges(std::vector<std::uint32_t> ids);

}  // namespace sarray::store
