// The plan: which jobs go into which merged arrays, with which index for each task, and why. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "slurm/language/export.hpp"
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
  [[nodiscard]] std::uint32_t tasks() const { return job.ids ? job.ids->count() : 1; }
};

/// The limits that Slurm reports (`scontrol show config`), or its defaults if there is no Slurm.
struct ClusterLimits {
  std::uint32_t max_array_size = 1001;      ///< MaxArraySize: indices must be below it
  std::uint32_t max_array_tasks = 0;        ///< SchedulerParameters=max_array_tasks; 0: no such limit
  std::uint64_t max_script_size = 4194304;  ///< SchedulerParameters=max_script_size, in bytes
  std::uint32_t max_job_count = 10000;      ///< MaxJobCount: a task of an array counts as a job (Slurm's job_mgr.c, _job_create)
  bool known = false;                       ///< whether Slurm was asked; if not, nothing is refused because of its size
  [[nodiscard]] std::uint32_t tasks_per_array() const;
};

/// Which jobs get the translator (notes.hpp).
enum class Translate : std::uint8_t { if_named, always, never };

struct PlanOptions {
  ClusterLimits limits;
  slurm::Release release;
  bool job_file_append = false;  ///< whether Slurm appends to output files if no --open-mode is given (slurm.conf: JobFileAppend)
  std::string user;              ///< %u
  std::string sarray_version;
  bool split = false;
  std::optional<std::uint32_t> throttle;  ///< -t; 0 means none
  /// sbatch options given to submit, which replace the jobs' own. In command line order; of several with one name the last wins.
  /// --chdir is absolute.
  std::vector<slurm::Setting> overrides;
  std::string real_sbatch;  ///< the path that replaces our link in a task's variable `_`; empty: it is unchanged
  std::string link_folder;  ///< where links to output files are made (streams.hpp); absolute
  /// Random part of the hidden names under which files are opened whose own names only the running task knows. Slurm shows the
  /// submission's random name to everybody, and this to nobody, so that nobody can make such a file before.
  std::string hidden_mark;
  std::vector<std::string> retry_of;  ///< job ids of the attempts before this one, oldest first (retry.hpp)
  Translate translate = Translate::if_named;
  std::string translate_folder;  ///< the folder that has the translator under the names of Slurm's commands; absolute
  std::string scratch_folder;    ///< the submission's own folder: for tasks' scripts that Slurm's copy cannot hold; absolute
};

struct Placement {
  std::uint32_t job = 0;          ///< index into Plan::jobs
  std::uint32_t first_index = 0;  ///< SLURM_ARRAY_TASK_ID of its first task in the merged array
};

/// One merged array.
struct MergedArray {
  std::vector<Placement> placements;  ///< in order of first_index, without gaps from 0
  std::uint32_t tasks = 0;
  std::vector<slurm::Setting> settings;  ///< the array's own options, sorted by name
  std::uint32_t throttle = 0;            ///< 0: none
  std::string name;                      ///< --job-name of the array
  bool login = false;                    ///< the node loads the login environment
  bool node_limits = false;              ///< the tasks have the node's own resource limits, not the caller's
};

struct Plan {
  std::vector<PlannedJob> jobs;
  std::vector<MergedArray> arrays;
  std::vector<std::string> notes;  ///< one line each, shown before anything is submitted
};

/// @return if one array cannot hold everything and `split` is not set, an error whose body is the table (option, value, jobs);
/// its `hint` says how many arrays --split would submit.
[[nodiscard]] util::Result<Plan> make_plan(std::vector<PlannedJob> jobs, const PlanOptions& options);

/// Cuts an array after its first `jobs` jobs (fewer than all), because one script cannot hold them all. The others become an
/// array of their own, or, if `into_next`, the beginning of the next one. Precondition: the array has at least two jobs.
void cut_array(Plan& plan, std::size_t number, std::size_t jobs, bool into_next, const PlanOptions& options);

/// Returns job numbers as a person writes them: "1-3,5".
[[nodiscard]] std::string format_numbers(const std::vector<std::uint32_t>& numbers);

}  // namespace sarray::plan
