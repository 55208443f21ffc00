#include "follow/wait_graph.hpp"

#include <algorithm>
#include <optional>

namespace sarray::follow {

using slurm::ShownCondition;
using slurm::WaitingTask;

namespace {

SlurmTask name_of(const WaitingTask& task) { return {task.array_id, task.index}; }

ShownCondition on_target(const WaitingTask& task, ShownCondition condition) {
  condition.task = slurm::target_index(task, condition);
  return condition;
}

bool wants_success(const ShownCondition& condition) {
  return condition.type == slurm::DependencyType::afterok || condition.type == slurm::DependencyType::aftercorr;
}

}  // namespace

WaitGraph::WaitGraph(std::vector<WaitingTask> tasks) : m_tasks(std::move(tasks)) {
  for (std::size_t at = 0; at < m_tasks.size(); ++at) m_places.emplace(name_of(m_tasks[at]), at);
}

const WaitingTask* WaitGraph::find(const SlurmTask& task) const {
  const auto place = m_places.find(task);
  return place != m_places.end() ? &m_tasks[place->second] : nullptr;
}

std::vector<const WaitingTask*> WaitGraph::targets(const WaitingTask& task, const ShownCondition& condition) const {
  std::vector<const WaitingTask*> found;
  const auto index = slurm::target_index(task, condition);
  const auto job_id = std::to_string(condition.job);
  auto place = m_places.lower_bound({job_id, index.value_or(0)});
  for (; place != m_places.end() && place->first.first == job_id; ++place) {
    const bool is_meant = !index || place->first.second == *index || place->first.second == slurm::TaskRecord::plain_job;
    if (is_meant) found.push_back(&m_tasks[place->second]);
  }
  return found;
}

std::vector<ShownCondition> WaitGraph::causes(const WaitingTask& task) const {
  std::set<SlurmTask> passed;
  return causes(task, passed);
}

std::vector<ShownCondition> WaitGraph::causes(const WaitingTask& task, std::set<SlurmTask>& passed) const {
  if (!passed.insert(name_of(task)).second) return {};
  std::vector<ShownCondition> result;
  for (const auto& condition : task.waits.conditions) {
    std::vector<ShownCondition> own;
    for (const auto* target : targets(task, condition)) {
      for (auto& cause : causes(*target, passed)) own.push_back(std::move(cause));
    }
    if (own.empty() && condition.has_failed) own.push_back(on_target(task, condition));
    if (own.empty() && task.waits.any) return {};  // this one may still come
    for (auto& cause : own) {
      if (std::find(result.begin(), result.end(), cause) == result.end()) result.push_back(std::move(cause));
    }
  }
  return result;
}

std::vector<Dependent> WaitGraph::dependents(const std::vector<SlurmTask>& cancelled) const {
  std::set<SlurmTask> gone(cancelled.begin(), cancelled.end());
  const auto is_gone = [&](const WaitingTask& task, const ShownCondition& condition) {
    const auto index = slurm::target_index(task, condition);
    const auto job_id = std::to_string(condition.job);
    const auto first = gone.lower_bound({job_id, index.value_or(0)});
    return first != gone.end() && first->first == job_id && (!index || first->second == *index);
  };
  std::map<SlurmTask, Dependent> found;
  for (bool goes_on = true; goes_on;) {
    goes_on = false;
    for (const auto& task : m_tasks) {
      const auto name = name_of(task);
      if (task.state != slurm::TaskState::pending || gone.contains(name)) continue;
      const auto touched = std::count_if(task.waits.conditions.begin(), task.waits.conditions.end(),
                                         [&](const auto& condition) { return is_gone(task, condition); });
      if (touched == 0) continue;
      const auto dead = std::count_if(task.waits.conditions.begin(), task.waits.conditions.end(), [&](const auto& condition) {
        return condition.has_failed || (wants_success(condition) && is_gone(task, condition));
      });
      const bool is_never = task.waits.any ? dead == static_cast<std::ptrdiff_t>(task.waits.conditions.size()) : dead > 0;
      found[name] = {&task, is_never};
      if (is_never) goes_on = gone.insert(name).second || goes_on;
    }
  }
  std::vector<Dependent> result;
  for (const auto& [name, dependent] : found) result.push_back(dependent);
  return result;
}

}  // namespace sarray::follow
