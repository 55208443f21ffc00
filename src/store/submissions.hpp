// This machine's own notes of what was submitted: STATE/submissions/MARKER/record.json.
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

/// A submission as STATE/submissions/MARKER/record.json has it.
struct Submission {
  std::string folder;         ///< STATE/submissions/MARKER
  std::string job_id;         ///< empty: sbatch's answer was never noted
  bool is_withdrawn = false;  ///< it never came to Slurm
  bool is_forgotten = false;  ///< Slurm shows none of it, but may have forgotten it: whether it ran is not known
  std::string queue_file;     ///< what was submitted, where that was a file; absolute
  std::string cluster;        ///< ClusterName; empty: not known
  std::int64_t time = 0;      ///< seconds since 1970
  std::uint32_t tasks = 0;
  std::uint32_t jobs = 0;
  std::string name;                                          ///< of the array
  std::string directory;                                     ///< where it was submitted from
  std::vector<std::string> retry_of;                         ///< the attempts before it, oldest first; empty: a first one
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ids;  ///< ranges of virtual ids
};

/// @param text of record.json, which anything may have written. @return nothing where it is none.
[[nodiscard]] std::optional<Submission> parse_submission(std::string_view text, const std::string& folder);

/// What that submission's sbatch was run with. @param environment NAME=VALUE, each ended by a NUL byte.
[[nodiscard]] std::optional<slurm::Start> parse_start(std::string_view environment, std::string_view text);

/// As it is noted; nothing where there is no record that can be read.
[[nodiscard]] std::optional<Submission> read_submission(const std::string& folder);
/// Those below STATE/submissions whose end is not noted. Nobody is asked.
[[nodiscard]] std::vector<Submission> list_unsettled(const store::StateFolder& folder);

/// When the sbatch of the submission in that folder is known to have run last, never later than now.
/// @param begin when it was begun.
[[nodiscard]] std::int64_t last_run(const std::string& folder, std::int64_t begin);

/// What sbatch answered, noted in a record that was written before it was run.
[[nodiscard]] util::Result<void> note_job_id(const std::string& folder, const std::string& job_id);
/// That it never came to Slurm, likewise.
[[nodiscard]] util::Result<void> note_never_sent(const std::string& folder);

/// That Slurm has none of it, but may have forgotten it.
[[nodiscard]] util::Result<void> note_forgotten(const std::string& folder);

/// Whether it went to that cluster; where either is not known, it may have.
[[nodiscard]] bool is_of_cluster(const Submission& submission, const std::string& cluster);

/// The newest one of that job id. @param marker of the one that is meant; empty: any. @return null where there is none.
[[nodiscard]] const Submission* find_submission(const std::vector<Submission>& submissions, const std::string& job_id,
                                                const std::string& marker = "");

/// The random name of its folder, which Slurm shows in the path of the script.
[[nodiscard]] std::string marker_of(const Submission& submission);

/// The virtual ids of an array's jobs as record.json says them: [[2000000001, 2000000006], ...].
[[nodiscard]] std::vector<std::pair<std::uint32_t, std::uint32_t>> id_ranges(std::vector<std::uint32_t> ids);

}  // namespace sarray::store
