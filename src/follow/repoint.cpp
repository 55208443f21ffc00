#include "follow/repoint.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "util/join.hpp"
#include "util/parse.hpp"

namespace sarray::follow {

using slurm::DependencyType;
using slurm::ShownCondition;
using slurm::TaskState;
using slurm::WaitingTask;

namespace {

class Repointer {
 public:
  explicit Repointer(const History& history) : m_history(history) {
    for (std::uint32_t number = 0; number < history.attempts.size(); ++number) {
      visit_tasks(history, number, [&](std::uint32_t index, const LatestAttempt& run) {
        m_first[{history.attempts[number].job_id, run.index}] = index;
      });
    }
  }

  /// @return nullopt if nothing changes.
  [[nodiscard]] std::optional<std::string> repoint(const WaitingTask& task) const {
    std::vector<ShownCondition> conditions;
    bool is_changed = false;
    bool is_fulfilled = false;
    for (const auto& condition : task.waits.conditions) {
      const auto replaced = replace(task, condition);
      if (!replaced) {
        conditions.push_back(condition);
        continue;
      }
      is_changed = true;
      is_fulfilled = is_fulfilled || replaced->empty();
      conditions.insert(conditions.end(), replaced->begin(), replaced->end());
    }
    if (!is_changed) return std::nullopt;
    if (task.waits.any && is_fulfilled) return "";
    return util::join(conditions, task.waits.any ? "?" : ",", slurm::format_condition);
  }

 private:
  /// Returns what stands for a condition now: nothing if it is fulfilled. @return nullopt if it stays as it is.
  [[nodiscard]] std::optional<std::vector<ShownCondition>> replace(const WaitingTask& task,
                                                                   const ShownCondition& condition) const {
    if (condition.type != DependencyType::afterok && condition.type != DependencyType::aftercorr) return std::nullopt;
    const auto job_id = std::to_string(condition.job);
    const auto attempt =
        std::find_if(m_history.attempts.begin(), m_history.attempts.end(), [&](const auto& one) { return one.job_id == job_id; });
    if (attempt == m_history.attempts.end()) return std::nullopt;
    const auto begin = attempt->map.first_index();
    const auto end = begin + attempt->map.tasks;
    auto first = condition.task.value_or(begin);
    auto last = condition.task.value_or(end - 1);
    const bool has_twin =
        condition.type == DependencyType::aftercorr && !condition.task && task.index >= begin && task.index < end;
    if (has_twin) first = last = task.index;
    std::vector<ShownCondition> now;
    bool is_changed = false;
    for (auto index = first; index <= last; ++index) {
      const auto place = m_first.find({job_id, index});
      if (place == m_first.end()) return std::nullopt;
      const auto& latest = m_history.latest_of(place->second);
      const auto& latest_id = m_history.attempts[latest.attempt].job_id;
      is_changed = is_changed || latest_id != job_id;
      const auto& record = m_history.task(place->second);
      if (record.state != TaskState::completed) {
        const auto id = util::to_number<std::uint32_t>(latest_id).value_or(0);
        now.push_back({{DependencyType::afterok, id, latest.index, 0}});
      }
    }
    return is_changed ? std::optional(std::move(now)) : std::nullopt;
  }

  const History& m_history;
  std::map<SlurmTask, std::uint32_t> m_first;  ///< index in the first attempt of each task of each attempt
};

}  // namespace

std::vector<Repointed> find_repointed(const History& history, const std::vector<WaitingTask>& waiting) {
  const Repointer repointer(history);
  std::map<std::pair<std::string, std::string>, std::vector<std::uint32_t>> groups;
  for (const auto& task : waiting) {
    if (task.state != TaskState::pending) continue;
    if (const auto dependency = repointer.repoint(task)) groups[{task.array_id, *dependency}].push_back(task.index);
  }
  std::vector<Repointed> result;
  for (auto& [key, indices] : groups) {
    std::sort(indices.begin(), indices.end());
    result.push_back({key.first, std::move(indices), key.second});
  }
  return result;
}

}  // namespace sarray::follow
