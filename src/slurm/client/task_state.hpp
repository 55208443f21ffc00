// What Slurm says of an array's tasks: the live queue's view, and accounting's.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "slurm/client/client.hpp"
#include "util/result.hpp"

namespace sarray::slurm {

/// Slurm's states (squeue's man page, JOB STATE CODES), in the groups that a person asks for.
enum class TaskState : std::uint8_t { pending, running, completed, failed, timeout, out_of_memory, cancelled, unknown };
inline constexpr std::array<TaskState, 8> all_task_states = {TaskState::pending,   TaskState::running, TaskState::completed,
                                                             TaskState::failed,    TaskState::timeout, TaskState::out_of_memory,
                                                             TaskState::cancelled, TaskState::unknown};
/// "pending", "out_of_memory" ...: as JSON and --state say it.
[[nodiscard]] const char* task_state_name(TaskState state);
/// Returns the group of one of Slurm's own words; "CANCELLED by 1000" is one. Unknown words are TaskState::unknown.
[[nodiscard]] TaskState parse_task_state(std::string_view word);
/// Neither pending nor running; unknown is not done.
[[nodiscard]] bool is_done(TaskState state);
/// The number in place of a signal for a task that Slurm could not start, for example because the folder of its output is
/// missing: slurmd's error number, 4021, is taken for a status of wait(2), and sacct shows it as 0:53 (observed on 22.05).
inline constexpr std::uint32_t could_not_start = 53;
/// Done, but not completed.
[[nodiscard]] bool is_failure(TaskState state);

/// What a task used, if accounting knows it.
struct TaskUsage {
  double cpu_seconds = 0;
  std::uint64_t max_rss = 0;       ///< bytes; 0: not known
  std::uint64_t asked_memory = 0;  ///< bytes, of all CPUs
  std::uint32_t cpus = 0;
};

struct TaskRecord {
  /// The index of what is left of an array whose last pending tasks were cancelled: Slurm no longer says which they were
  /// (observed on 24.11).
  static constexpr std::uint32_t no_index = 4294967295U;
  /// The index of a job that is not an array.
  static constexpr std::uint32_t plain_job = 4294967294U;
  std::uint32_t index = 0;  ///< SLURM_ARRAY_TASK_ID in Slurm's own array
  TaskState state = TaskState::unknown;
  std::string word;               ///< Slurm's own word for the state; empty: Slurm does not know the task
  std::string job_id;             ///< SLURM_JOB_ID; empty while the task has none of its own
  std::uint32_t exit_status = 0;  ///< 0 if a signal ended it
  std::uint32_t exit_signal = 0;  ///< 53: Slurm could not start it, see could_not_start
  std::string submitted;          ///< as start; empty if it was not asked for
  std::string start;              ///< 2026-11-23T17:15:51, local time; empty: not yet
  std::string end;
  std::int64_t elapsed = 0;  ///< seconds
  std::string host;          ///< NodeName of the batch host; empty: none yet
  std::string restarts = "0";
  std::string reason;  ///< of a pending task; empty otherwise
  std::optional<TaskUsage> usage;
  /// What tells the job's script: its path in the queue, sbatch's command line in accounting (21.08 and later). Empty: it was
  /// not asked for, or Slurm does not say.
  std::string command;
};

/// Returns Slurm's local time in seconds since 1970; nullopt if it is not a time ("Unknown", "NONE", "N/A").
[[nodiscard]] std::optional<std::int64_t> parse_slurm_time(std::string_view text);

/// A record with the job id of its array; of a job that is not an array, its own.
using ArrayRecords = std::vector<std::pair<std::string, TaskRecord>>;

/// squeue's columns of fixed width, which hold no text of a user's choosing: names with any bytes cannot be mistaken for states.
/// @param command_width of a last column, the path of the job's script, in bytes; 0: without it.
[[nodiscard]] std::vector<std::string> queue_command(const std::string& job_ids, std::size_t command_width);
/// Returns one record for each task, of any array.
[[nodiscard]] ArrayRecords parse_queue(std::string_view squeue_output);

/// @param with_command asks for sbatch's command line, too, which 20.11 does not have: there sacct fails.
[[nodiscard]] std::vector<std::string> accounting_command(const std::string& job_ids, bool with_usage, bool with_command);
/// @param max tasks of one array: what names more is left out.
[[nodiscard]] ArrayRecords parse_accounting(std::string_view sacct_output, std::uint32_t max);

/// Whether what Slurm shows under a job id is the array that is meant: job ids come again.
enum class Identity : std::uint8_t {
  unknown,  ///< Slurm shows nothing that tells
  same,
  other,  ///< another job has that id now
};

/// An array whose tasks are asked for: as many as `tasks`, from first_index on.
struct ArrayQuery {
  std::string job_id;
  std::uint32_t tasks = 0;
  std::string script = {};  ///< path .../submissions/MARKER/sarray.slurm of its script; empty: whatever has that job id is meant
  std::uint32_t first_index = 0;
};
/// Who has an array's job id.
struct Holder {
  Identity identity = Identity::unknown;
  std::string submitted;  ///< the earliest time that any of its tasks shows, 2026-11-23T17:15:51; empty: none does
};
struct ArrayStates {
  std::vector<std::vector<TaskRecord>> tasks;  ///< of each array, from its first index on; all unknown if another job has the id
  std::vector<Holder> holders;                 ///< of each array
  std::vector<std::string> notes;              ///< what could not be known, and why
  std::size_t without_usage = 0;               ///< tasks that ran, and whose usage accounting may get to know
};

}  // namespace sarray::slurm
