// Slurm, asked through its own commands: their plain text formats hold from 20.11 to today.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "slurm/client/tool.hpp"
#include "slurm/language/call.hpp"
#include "slurm/language/job.hpp"
#include "slurm/language/option.hpp"
#include "util/environment.hpp"
#include "util/process.hpp"
#include "util/result.hpp"

namespace sarray::slurm {

/// What `scontrol show config` says of the limits that a submission can hit.
struct Configuration {
  std::uint32_t max_array_size = 1001;
  std::uint32_t max_array_tasks = 0;        ///< SchedulerParameters=max_array_tasks; 0: no such limit
  std::uint64_t max_script_size = 4194304;  ///< bytes; SchedulerParameters=max_script_size
  std::uint32_t max_job_count = 10000;
  bool job_file_append = false;     ///< JobFileAppend: output files are appended to if no --open-mode is given
  std::uint32_t min_job_age = 300;  ///< seconds for which a finished job is kept; 0: for ever
  std::string cluster_name;         ///< empty: not said
  bool limits_requests = false;     ///< SlurmctldParameters=rl_enable
  /// SchedulerParameters=correspond_after_task_cnt: of so many pending tasks of an array aftercorr is looked at.
  std::uint32_t correspond_after_task_cnt = 10;
};
[[nodiscard]] Configuration parse_configuration(std::string_view scontrol_output);
/// Whether it is all of it, up to the line about the controllers. After that line scontrol ends with status 1 if no controller
/// answered its last ping, as on a cluster that limits the rate of requests (source: src/scontrol/scontrol.c, _print_ping()).
[[nodiscard]] bool is_whole_configuration(std::string_view scontrol_output);

/// One record of `scontrol show job -o`: KEY=VALUE. A value that holds blanks is kept whole as far as the format allows.
class JobRecord {
 public:
  explicit JobRecord(std::string_view line);
  /// @return "" if there is no such field.
  [[nodiscard]] std::string_view get(std::string_view key) const;

 private:
  std::map<std::string, std::string, std::less<>> m_fields;
};

// What the questions below are answered with; each in the header of its name.
struct HeldArray;         // arrays.hpp
struct QueuedCommand;     // arrays.hpp
struct JobLine;           // jobs.hpp
struct JobOwner;          // jobs.hpp
struct ArrayQuery;        // task_state.hpp
struct ArrayStates;       // task_state.hpp
struct WaitingTask;       // waiting.hpp
struct DependencyUpdate;  // dependencies.hpp
struct TaskRecord;        // task_state.hpp
struct RecentJob;         // recent.hpp
struct Trial;             // trial.hpp

struct Partition {
  std::string name;
  std::string time_limit;  ///< of a job that gives none: minutes, or "UNLIMITED"
};

/// How the real sbatch is to be run.
struct Submission {
  std::vector<std::string> options;  ///< before the script
  std::string script;                ///< path
  util::Environment environment;
  mode_t umask = 022;
  SoftLimits limits{};
  std::string directory;            ///< to run it in
  std::chrono::seconds timeout{0};  ///< 0: none
  int inherited = -1;               ///< a descriptor that it keeps open as long as it lives; -1: none
};

/// Slurm, as one command of ours asks it: a function for each question and each order, and nobody else spells Slurm's commands.
/// Unless it says otherwise, a function returns an error with Slurm's own words as body if the command fails, and a JOBID names
/// an array, a task of it ("17_3") or a job. Copies share what was learned.
class Client {
 public:
  /// @param environment the user's; make_question_environment() says what of it the questions get.
  /// @param sbatch path of the real one; empty: there is none in PATH. If it is an error, it is not known which Slurm is meant,
  /// and every question is that error.
  Client(util::Environment environment, util::Result<std::string> sbatch);

  /// Returns false if PATH has none.
  [[nodiscard]] bool has_sbatch() const { return !m_sbatch || !m_sbatch->empty(); }
  /// Returns its path; empty if there is none that could be looked at.
  [[nodiscard]] std::string sbatch() const { return m_sbatch.value_or(""); }

  // What the site is (site.cpp). Each is asked once, whoever asks.

  /// "slurm 22.05.8", as `sbatch --version` says it.
  [[nodiscard]] util::Result<std::string> version() const;
  /// Runs sbatch --version and --help. @return an error if they cannot be run.
  [[nodiscard]] util::Result<Dialect> dialect() const;
  /// Returns the names of all clusters that accounting knows.
  [[nodiscard]] util::Result<std::vector<std::string>> clusters() const;
  /// Returns the lines of `sbatch -v` about a call's options, as the real sbatch prints them for the same words; empty if it
  /// prints none, or cannot be run. It gets --test-only, and is ended before it asks the controller.
  [[nodiscard]] std::string defined_options(const Call& call) const;
  /// Asks whether sbatch would take the call, and waits so long for the answer. It costs a job id, and nothing else: Slurm
  /// forgets the job at once.
  /// @param job as the call was resolved. @param dialect of the installed sbatch.
  [[nodiscard]] Trial try_call(const Call& call, const Job& job, const Dialect& dialect, std::chrono::seconds patience) const;
  /// A complete answer is believed, whatever the status.
  [[nodiscard]] util::Result<Configuration> configuration() const;

  // What a program asks, in its own words (tool.cpp).

  /// Runs one of Slurm's commands to its end, however long that takes; what it says is the caller's to judge.
  /// @param environment the program's own: it may filter what the command shows.
  [[nodiscard]] util::Result<util::Output> run_tool(Tool tool, const std::vector<std::string>& words,
                                                    const util::Environment& environment) const;
  /// Returns the partition that jobs go to which name none.
  /// @return an error if there is none, or Slurm does not answer.
  [[nodiscard]] util::Result<Partition> default_partition() const;

  // What becomes of jobs (client.cpp, control.cpp).

  /// Runs sbatch to its end; what it says, and its status, are the caller's to judge.
  [[nodiscard]] util::Result<util::Output> submit(const Submission& submission) const;
  /// @param names as Slurm names tasks: "17", "17_3", "17_[3-5,8]".
  [[nodiscard]] util::Result<void> cancel(const std::vector<std::string>& names) const;
  [[nodiscard]] util::Result<void> hold(const std::vector<std::string>& names) const;
  [[nodiscard]] util::Result<void> release(const std::vector<std::string>& names) const;
  [[nodiscard]] util::Result<void> requeue(const std::vector<std::string>& names) const;
  /// Sets how many tasks of the array may run at once. @param limit 0: as many as like.
  [[nodiscard]] util::Result<void> set_throttle(const std::string& array_id, std::uint32_t limit) const;

  /// Sets what pending tasks wait for, each update with one request, in one process. As long as it takes: a cluster that limits
  /// the rate of requests (rl_enable) takes half a second for each.
  /// @param step called after each update.
  /// @return an error if Slurm refuses one of them; the others are set nevertheless. What an update without an error has done is
  /// to be read back: scontrol says of what it cannot read only that it cannot.
  [[nodiscard]] util::Result<void> set_dependencies(const std::vector<DependencyUpdate>& updates,
                                                    const std::function<void()>& step) const;
  /// Returns what each task of these arrays waits for that is in the queue; done ones are left out.
  [[nodiscard]] util::Result<std::vector<WaitingTask>> dependencies(const std::vector<std::string>& array_ids) const;
  /// Returns the records of jobs and arrays of any user: what the queue shows, and what accounting has of those that it does not
  /// show. Those that neither knows are left out; so are accounting's if it cannot be asked.
  [[nodiscard]] util::Result<std::vector<std::pair<std::string, TaskRecord>>> job_records(
      const std::vector<std::string>& job_ids) const;
  /// Returns the ids of the user's unfinished jobs of these names; of an array, its own.
  [[nodiscard]] util::Result<std::vector<std::string>> unfinished_namesakes(const std::set<std::string>& names) const;

  // One job (jobs.hpp).

  /// Returns all records of a job; of an array, one for each task that has a record of its own.
  /// @return an error if Slurm does not know it, or does not answer.
  [[nodiscard]] util::Result<std::vector<JobRecord>> show_job(const std::string& job_id) const;
  /// Returns what the queue shows under an id: one line for each task that has a record of its own, and one for those that have
  /// none yet.
  [[nodiscard]] util::Result<std::vector<JobLine>> queued_job(const std::string& job_id) const;
  /// Returns the same from accounting, which has no Command here.
  [[nodiscard]] util::Result<std::vector<JobLine>> accounted_job(const std::string& job_id) const;
  /// Returns the path of the script that Slurm shows as the job's Command; queue first, then accounting's SubmitLine (21.08 and
  /// later).
  /// @return "" if neither shows one; an error if the queue cannot be asked.
  [[nodiscard]] util::Result<std::string> job_command(const std::string& job_id) const;
  /// Returns the job's user by accounting; nullopt if accounting does not know the job, or cannot be asked.
  [[nodiscard]] std::optional<JobOwner> accounted_owner(const std::string& job_id) const;
  /// Returns the batch script as the queue still holds it; without one Slurm may print nothing, and yet succeed (observed
  /// on 22.05).
  [[nodiscard]] util::Result<std::string> queued_script(const std::string& job_id) const;
  /// Returns the batch script as accounting has it, with lines of sacct's own before it.
  [[nodiscard]] util::Result<std::string> accounted_script(const std::string& job_id) const;

  // Many arrays (arrays.hpp, task_state.hpp).

  /// Returns this user's arrays in the queue, and those in accounting that were active after `since`; oldest first, each once.
  /// Accounting knows the paths from 21.08 on (SubmitLine); if it cannot be asked, the queue alone counts.
  /// @param since seconds since 1970.
  /// @return an error if the queue cannot be asked.
  [[nodiscard]] util::Result<std::vector<HeldArray>> arrays_of_user(std::int64_t since) const;
  /// Returns the job ids and Commands of all that the queue shows, of every user.
  [[nodiscard]] util::Result<std::vector<QueuedCommand>> commands_in_queue() const;
  /// Returns the jobs that the queue shows and that were submitted since then. @param since seconds since 1970.
  /// @param of_all_users else of this user alone, which is a smaller question.
  /// @return an error if the queue cannot be asked, or does not answer for so long.
  [[nodiscard]] util::Result<std::vector<RecentJob>> recent_jobs(std::int64_t since, bool of_all_users,
                                                                 std::chrono::seconds patience) const;
  /// Asks for the states of tasks: one question while Slurm remembers every task, else a second one, to accounting. A task that
  /// is cancelled while it is pending may leave no trace in either (observed on 22.05 and 24.11): what is missing of an array
  /// whose records are whole was cancelled so.
  /// @param with_usage asks accounting in any case.
  [[nodiscard]] util::Result<ArrayStates> states(const std::vector<ArrayQuery>& arrays, bool with_usage) const;
  /// Returns what this user's tasks wait for, one entry for each task that waits for others.
  [[nodiscard]] util::Result<std::vector<WaitingTask>> waiting_tasks() const;

 private:
  /// Any of Slurm's commands, by its name. A sacct that was slow to fail is not run again within a minute: with slurmdbd hanging
  /// each one takes its time to give up.
  [[nodiscard]] util::Result<std::string> run(const std::vector<std::string>& argv) const;
  /// @return how it ended, whatever that means; an error if it cannot be run, or its answer is not whole.
  [[nodiscard]] util::Result<util::Output> ask(const std::vector<std::string>& argv) const;
  [[nodiscard]] util::Result<util::Output> ask(const std::vector<std::string>& argv, std::chrono::seconds patience) const;
  [[nodiscard]] util::Result<std::string> run_once(const std::vector<std::string>& argv) const;
  /// Returns the path of the command of that name beside sbatch, or in PATH; empty if there is none.
  [[nodiscard]] util::Result<std::string> find(const std::string& name) const;
  /// scontrol takes a list of names as one word.
  [[nodiscard]] util::Result<void> scontrol(const char* verb, const std::vector<std::string>& names) const;

  struct Failure {
    std::chrono::steady_clock::time_point until;
    util::Error error;
  };
  /// What was learned so far.
  struct Learned {
    Failure accounting;
    std::optional<std::string> version;
    std::optional<Configuration> configuration;
  };
  util::Environment m_environment;  ///< of the questions
  util::Result<std::string> m_sbatch;
  std::shared_ptr<Learned> m_learned = std::make_shared<Learned>();
};

/// Returns the id in what sbatch prints, with or without --parsable; nullopt if there is none.
[[nodiscard]] std::optional<std::string> parse_answer(std::string_view out);

}  // namespace sarray::slurm
