// This machine's own records of what was submitted: STATE/submissions/MARKER/record.json.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "slurm/language/call.hpp"
#include "slurm/language/group_name.hpp"
#include "store/state_folder.hpp"
#include "util/moment.hpp"
#include "util/result.hpp"

namespace sarray::store {

/// How far an array of a pipeline has come. Slurm holds it until it knows what each task waits for.
enum class PipelineStep : std::uint8_t {
  none,      ///< it is not one of a pipeline
  held,      ///< Slurm may not know yet what all of its tasks wait for
  linked,    ///< Slurm knows what the tasks of all arrays of the pipeline wait for; it may be released
  released,  ///< or cancelled: nothing is left to do
};

/// A submission as read from STATE/submissions/MARKER/record.json: what `status` and its kind need without reading the script,
/// and what the script does not contain.
struct Submission {
  static constexpr std::uint32_t known_version = 1;

  std::string folder;  ///< STATE/submissions/MARKER
  std::uint32_t version = known_version;
  std::string job_id;         ///< empty: sbatch's answer was never recorded
  bool is_withdrawn = false;  ///< it never reached Slurm
  bool is_forgotten = false;  ///< Slurm does not show it, but may have forgotten it: it is not known whether it ran
  std::string queue_file;     ///< the submitted file, if it was a file; absolute
  std::string cluster;        ///< ClusterName; empty: not known
  std::int64_t time = 0;      ///< seconds since 1970, by the clock of the machine that wrote it
  std::string boot;           ///< of that machine, see util::Moment; empty: not known
  std::int64_t uptime = 0;    ///< likewise
  std::uint32_t tasks = 0;
  std::uint32_t first_index = 0;  ///< of its tasks
  std::uint32_t jobs = 0;
  std::string script;    ///< the copy that the user was left
  std::string name;      ///< of the array
  std::string job_name;  ///< that all its jobs have, if that is another one
  slurm::GroupPlace group;
  std::string directory;  ///< the directory in which it was submitted
  PipelineStep step = PipelineStep::none;
  std::vector<std::string> retry_of;                         ///< the attempts before it, oldest first; empty: it is the first
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ids;  ///< ranges of virtual ids
  /// What its sbatch was run with, but for the environment, which lies beside the record; nullopt: not noted whole.
  std::optional<slurm::Start> start;

  [[nodiscard]] std::string marker() const { return folder.substr(folder.rfind('/') + 1); }
  [[nodiscard]] util::Moment begun() const { return {time, boot, uptime}; }
  void set_begun(const util::Moment& moment);
  /// Whether a newer sarray wrote it: then it may mean something else than is read here, and nothing may be done upon it.
  [[nodiscard]] bool is_newer() const { return version > known_version; }
};

/// Reads a record. @param text contents of record.json; untrusted input. @return nullopt if it is not a record.
[[nodiscard]] std::optional<Submission> parse_submission(std::string_view text, const std::string& folder);
/// Returns the contents of record.json; the folder is not part of them.
[[nodiscard]] std::string format_submission(const Submission& submission);

/// Reads a submission's record; nullopt if there is none that can be read.
[[nodiscard]] std::optional<Submission> read_submission(const std::string& folder);
[[nodiscard]] util::Result<void> write_submission(const Submission& submission);
/// Returns the refusal of a newer record, which names its version.
[[nodiscard]] util::Error explain_newer(const Submission& submission);

/// Returns the contents of the file `environment` beside the record: NAME=VALUE entries, each followed by a NUL byte.
[[nodiscard]] std::string format_environment(const util::Environment& environment);
/// Returns what that submission's sbatch was run with; nullopt if that is not recorded.
/// @param environment as format_environment() wrote it.
[[nodiscard]] std::optional<slurm::Start> complete_start(const Submission& submission, std::string_view environment);
/// Returns the same from the files in the submission's folder.
[[nodiscard]] std::optional<slurm::Start> read_start(const Submission& submission);

/// Returns the submissions below STATE/submissions whose outcome is not recorded. Does not ask Slurm.
[[nodiscard]] std::vector<Submission> list_unsettled(const store::StateFolder& folder);
/// Whether it is one of that queue file. @param file absolute. Bytes that are not UTF-8 are not told apart: JSON has no others.
[[nodiscard]] bool is_of_file(const Submission& submission, const std::string& file);

/// Returns the last time at which the sbatch of the submission in that folder is known to have run, by the clock of the machine
/// that recorded it. @param begin when the submission was begun.
[[nodiscard]] std::int64_t last_run(const std::string& folder, std::int64_t begin);

/// Records sbatch's answer in the record that was written before sbatch was run.
[[nodiscard]] util::Result<void> note_job_id(const std::string& folder, const std::string& job_id);
/// Records that it never reached Slurm.
[[nodiscard]] util::Result<void> note_never_sent(const std::string& folder);

/// Records how far an array of a pipeline has come.
[[nodiscard]] util::Result<void> note_step(const std::string& folder, PipelineStep step);
/// Records of how many parts the array's submission is, once that is known.
[[nodiscard]] util::Result<void> note_parts(const std::string& folder, std::uint32_t of);
/// Whether the array is still in hold, for all that is noted.
[[nodiscard]] bool is_held_for_pipeline(const Submission& submission);

/// Records that Slurm does not have it, but may have forgotten it.
[[nodiscard]] util::Result<void> note_forgotten(const std::string& folder);

/// Returns whether it may have gone to that cluster: true if either is not known.
[[nodiscard]] bool is_of_cluster(const Submission& submission, const std::string& cluster);

/// Returns the newest submission with that job id; null if there is none. @param marker of the one that is meant; empty: any.
[[nodiscard]] const Submission* find_submission(const std::vector<Submission>& submissions, const std::string& job_id,
                                                const std::string& marker = "");

/// Returns the virtual ids of an array's jobs as record.json contains them: [[2000000001, 2000000006], ...].
[[nodiscard]] std::vector<std::pair<std::uint32_t, std::uint32_t>> id_ranges(std::vector<std::uint32_t> ids);

}  // namespace sarray::store
