// The files of a task's output: those that its own sbatch call would have made.
//
// Slurm opens the files of the merged array before the dispatcher runs. If one pattern names the right file for every task,
// Slurm gets that pattern. If not, every task has a link, made before the submission, through which Slurm opens the file: right
// truncation, right errors, and slurmstepd's own words in the right file (observed on 22.05 to 24.11). If only the folders
// differ, the links are to these, and Slurm makes the name (LINKS/output/%a/slurm-%j.out). Else a name that only the running task
// knows (%j, %N) is opened under a hidden name in the same folder; the dispatcher gives it its own name and points the link
// there, so that a requeued task opens it by Slurm's own rules.
//
// The script itself says what is right if it is submitted by hand, without links: the patterns and the links of sarray's own
// submission stand on sbatch's command line.
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

/// What the links of a stream point to.
enum class Links : std::uint8_t { none, files, folders };

/// How one stream of one array is realised.
struct StreamPlan {
  Stream stream = Stream::output;
  Links links = Links::none;
  /// The option's value in sarray's own submission; nullopt: it is not given. With links it is LINK_FOLDER/output/%a, or, if they
  /// are to folders, LINK_FOLDER/output/%a/NAME.
  std::optional<std::string> pattern;
  /// The value in the script, for who submits that by hand: by the rule of Names::slurm.
  std::optional<std::string> script_pattern;
  /// Whether the dispatcher must then open the task's file, because no pattern is right for every task.
  bool opened_by_hand = false;
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

/// Returns the target of a task's link to a file before the submission: the file itself, or, if is_hidden(), a hidden name in the
/// same folder.
[[nodiscard]] std::string link_target(const plan::PlannedJob& job, Stream stream, std::uint32_t task, std::uint32_t index,
                                      const plan::PlanOptions& options);

/// Whether the job's files are opened under hidden names, and named by the dispatcher: only the running task knows the name, or a
/// file of that name may be the earlier attempt's (keeps_earlier()).
[[nodiscard]] bool is_hidden(const plan::PlannedJob& job, Stream stream, const StreamPlan& streams,
                             const plan::PlanOptions& options);

/// Whether a retry's task gives the earlier attempt's file another name before it writes its own: the name has an array's own id
/// in it, which is the same in every attempt, and is not appended to.
[[nodiscard]] bool keeps_earlier(const plan::PlannedJob& job, Stream stream, const plan::PlanOptions& options);

/// Returns what is left for the dispatcher to fill in (%A, %a, %b, %j, %J, %N, %r, %S, %%).
[[nodiscard]] std::string late_pattern(const plan::PlannedJob& job, Stream stream, const plan::PlanOptions& options);

/// Returns the pattern of the task's file: absolute; the default if the job gave none.
[[nodiscard]] std::string file_pattern(const plan::PlannedJob& job, Stream stream, plan::Names names);

/// Whether Slurm makes the missing folders of output files itself, when the job starts (observed on 24.11, and not on 22.05).
[[nodiscard]] bool makes_folders(const slurm::Release& release);

using LinkMaker = std::function<void(const std::string& path, const std::string& target, const std::string& folder)>;

/// Calls make(path of the link, its target, the folder of the file that is opened through it) for every link that the array
/// needs.
void visit_links(const plan::Plan& plan, const plan::MergedArray& array, const ArrayStreams& streams,
                 const plan::PlanOptions& options, const LinkMaker& make);

}  // namespace sarray::script
