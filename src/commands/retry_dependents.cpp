#include "commands/retry_dependents.hpp"

#include <algorithm>
#include <map>

#include "commands/dependents.hpp"
#include "commands/submit_pipeline.hpp"
#include "engine/pipeline.hpp"
#include "follow/repoint.hpp"
#include "util/message.hpp"

namespace sarray::commands {

util::Result<void> repoint_dependents(follow::ArrayHistory& array_history, const engine::Engine& engine) {
  const auto names_attempt = [&](const slurm::WaitingTask& task) {
    const auto& attempts = array_history.history().attempts;
    return task.state == slurm::TaskState::pending &&
           std::any_of(task.waits.conditions.begin(), task.waits.conditions.end(), [&](const auto& condition) {
             return std::any_of(attempts.begin(), attempts.end(),
                                [&](const auto& one) { return one.job_id == std::to_string(condition.job); });
           });
  };
  std::size_t tasks = 0;
  for (int round = 0;; ++round) {
    TRY(const auto waiting, engine.waiting_tasks());
    if (std::none_of(waiting.begin(), waiting.end(), names_attempt)) break;  // as of most arrays
    CHECK_OK(array_history.refresh());
    const auto repointed = follow::find_repointed(array_history.history(), waiting);
    if (repointed.empty()) break;
    if (round == 2) {
      const auto name = name_tasks(repointed.front().array_id, repointed.front().indices).front();
      return util::fail("job " + name, "Slurm does not show the dependency that it was given, " + repointed.front().dependency,
                        "scontrol show job " + name);
    }
    std::vector<slurm::DependencyUpdate> updates;
    for (const auto& group : repointed) {
      for (auto& name : name_tasks(group.array_id, group.indices)) updates.push_back({std::move(name), group.dependency});
      tasks += round == 0 ? group.indices.size() : 0;
    }
    CHECK_OK(engine.set_dependencies(updates, [] {}));
  }
  if (tasks > 0)
    say("note: " + util::count(tasks, "waiting task") + (tasks == 1 ? " waits" : " wait") + " for the new attempts now");
  return {};
}

util::Result<RetriedFamily> RetriedFamily::find(const slurm::SlurmSite& site, const follow::History& history,
                                                const engine::Engine& engine, const slurm::Release& release, bool settles,
                                                bool again) {
  TRY(auto found, follow::Family::find(site, history, release));
  RetriedFamily family(std::move(found), history.attempts.front().job_id);
  const auto& relatives = family.m_family.relatives();
  if (relatives.empty()) return family;
  for (std::size_t number = 1; settles && number < relatives.size(); ++number) {  // the first one's is taken
    TRY(auto lock, begin_retry(site, relatives[number].first_id(), again));
    family.m_locks.push_back(std::move(lock));
  }
  CHECK_OK(family.m_family.refresh(engine));
  return family;
}

namespace {

std::string name_jobs(const follow::History& history, const std::vector<std::uint32_t>& indices) {
  constexpr std::size_t max_named = 5;
  std::vector<std::string> names;
  for (const auto index : indices) {
    const auto* job = history.map().job_at(index);
    auto name = job == nullptr ? std::string() : (job->number > 0 ? std::to_string(job->number) + " " : "") + job->name;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  const auto more = names.size() > max_named + 1 ? names.size() - max_named : 0;
  std::string text;
  for (std::size_t i = 0; i + more < names.size(); ++i) text += (i > 0 ? ", " : "") + names[i];
  return more > 0 ? text + " and " + util::count(more, "other job") : text;
}

}  // namespace

void RetriedFamily::choose(const std::vector<std::uint32_t>& indices) {
  if (m_family.relatives().empty()) return;
  m_again = m_family.find_held();
  m_is_pipeline = !m_again.empty();
  for (const auto index : indices) m_again.insert({m_first_id, index});
  m_choice = m_family.choose(m_again);
  m_is_pipeline = m_is_pipeline || !m_choice.taken.empty();
  const auto& own = m_family.relatives().front();
  for (const auto index : indices) {  // one that was cancelled may still have to wait
    if (follow::never_began(own.array_history.history().task(index)))
      m_is_pipeline = m_is_pipeline || !m_family.renew_task(own, index, m_again).open.empty();
  }
  for (const auto& left : m_choice.left) {
    say("note: left as they are: " + name_jobs(array_history(left).history(), left.indices) +
        ", which wait for others that have failed, too");
  }
}

namespace {

/// Returns what the tasks of a held retry wait for.
/// @param is_own of the array that the user named: what has failed for good does not count, since he wants to run its tasks.
std::vector<plan::TaskWait> find_waits(const follow::Family& family, const follow::Relative& relative, std::uint32_t number,
                                       const follow::TasksAgain& again, bool is_own) {
  const auto& history = relative.array_history.history();
  std::map<std::string, std::vector<std::uint32_t>> by_text;
  for (const auto& [index, dependency] : relative.waits) {
    const auto& latest = history.latest_of(index);
    const auto& runs = relative.runs[history.position(index)];
    const bool has_begun = std::any_of(runs.begin(), runs.end(), [&](const auto& run) {
      const auto& task = history.attempts[run.attempt].task(run.index);
      return run.attempt < number && !follow::never_began(task);
    });
    if (latest.attempt != number || has_begun) continue;
    const auto renewed = family.renew_task(relative, index, again);
    const auto& text = is_own ? renewed.open : renewed.all;
    if (!text.empty()) by_text[text].push_back(latest.index);
  }
  std::vector<plan::TaskWait> waits;
  for (auto& [text, indices] : by_text) {
    std::sort(indices.begin(), indices.end());
    plan::TaskWait wait{{}, text};
    for (const auto index : indices) {
      if (!wait.indices.empty() && wait.indices.back().second + 1 == index) {
        wait.indices.back().second = index;
      } else {
        wait.indices.emplace_back(index, index);
      }
    }
    waits.push_back(std::move(wait));
  }
  return waits;
}

}  // namespace

util::Result<void> RetriedFamily::finish(const engine::Engine& engine, const slurm::Release& release) {
  if (!m_is_pipeline) return {};
  CHECK_OK(m_family.refresh(engine));
  const auto hint = "everything of it stays held; sarray retry " + m_first_id + " goes on, sarray cancel of the arrays ends it";
  if (const auto missing = m_family.find_missing(m_again); !missing.empty())
    return util::fail("the retry", "the new attempt of task " + missing + " is not in the queue, or its record cannot be read",
                      hint);
  std::vector<engine::LinkedArray> arrays;
  for (auto& relative : m_family.relatives()) {
    const auto& history = relative.array_history.history();
    const bool is_own = relative.first_id() == m_first_id;
    for (std::uint32_t number = 1; number < history.attempts.size(); ++number) {
      const auto& attempt = history.attempts[number];
      const auto* submission = m_family.find_held_retry(relative, attempt);
      if (submission == nullptr) continue;
      engine::LinkedArray array{attempt.job_id, submission->folder, attempt.map.tasks, 0, {}, false, submission->step};
      array.first_index = attempt.map.first_index();
      for (const auto& job : attempt.map.jobs) array.stage = std::max(array.stage, job.id);  // a job waits for earlier ones
      array.stays_held = attempt.map.option("hold") != nullptr;
      array.waits = find_waits(m_family, relative, number, m_again, is_own);
      arrays.push_back(std::move(array));
    }
    // What waits in the queue is told before anything that it waits for can end.
    if (history.attempts.size() > 1) CHECK_OK(repoint_dependents(relative.array_history, engine));
  }
  TRY(const auto linking, engine::link_and_release(arrays, engine, release, hint));
  say("note: " + describe(linking, arrays));
  return {};
}

}  // namespace sarray::commands
