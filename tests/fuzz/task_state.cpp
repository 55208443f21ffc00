// What squeue and sacct say of an array's tasks, and what is reckoned from it. Input: 'q' or 'a', and what the command printed.
#include "slurm/client/task_state.hpp"

#include <cmath>

#include "follow/attempts.hpp"
#include "support.hpp"

namespace follow = sarray::follow;
namespace script = sarray::script;
namespace slurm = sarray::slurm;
using sarray::fuzz::require;

namespace {

constexpr std::uint32_t max = 64;

void check_task(const slurm::TaskRecord& task) {
  require(task.elapsed >= 0, "no time runs backwards");
  require(task.usage ? std::isfinite(task.usage->cpu_seconds) && task.usage->cpu_seconds >= 0 : true, "a time is a number");
  for (const auto* time : {&task.submitted, &task.start, &task.end})
    require(time->empty() || slurm::parse_slurm_time(*time), "a time is one, or nothing");
  require(task.state != slurm::TaskState::pending || task.end.empty(), "what is pending has not ended");
}

/// The tasks as those of one array with one job.
void check_history(std::vector<std::pair<std::string, slurm::TaskRecord>> records) {
  follow::History history;
  auto& attempt = history.attempts.emplace_back();
  attempt.job_id = "17";
  attempt.map.tasks = max;
  auto& job = attempt.map.jobs.emplace_back();
  job.tasks = max;
  attempt.tasks.resize(max);
  for (auto& [id, task] : records) {
    if (task.index < max) attempt.tasks[task.index] = std::move(task);
  }
  follow::find_latest_attempts(history);
  const auto all = follow::summarize(history);
  require(all.tasks == max && all.done() <= max && all.failures() <= all.done(), "each task is counted once");
  require(follow::summarize(history, job).done() == all.done(), "a job's tasks are the array's");
  require(all.elapsed(1800000000).value_or(0) >= 0 && follow::estimate_rest(all) >= 0, "no time runs backwards");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto text = sarray::fuzz::as_text(data + 1, size - 1);
  auto records = data[0] == 'q' ? slurm::parse_queue(text) : slurm::parse_accounting(text, max);
  for (const auto& [id, task] : records) {
    check_task(task);
    require(data[0] == 'q' || task.index < max || task.index == slurm::TaskRecord::plain_job, "no task that no array has");
  }
  check_history(std::move(records));
  return 0;
}
