// The plan: which jobs go into which merged arrays, with which index for each task, and why. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "slurm/language/export.hpp"
#include "slurm/language/group_name.hpp"
#include "slurm/language/job.hpp"
#include "util/result.hpp"

namespace sarray::plan {

/// A job that shall become part of an array.
struct PlannedJob {
  std::uint32_t number = 0;  ///< in the session or the queue file, from 1
  std::uint32_t id = 0;      ///< virtual id
  std::shared_ptr<const slurm::Call> call;
  slurm::Job job;
  bool translate = false;  ///< the translator (share/translate) is first in its tasks' PATH
  /// What its tasks wait for, as far as that is not over: --dependency with the jobs that singleton means. Set by find_waits().
  slurm::Dependency waits = {};
  std::uint32_t stage = 0;  ///< the length of the longest way from a job that waits for none of the plan's
  /// Whether its tasks must be an array by themselves, because another job waits for all of them in a way that Slurm has for
  /// whole arrays only.
  bool is_alone = false;
  [[nodiscard]] std::uint32_t tasks() const { return job.ids ? job.ids->count() : 1; }
};

/// The limits that Slurm reports (`scontrol show config`), or its defaults if there is no Slurm.
struct ClusterLimits {
  std::uint32_t max_array_size = 1001;      ///< MaxArraySize: indices must be below it
  std::uint32_t max_array_tasks = 0;        ///< SchedulerParameters=max_array_tasks; 0: no such limit
  std::uint64_t max_script_size = 4194304;  ///< SchedulerParameters=max_script_size, in bytes
  std::uint32_t max_job_count = 10000;      ///< MaxJobCount: a task of an array counts as a job (Slurm's job_mgr.c, _job_create)
  bool limits_requests = false;             ///< SlurmctldParameters=rl_enable: each request of a user may cost half a second
  /// SchedulerParameters=correspond_after_task_cnt: in an array of so many tasks each one can wait for its twin (aftercorr).
  std::uint32_t correspond_after_task_cnt = 10;
  bool known = false;  ///< whether Slurm was asked; if not, nothing is refused because of its size
  [[nodiscard]] std::uint32_t tasks_per_array() const;
};

/// Which jobs get the translator (notes.hpp).
enum class Translate : std::uint8_t { if_named, always, never };

/// Whose ids %A and %a are in the names of output files (script/names.hpp).
enum class Names : std::uint8_t {
  task,   ///< the task's own, as its variables say
  slurm,  ///< the merged array's, as squeue shows them
};

/// Returns "task" or "slurm", as --names has it.
[[nodiscard]] const char* names_word(Names names);

/// Where in Slurm one task is.
struct TaskPlace {
  std::string array_id;
  std::uint32_t index = 0;
  std::uint32_t array_tasks = 1;
  std::uint32_t array_first = 0;  ///< the array's first index
};

/// A job of an earlier submission, or one of Slurm's own: where its tasks are in Slurm.
struct SubmittedJob {
  std::uint32_t id = 0;      ///< virtual id; of one of Slurm's own, that: its tasks' ids are the indices
  std::string array_id;      ///< job id of the array that has its tasks
  std::uint32_t number = 0;  ///< in its session; 0: not known
  std::uint32_t first_index = 0;
  std::uint32_t tasks = 1;
  std::uint32_t array_tasks = 1;         ///< of the whole array
  std::optional<slurm::ArrayIds> ids{};  ///< local ids; nullopt: a plain job
  bool stays_held = false;               ///< the array was submitted with --hold
  std::uint32_t array_first = 0;         ///< the whole array's first index
  /// The newest attempts of tasks that were retried, by the place of the task in the job, from 0.
  std::map<std::uint32_t, TaskPlace> retried{};
};

/// What the plan's jobs wait for, and the plan does not contain.
struct OutsideJobs {
  std::vector<SubmittedJob> submitted;        ///< sorted by id
  std::vector<slurm::Condition> satisfied{};  ///< conditions, as jobs give them, that are satisfied already
  /// Ids, virtual or Slurm's own, of the unfinished jobs of a name: singleton waits for them.
  std::map<std::string, std::vector<std::uint32_t>> by_name{};
};

struct PlanOptions {
  ClusterLimits limits;
  slurm::Release release;
  bool job_file_append = false;  ///< whether Slurm appends to output files if no --open-mode is given (slurm.conf: JobFileAppend)
  std::string user;              ///< %u
  std::string sarray_version;
  bool split = false;
  bool merge_largest = false;             ///< jobs that differ in --mem or --time get the largest of each (largest.hpp)
  std::string command = "sarray submit";  ///< what the user typed, for hints that add an option to it
  std::optional<std::uint32_t> throttle;  ///< -t; 0 means none
  /// sbatch options given to submit, which replace the jobs' own. In command line order; of several with one name the last wins.
  /// --chdir is absolute.
  std::vector<slurm::Setting> overrides;
  OutsideJobs outside;
  std::string real_sbatch;  ///< the path that replaces our link in a task's variable `_`; empty: it is unchanged
  std::string link_folder;  ///< where links to output files are made (streams.hpp); absolute
  /// Random part of the hidden names under which files are opened whose own names only the running task knows. Slurm shows the
  /// submission's random name to everybody, and this to nobody, so that nobody can make such a file before.
  std::string hidden_mark;
  std::vector<std::string> retry_of;  ///< job ids of the attempts before this one, oldest first (retry.hpp)
  std::uint32_t group = 0;            ///< the number of a submission of several arrays; 0: it has one
  std::uint32_t parts_before = 0;     ///< of that submission, which an earlier submit, that was interrupted, submitted
  Translate translate = Translate::if_named;
  Names names = Names::task;
  std::string translate_folder;  ///< the folder that has the translator under the names of Slurm's commands; absolute
  std::string scratch_folder;    ///< the submission's own folder: for tasks' scripts that Slurm's copy cannot hold; absolute
};

struct Placement {
  std::uint32_t job = 0;          ///< index into Plan::jobs
  std::uint32_t first_index = 0;  ///< SLURM_ARRAY_TASK_ID of its first task in the merged array
};

/// One merged array.
struct MergedArray {
  std::vector<Placement> placements;  ///< in order of first_index, without gaps; from 0 if there are several
  std::uint32_t tasks = 0;
  std::vector<slurm::Setting> settings;  ///< the array's own options, sorted by name
  std::uint32_t throttle = 0;            ///< 0: none
  std::string name;                      ///< --job-name of the array
  bool login = false;                    ///< the node loads the login environment
  bool node_limits = false;              ///< the tasks have the node's own resource limits, not the caller's
  std::uint32_t stage = 0;               ///< its jobs' own
  [[nodiscard]] std::uint32_t first_index() const { return placements.empty() ? 0 : placements.front().first_index; }
};

struct Plan {
  std::vector<PlannedJob> jobs;
  std::vector<MergedArray> arrays;
  std::vector<std::string> notes;  ///< one line each, shown before anything is submitted
  /// Whether tasks wait for different things, or for tasks of the plan: then Slurm has to be told of each after it has taken all
  /// arrays, in hold. If not, each array's own --dependency says it.
  bool is_pipeline = false;
};

/// @return if one array cannot hold everything and `split` is not set, an error whose body is the table (option, value, jobs);
/// its `hint` says how many arrays --split would submit.
[[nodiscard]] util::Result<Plan> make_plan(std::vector<PlannedJob> jobs, const PlanOptions& options);

/// Cuts an array after its first `jobs` jobs (fewer than all), because one script cannot hold them all. The others become an
/// array of their own, or, if `into_next`, the beginning of the next one. Precondition: the array has at least two jobs.
void cut_array(Plan& plan, std::size_t number, std::size_t jobs, bool into_next, const PlanOptions& options);

/// Returns where an array is in a submission of several; nothing if PlanOptions::group is 0. @param number of the array, from 0.
[[nodiscard]] slurm::GroupPlace place_in_group(const Plan& plan, std::size_t number, const PlanOptions& options);
/// Names an array after that place. The user's own --job-name stays, and so does the name of a job that is singleton: others of
/// its name, which are not the session's, know it by that.
void name_in_group(Plan& plan, std::size_t number, const PlanOptions& options);

/// Returns job numbers as a person writes them: "1-3,5".
[[nodiscard]] std::string format_numbers(const std::vector<std::uint32_t>& numbers);

}  // namespace sarray::plan
