#include "slurm/client/waiting.hpp"

#include <unistd.h>

#include "util/parse.hpp"

namespace sarray::slurm {

using util::take_until;
using util::to_number;

namespace {

/// "afterok:17_3+5(failed)".
std::optional<ShownCondition> read_condition(std::string_view text) {
  ShownCondition condition;
  const auto state = text.find('(');
  condition.has_failed = state != std::string_view::npos && text.substr(state) == "(failed)";
  text = text.substr(0, state);
  condition.type = take_until(text, ':');
  if (condition.type == "singleton") return condition;
  auto id = take_until(text, '+');
  condition.minutes = to_number<std::uint32_t>(text).value_or(0);
  condition.job_id = take_until(id, '_');
  if (!to_number<std::uint32_t>(condition.job_id)) return std::nullopt;
  if (!id.empty() && id != "*") {
    condition.task = to_number<std::uint32_t>(id);
    if (!condition.task) return std::nullopt;
  }
  return condition;
}

}  // namespace

std::string condition_text(const ShownCondition& condition) {
  if (condition.job_id.empty()) return condition.type;
  return condition.type + ":" + condition.job_id + (condition.task ? "_" + std::to_string(*condition.task) : "") +
         (condition.minutes > 0 ? "+" + std::to_string(condition.minutes) : "");
}

std::optional<std::uint32_t> target_index(const WaitingTask& task, const ShownCondition& condition) {
  const bool is_twin = condition.type == "aftercorr" && !condition.task && task.index != TaskRecord::plain_job;
  return is_twin ? task.index : condition.task;
}

std::optional<WaitingTask> parse_shown_dependency(std::string_view text) {
  WaitingTask waiting;
  waiting.any = text.find('?') != std::string_view::npos;
  while (!text.empty()) {
    const auto condition = read_condition(take_until(text, waiting.any ? '?' : ','));
    if (!condition) return std::nullopt;
    waiting.conditions.push_back(*condition);
  }
  return waiting.conditions.empty() ? std::nullopt : std::optional(std::move(waiting));
}

std::vector<WaitingTask> parse_waiting(std::string_view squeue_output) {
  std::vector<WaitingTask> tasks;
  while (!squeue_output.empty()) {
    auto line = take_until(squeue_output, '\n');
    const auto array_id = take_until(line, '|');
    const auto index = take_until(line, '|');
    const auto state = parse_task_state(take_until(line, '|'));
    auto waiting = parse_shown_dependency(line);
    if (!waiting) continue;
    waiting->array_id = array_id;
    waiting->index = to_number<std::uint32_t>(index).value_or(TaskRecord::plain_job);
    waiting->state = state;
    tasks.push_back(std::move(*waiting));
  }
  return tasks;
}

util::Result<std::vector<WaitingTask>> Client::waiting_tasks() const {
  const auto user = std::to_string(::getuid());
  TRY(const auto queue, run({"squeue", "-h", "-a", "-r", "-t", "PENDING,CANCELLED", "-u", user, "-o", "%F|%K|%T|%E"}));
  return parse_waiting(queue);
}

}  // namespace sarray::slurm
