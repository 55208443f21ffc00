// The files of a task's output: those that its own sbatch call would have made.
//
// Slurm opens the files of the merged array before the dispatcher runs. If one pattern names the right file for every task,
// Slurm gets that pattern. If not, every task has a link, made before the submission, through which Slurm opens the file: right
// truncation, right errors, and slurmstepd's own words in the right file (observed on 22.05 to 24.11).
// A name that only the running task knows (%j, %N) is opened under a hidden name in the same folder; the dispatcher gives it
// its own name and points the link there, so that a requeued task opens it by Slurm's own rules.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace sarray::script {

enum class Stream : std::uint8_t { output, error, input };
inline constexpr std::array<Stream, 3> all_streams = {Stream::output, Stream::error, Stream::input};
[[nodiscard]] const char* stream_name(Stream stream);  ///< "output", "error", "input": the option's name

/// How one stream of one array is realised.
struct StreamPlan {
  Stream stream = Stream::output;
  bool links = false;
  /// The array's own pattern; nullopt: the option is not given. With links it is LINK_FOLDER/output/%a.
  std::optional<std::string> pattern;
};

struct ArrayStreams {
  std::array<StreamPlan, 3> streams;
  slurm::OpenMode open_mode = slurm::OpenMode::site_default;
  /// If the jobs' open modes differ, the array appends, and the dispatcher empties the files of those that truncate.
  bool mixed_open_modes = false;
};

/// Whether the job's files are appended to.
[[nodiscard]] bool appends(const slurm::Job& job, const plan::PlanOptions& options);

[[nodiscard]] ArrayStreams plan_streams(const plan::Plan& plan, const plan::MergedArray& array, const plan::PlanOptions& options);

/// Returns the target of a task's link before the submission: the file itself, or, if only the running task knows its name, a
/// hidden name in the same folder.
[[nodiscard]] std::string link_target(const plan::PlannedJob& job, Stream stream, std::uint32_t task, std::uint32_t index,
                                      const plan::PlanOptions& options);

/// Returns what is left for the dispatcher to fill in (%A, %a, %j, %J, %N, %r, %%); nullopt if the link names the file itself.
[[nodiscard]] std::optional<std::string> late_pattern(const plan::PlannedJob& job, Stream stream,
                                                      const plan::PlanOptions& options);

/// Returns the pattern of the task's file in the merged array: absolute; Slurm's default if the job gave none.
[[nodiscard]] std::string file_pattern(const plan::PlannedJob& job, Stream stream);

/// Whether Slurm makes the missing folders of output files itself, when the job starts (observed on 24.11, and not on 22.05).
[[nodiscard]] bool makes_folders(const slurm::Release& release);

/// Calls make(path of the link, its target) for every link that the array needs.
void visit_links(const plan::Plan& plan, const plan::MergedArray& array, const ArrayStreams& streams,
                 const plan::PlanOptions& options, const std::function<void(const std::string&, const std::string&)>& make);

}  // namespace sarray::script
