#include <algorithm>
#include <cstdlib>

#include "cli/arguments.hpp"
#include "commands/commands.hpp"
#include "commands/outcome.hpp"
#include "commands/task_word.hpp"
#include "engine/submissions.hpp"
#include "follow/group.hpp"
#include "queue/gather.hpp"
#include "slurm/client/arrays.hpp"
#include "slurm/client/jobs.hpp"
#include "store/submissions.hpp"
#include "util/join.hpp"
#include "util/message.hpp"
#include "util/numbers.hpp"

namespace sarray::commands {

namespace {

/// What becomes of running tasks above the new limit.
enum class Above : std::uint8_t { stay, requeue, cancel };

struct ThrottleOptions {
  std::string job_id;
  std::uint32_t limit = 0;
  Above above = Above::stay;
  bool dry_run = false;
  Telling telling;
};

util::Result<std::optional<ThrottleOptions>> parse(const Words& words) {
  ThrottleOptions options;
  std::string limit;
  bool requeue = false;
  bool cancel = false;
  cli::Arguments arguments("throttle", "Changes how many tasks of a job array may run at once.",
                           "JOBID -t N [--kill|--requeue|--cancel] [-n] [--json]");
  auto& app = arguments.app();
  app.add_option("jobid", options.job_id, "the array's job id")->required();
  app.add_option("-t,--max,--max-tasks", limit, "at most N running tasks; 0: no limit")->required()->type_name("N");
  auto* back =
      app.add_flag("-k,--kill,-r,--requeue", requeue, "put the newest running tasks above the limit back into the queue");
  app.add_flag("--cancel", cancel, "cancel the newest running tasks above the limit: they do not run again")->excludes(back);
  app.add_flag("-n,--dry-run", options.dry_run, "say what would be done");
  add_telling_options(app, options.telling);
  TRY(const bool go_on, arguments.parse(words));
  if (!go_on) return std::optional<ThrottleOptions>();
  TRY(options.limit, util::parse_number(limit, "-t", 0, "sarray throttle --help"));
  options.above = cancel ? Above::cancel : requeue ? Above::requeue : Above::stay;
  return std::optional(std::move(options));
}

/// Checks that the id is an array's: one task's id is refused rather than taken for all the others.
util::Result<void> check_array(const std::vector<slurm::JobRecord>& records, const ThrottleOptions& options) {
  const auto& record = records.front();
  const std::string array_id(record.get("ArrayJobId"));
  if (array_id.empty()) return util::fail("job " + options.job_id, "it is not a job array", "squeue --me --array");
  if (array_id == options.job_id) return {};
  return util::fail(
      "job " + options.job_id,
      "that is the id of one task, " + array_id + "_" + std::string(record.get("ArrayTaskId")) + ", and the limit is the array's",
      "sarray throttle " + array_id + " -t " + std::to_string(options.limit));
}

/// Checks that an array of ours that is noted under that id is the one that Slurm has: ids come again.
util::Result<void> check_notes(const slurm::SlurmSite& site, const std::vector<slurm::JobRecord>& records,
                               const std::string& job_id) {
  const auto submissions = engine::list_submissions(site);
  const auto* submission = store::find_submission(submissions, job_id);
  if (submission == nullptr) return {};
  const auto script = submission->folder + "/sarray.slurm";
  const bool is_it = std::all_of(records.begin(), records.end(),
                                 [&](const auto& record) { return slurm::names_script(record.get("Command"), script); });
  if (is_it) return {};
  return util::fail("job " + job_id, "another job has that id now: it is not the array that sarray submitted as job " + job_id,
                    "scontrol update JobId=" + job_id + " ArrayTaskThrottle=N, if you mean the other one");
}

util::Result<std::vector<slurm::JobRecord>> find_array(const slurm::SlurmSite& site, const ThrottleOptions& options) {
  TRY(const auto word, read_task_word(site, options.job_id, "throttle"));
  auto job_id = word.job_id;
  if (word.group) {
    TRY(const auto group, follow::Group::find(site, word, "", follow::Extent::tasks));
    if (group.array_count() > 1)
      return util::fail("job " + options.job_id,
                        "a limit is an array's, and this is " + util::count(group.array_count(), "array"),
                        "sarray throttle " + options.job_id + ".1 -t " + std::to_string(options.limit));
    job_id = group.job_ids().front();
  }
  if (word.indices)
    return util::fail("job " + options.job_id, "a limit is the array's, not a task's", "sarray throttle " + job_id);
  auto records = slurm::find_own_job(site.client, job_id);
  if (!records) {
    auto error = std::move(records).error();
    if (slurm::is_unknown(error) && word.is_virtual) error.why = "that is the id of a recorded job; Slurm knows the merged array";
    return util::fail(std::move(error));
  }
  auto checked = options;
  checked.job_id = job_id;
  CHECK_OK(check_array(*records, checked));
  CHECK_OK(check_notes(site, *records, job_id));
  return std::move(*records);
}

struct RunningTask {
  std::string start;  ///< Slurm's own format, which sorts by time
  std::uint32_t id = 0;
  bool may_requeue = false;
};

/// Returns the tasks above the limit, the most recently started first.
std::vector<RunningTask> newest_above(const std::vector<slurm::JobRecord>& records, std::uint32_t limit) {
  std::vector<RunningTask> running;
  for (const auto& record : records) {
    if (record.get("JobState") != "RUNNING") continue;
    running.push_back({std::string(record.get("StartTime")),
                       static_cast<std::uint32_t>(std::strtoul(std::string(record.get("ArrayTaskId")).c_str(), nullptr, 10)),
                       record.get("Requeue") == "1"});
  }
  if (limit == 0 || running.size() <= limit) return {};
  std::sort(running.begin(), running.end(),
            [](const auto& a, const auto& b) { return a.start != b.start ? a.start > b.start : a.id > b.id; });
  running.resize(running.size() - limit);
  return running;
}

/// The tasks above the limit, by what is done to them.
struct TasksAbove {
  std::vector<std::string> ended;  ///< requeued or cancelled, "17_3"
  std::vector<std::string> left;   ///< to be requeued, but Slurm does not let them
};

TasksAbove sort_out(const std::vector<slurm::JobRecord>& records, const ThrottleOptions& options) {
  TasksAbove tasks;
  if (options.above == Above::stay) return tasks;
  const std::string array_id(records.front().get("ArrayJobId"));
  for (const auto& task : newest_above(records, options.limit)) {
    const bool is_left = options.above == Above::requeue && !task.may_requeue;
    (is_left ? tasks.left : tasks.ended).push_back(array_id + "_" + std::to_string(task.id));
  }
  return tasks;
}

util::Json outcome_json(const std::string& array_id, const TasksAbove& tasks, const ThrottleOptions& options) {
  const bool cancels = options.above == Above::cancel;
  return {{"action", "throttle"},
          {"done", !options.dry_run},
          {"job_id", array_id},
          {"limit", options.limit},
          {"requeued", cancels ? std::vector<std::string>() : tasks.ended},
          {"cancelled", cancels ? tasks.ended : std::vector<std::string>()},
          {"left", tasks.left}};
}

/// @return failed if a task that should have gone stays.
int say_left(const TasksAbove& tasks) {
  if (tasks.left.empty()) return 0;
  util::warn("left running, since Slurm may not requeue them (--no-requeue): " + util::join(tasks.left, ","),
             "--cancel ends them for good");
  return static_cast<int>(util::Exit::failed);
}

}  // namespace

Status throttle(const Words& words) {
  TRY(const auto options, parse(words));
  if (!options) return 0;
  begin_telling(options->telling);
  const auto site = queue::find_site();
  TRY(const auto records, find_array(site, *options));
  const std::string array_id(records.front().get("ArrayJobId"));
  const auto tasks = sort_out(records, *options);
  const auto names = util::join(tasks.ended, ",");
  const bool cancels = options->above == Above::cancel;
  if (options->dry_run) {
    tell(options->telling,
         "would set the limit of " + array_id + " to " + std::to_string(options->limit) +
             (names.empty() ? "" : (cancels ? " and cancel " : " and requeue ") + names),
         outcome_json(array_id, tasks, *options));
    return say_left(tasks);
  }
  const engine::SlurmEngine engine(site.client);
  CHECK_OK(engine.set_throttle(array_id, options->limit));
  if (!tasks.ended.empty()) CHECK_OK(engine.control(cancels ? engine::Verb::cancel : engine::Verb::requeue, tasks.ended));
  tell(options->telling,
       array_id + ": " +
           (options->limit == 0 ? std::string("no limit") : "at most " + util::count(options->limit, "task") + " at once") +
           (names.empty() ? "" : (cancels ? "; cancelled " : "; requeued ") + names),
       outcome_json(array_id, tasks, *options));
  return say_left(tasks);
}

}  // namespace sarray::commands
