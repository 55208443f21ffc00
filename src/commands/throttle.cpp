#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "cli/arguments.hpp"
#include "commands/commands.hpp"
#include "queue/gather.hpp"
#include "slurm/client/jobs.hpp"
#include "util/join.hpp"
#include "util/message.hpp"
#include "util/numbers.hpp"

namespace sarray::commands {

namespace {

struct ThrottleOptions {
  std::string job_id;
  std::uint32_t limit = 0;
  bool kill = false;
  bool requeue = false;
  bool dry_run = false;
};

util::Result<std::optional<ThrottleOptions>> parse(const Words& words) {
  ThrottleOptions options;
  std::string limit;
  cli::Arguments arguments("throttle", "Changes how many tasks of a job array may run at once.",
                           "JOBID -n N [--kill|--requeue] [--dry-run]");
  auto& app = arguments.app();
  app.add_option("jobid", options.job_id, "the array's job id")->required();
  app.add_option("-n,--max,--max-tasks", limit, "at most N running tasks; 0: no limit")->required()->type_name("N");
  auto* kill = app.add_flag("--kill", options.kill, "cancel the newest running tasks above the limit");
  app.add_flag("--requeue", options.requeue, "put the newest running tasks above the limit back into the queue")->excludes(kill);
  app.add_flag("--dry-run", options.dry_run, "say what would be done");
  TRY(const bool go_on, arguments.parse(words));
  if (!go_on) return std::optional<ThrottleOptions>();
  TRY(options.limit, util::parse_number(limit, "-n", 0, "sarray throttle --help"));
  TRY([[maybe_unused]] const auto id, util::parse_number(options.job_id, "job id", 1, "sarray history, or squeue --me"));
  return std::optional(std::move(options));
}

util::Result<std::vector<slurm::JobRecord>> find_array(const slurm::Client& client, const std::string& job_id) {
  auto records = slurm::find_own_job(client, job_id);
  if (!records) {
    auto error = std::move(records).error();
    const bool is_virtual = job_id.size() == 10 && job_id >= "2000000001";
    if (slurm::is_unknown(error) && is_virtual) error.why = "that is the id of a recorded job; Slurm knows the merged array";
    return util::fail(std::move(error));
  }
  if (records->front().get("ArrayJobId").empty())
    return util::fail("job " + job_id, "it is not a job array", "squeue --me --array");
  return std::move(*records);
}

struct RunningTask {
  std::string start;  ///< Slurm's own format, which sorts by time
  std::uint32_t id = 0;
};

/// The tasks above the limit, the most recently started first.
std::vector<RunningTask> newest_above(const std::vector<slurm::JobRecord>& records, std::uint32_t limit) {
  std::vector<RunningTask> running;
  for (const auto& record : records) {
    if (record.get("JobState") != "RUNNING") continue;
    running.push_back({std::string(record.get("StartTime")),
                       static_cast<std::uint32_t>(std::strtoul(std::string(record.get("ArrayTaskId")).c_str(), nullptr, 10))});
  }
  if (limit == 0 || running.size() <= limit) return {};
  std::sort(running.begin(), running.end(),
            [](const auto& a, const auto& b) { return a.start != b.start ? a.start > b.start : a.id > b.id; });
  running.resize(running.size() - limit);
  return running;
}

}  // namespace

Status throttle(const Words& words) {
  TRY(const auto options, parse(words));
  if (!options) return 0;
  const auto site = queue::find_site();
  TRY(const auto records, find_array(site.client, options->job_id));
  const std::string array_id(records.front().get("ArrayJobId"));
  const auto tasks = options->kill || options->requeue ? newest_above(records, options->limit) : std::vector<RunningTask>();
  const auto names = util::join(tasks, ",", [&](const auto& task) { return array_id + "_" + std::to_string(task.id); });
  const std::string verb = options->kill ? "cancel" : "requeue";
  if (options->dry_run) {
    std::fprintf(stderr, "sarray: would set the limit of %s to %u%s\n", array_id.c_str(), options->limit,
                 tasks.empty() ? "" : (" and " + verb + " " + names).c_str());
    return 0;
  }
  CHECK_OK(site.client.set_throttle(array_id, options->limit));
  if (!tasks.empty()) {
    std::vector<std::string> above;
    for (const auto& task : tasks) above.push_back(array_id + "_" + std::to_string(task.id));
    CHECK_OK(options->kill ? site.client.cancel(above) : site.client.requeue(above));
  }
  std::fprintf(stderr, "sarray: %s: %s%s\n", array_id.c_str(),
               options->limit == 0 ? "no limit" : ("at most " + util::count(options->limit, "task") + " at once").c_str(),
               tasks.empty() ? "" : ("; " + std::string(options->kill ? "cancelled " : "requeued ") + names).c_str());
  return 0;
}

}  // namespace sarray::commands
