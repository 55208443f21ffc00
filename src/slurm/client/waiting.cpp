#include "slurm/client/waiting.hpp"

#include <unistd.h>

#include "slurm/client/client.hpp"
#include "util/join.hpp"
#include "util/parse.hpp"

namespace sarray::slurm {

using util::take_until;
using util::to_number;

namespace {

/// What parse_waiting() reads.
constexpr const char* line_format = "%F|%K|%Q|%T|%E";

}  // namespace

std::optional<std::uint32_t> target_index(const WaitingTask& task, const ShownCondition& condition) {
  const bool is_twin = condition.type == DependencyType::aftercorr && !condition.task && task.index != TaskRecord::plain_job;
  return is_twin ? task.index : condition.task;
}

std::vector<WaitingTask> parse_waiting(std::string_view squeue_output) {
  std::vector<WaitingTask> tasks;
  while (!squeue_output.empty()) {
    auto line = take_until(squeue_output, '\n');
    WaitingTask task;
    task.array_id = take_until(line, '|');
    if (!to_number<std::uint32_t>(task.array_id)) continue;
    task.index = to_number<std::uint32_t>(take_until(line, '|')).value_or(TaskRecord::plain_job);
    task.is_held = take_until(line, '|') == "0";  // the priority
    task.state = parse_task_state(take_until(line, '|'));
    if (line != "(null)" && line != "NULL") task.shown = line;
    if (auto waits = parse_shown_dependency(task.shown)) task.waits = std::move(*waits);
    tasks.push_back(std::move(task));
  }
  return tasks;
}

util::Result<std::vector<WaitingTask>> Client::dependencies(const std::vector<std::string>& array_ids) const {
  const auto ids = util::join(array_ids, ",");
  // Without -r some releases show tasks that wait for different things as one line (observed on 20.11 and 26.05).
  const auto queue = run({"squeue", "-h", "-a", "-r", "-j", ids, "-o", line_format});
  if (queue) return parse_waiting(*queue);
  if (queue.error().body.find("Invalid job id") != std::string::npos) return std::vector<WaitingTask>();
  return util::fail(queue.error());
}

util::Result<std::vector<WaitingTask>> Client::waiting_tasks() const {
  const auto user = std::to_string(::getuid());
  TRY(const auto queue, run({"squeue", "-h", "-a", "-r", "-t", "PENDING,CANCELLED", "-u", user, "-o", line_format}));
  auto tasks = parse_waiting(queue);
  std::erase_if(tasks, [](const auto& task) { return task.waits.conditions.empty(); });
  return tasks;
}

}  // namespace sarray::slurm
