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
#include "util/moment.hpp"
#include "util/result.hpp"

namespace sarray::store {

/// A submission as record.json has it. Here stands what `status` and its kind want to know without reading the script, and what
/// the script does not hold.
struct Submission {
  static constexpr std::uint32_t known_version = 1;

  std::string folder;  ///< STATE/submissions/MARKER
  std::uint32_t version = known_version;
  std::string job_id;         ///< empty: sbatch's answer was never noted
  bool is_withdrawn = false;  ///< it never came to Slurm
  bool is_forgotten = false;  ///< Slurm shows none of it, but may have forgotten it: whether it ran is not known
  std::string queue_file;     ///< what was submitted, if that was a file; absolute
  std::string cluster;        ///< ClusterName; empty: not known
  std::int64_t time = 0;      ///< seconds since 1970, by the clock of the machine that wrote it
  std::string boot;           ///< of that machine, see util::Moment; empty: not known
  std::int64_t uptime = 0;    ///< likewise
  std::uint32_t tasks = 0;
  std::uint32_t jobs = 0;
  std::string script;                                        ///< the copy that the user was left
  std::string name;                                          ///< of the array
  std::string directory;                                     ///< where it was submitted from
  std::vector<std::string> retry_of;                         ///< the attempts before it, oldest first; empty: a first one
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ids;  ///< ranges of virtual ids
  /// What its sbatch was run with, but for the environment, which lies beside the record; nothing: not noted whole.
  std::optional<slurm::Start> start;

  [[nodiscard]] std::string marker() const { return folder.substr(folder.rfind('/') + 1); }
  [[nodiscard]] util::Moment begun() const { return {time, boot, uptime}; }
  void set_begun(const util::Moment& moment);
  /// Whether a newer sarray wrote it: then it may mean something else than is read here, and nothing may be done upon it.
  [[nodiscard]] bool is_newer() const { return version > known_version; }
};

/// @param text contents of record.json; untrusted input. @return nothing where it is none.
[[nodiscard]] std::optional<Submission> parse_submission(std::string_view text, const std::string& folder);
/// The contents of record.json; the folder is no part of them.
[[nodiscard]] std::string format_submission(const Submission& submission);

/// As it is noted; nothing where there is no record that can be read.
[[nodiscard]] std::optional<Submission> read_submission(const std::string& folder);
[[nodiscard]] util::Result<void> write_submission(const Submission& submission);
/// Says by which version it is refused.
[[nodiscard]] util::Error explain_newer(const Submission& submission);

/// The environment beside the record: NAME=VALUE, each ended by a NUL byte.
[[nodiscard]] std::string format_environment(const util::Environment& environment);
/// What its sbatch was run with. @param environment as format_environment() wrote it. @return nothing where that is not noted.
[[nodiscard]] std::optional<slurm::Start> complete_start(const Submission& submission, std::string_view environment);
/// The same from the files in its folder.
[[nodiscard]] std::optional<slurm::Start> read_start(const Submission& submission);

/// Those below STATE/submissions whose end is not noted. Nobody is asked.
[[nodiscard]] std::vector<Submission> list_unsettled(const store::StateFolder& folder);
/// Whether it is one of that queue file. @param file absolute. Bytes that are not UTF-8 are not told apart: JSON has no others.
[[nodiscard]] bool is_of_file(const Submission& submission, const std::string& file);

/// When the sbatch of the submission in that folder is known to have run last, by the clock of the machine that noted it.
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

/// The newest one of that job id. @return null where there is none.
[[nodiscard]] const Submission* find_submission(const std::vector<Submission>& submissions, const std::string& job_id);

/// The virtual ids of an array's jobs as record.json says them: [[2000000001, 2000000006], ...].
[[nodiscard]] std::vector<std::pair<std::uint32_t, std::uint32_t>> id_ranges(std::vector<std::uint32_t> ids);

}  // namespace sarray::store
