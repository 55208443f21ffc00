#include "follow/waits.hpp"

#include <algorithm>

#include "engine/submissions.hpp"

namespace sarray::follow {

using slurm::DependencyType;
using slurm::TaskState;

void JobNames::add(const History& history) {
  for (const auto& attempt : history.attempts) m_known[attempt.job_id] = Known{attempt.map, attempt.tasks};
}

const JobNames::Known* JobNames::look_up(const std::string& job_id) {
  const auto [place, is_new] = m_known.try_emplace(job_id);
  if (is_new) {
    if (!m_submissions) m_submissions = engine::list_submissions(m_site);
    if (auto loaded = load_map(m_site, *m_submissions, {job_id, ""}, "")) {
      Known known{std::move(loaded->map), {}};
      if (auto states = m_engine.states({{job_id, known.map.tasks, loaded->script_path}}, false)) {
        const bool is_other = states->holders.front().identity == slurm::Identity::other;
        if (!is_other) known.tasks = std::move(states->tasks.front());
        if (!is_other) place->second = std::move(known);
      }
    }
  }
  return place->second ? &*place->second : nullptr;
}

WaitedFor JobNames::find(const SlurmTask& task) {
  WaitedFor waited;
  const auto& [job_id, index] = task;
  waited.task = job_id + (index == slurm::TaskRecord::plain_job ? "" : "_" + std::to_string(index));
  const auto* known = look_up(job_id);
  const auto* job = known != nullptr ? known->map.job_at(index) : nullptr;
  if (job == nullptr) return waited;
  waited.job = job->number;
  waited.name = job->name;
  waited.local = job->local_id(index);
  return waited;
}

std::vector<WaitedFor> JobNames::find(const slurm::ShownCondition& condition) {
  const auto job_id = std::to_string(condition.job);
  const auto* known = look_up(job_id);
  const auto add_facts = [&](WaitedFor waited) {
    const bool is_one = condition.type == DependencyType::aftercorr && condition.task;  // of one task it is the same
    waited.type = slurm::dependency_word(is_one ? DependencyType::afterok : condition.type);
    waited.has_failed = condition.has_failed;
    return waited;
  };
  if (condition.task) return {add_facts(find({job_id, *condition.task}))};
  std::vector<WaitedFor> found;
  if (known == nullptr) return {add_facts(find({job_id, slurm::TaskRecord::plain_job}))};
  const auto& tasks = known->tasks;
  for (const auto& job : known->map.jobs) {
    std::vector<std::uint32_t> meant;
    for (auto index = job.first_index; index < job.first_index + job.tasks; ++index) {
      const auto state = index < tasks.size() ? tasks[index].state : TaskState::unknown;
      if (condition.has_failed ? slurm::is_failure(state) : !slurm::is_done(state)) meant.push_back(index);
    }
    if (meant.empty()) continue;
    auto waited = find({job_id, meant.front()});
    if (meant.size() > 1) waited.local = std::nullopt;  // the job
    found.push_back(add_facts(std::move(waited)));
  }
  return found;
}

namespace {

bool may_wait(const slurm::TaskRecord& task) {
  const bool is_cancelled = task.state == TaskState::cancelled && !task.reason.empty();  // Slurm says why only then
  // Slurm says "Dependency" only when it has looked at a task that was released.
  const bool has_reason = task.reason.starts_with("Dependency") || task.reason == "None" || task.reason.empty();
  return is_cancelled || (task.state == TaskState::pending && has_reason);
}

/// Fills in what one task waits for.
void find_wait(const WaitGraph& graph, JobNames& names, History& history, std::uint32_t index) {
  const auto& last = history.latest_of(index);
  const auto* task = graph.find({history.attempts[last.attempt].job_id, last.index});
  if (task == nullptr) return;
  const auto causes = graph.causes(*task);
  TaskWait wait;
  wait.is_never = !causes.empty();
  wait.any = task->waits.any && !wait.is_never;
  auto conditions = wait.is_never ? causes : task->waits.conditions;
  for (auto& condition : conditions) {
    if (condition.type == DependencyType::singleton) continue;  // singleton: of which job, Slurm does not say
    if (!wait.is_never) condition.task = slurm::target_index(*task, condition);
    for (auto& waited : names.find(condition)) wait.on.push_back(std::move(waited));
  }
  if (!wait.on.empty()) history.waits.emplace(index, std::move(wait));
}

}  // namespace

void find_waits(const slurm::SlurmSite& site, const engine::Engine& engine, const std::vector<History*>& histories) {
  std::vector<std::pair<History*, std::uint32_t>> tasks;
  for (auto* history : histories) {
    history->waits.clear();
    for (auto index = history->map().first_index(); index < history->map().end_index(); ++index) {
      if (may_wait(history->task(index))) tasks.emplace_back(history, index);
    }
  }
  if (tasks.empty()) return;
  auto shown = engine.waiting_tasks();
  if (!shown) return;
  const WaitGraph graph(std::move(*shown));
  JobNames names(site, engine);
  for (const auto* history : histories) names.add(*history);
  for (const auto& [history, index] : tasks) find_wait(graph, names, *history, index);
}

}  // namespace sarray::follow
