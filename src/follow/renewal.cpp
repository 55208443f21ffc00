#include "follow/renewal.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "plan/graph.hpp"
#include "util/join.hpp"
#include "util/parse.hpp"

namespace sarray::follow {

using slurm::Condition;
using slurm::DependencyType;
using slurm::TaskRecord;
using slurm::TaskState;

namespace {

/// What has become of one condition.
struct Outcome {
  enum class Kind : std::uint8_t { fulfilled, open, never } kind = Kind::fulfilled;
  /// What is open still, or has failed for good: on tasks of latest attempts, one by one; on other jobs as it is.
  std::vector<Condition> left{};
  bool has_again = false;
};

/// How one task that is waited for stands.
struct Target {
  std::uint32_t index = 0;  ///< in the first attempt
  TaskRecord record;
  LatestAttempt latest;
  bool is_again = false;
  /// Pending or running, or about to be.
  [[nodiscard]] bool is_open() const {
    return is_again || record.state == TaskState::pending || record.state == TaskState::running;
  }
};

class Renewal {
 public:
  Renewal(const FindHistory& find_history, const JudgeOther& judge_other, const TasksAgain& again,
          const slurm::WaitingTask* shown)
      : m_find_history(find_history), m_judge_other(judge_other), m_again(again), m_shown(shown) {}

  [[nodiscard]] Outcome judge(const Condition& condition) const {
    const auto* history = m_find_history(std::to_string(condition.job));
    if (history == nullptr) return judge_other(condition);
    const auto targets = find_targets(*history, condition);
    switch (condition.type) {
      case DependencyType::afterok:
      case DependencyType::aftercorr:
        return judge_success(*history, condition, targets);
      case DependencyType::afternotok:
        return judge_failure(*history, condition, targets);
      case DependencyType::after:
        return judge_open(*history, condition, targets, [](const Target& target) {
          return target.record.state == TaskState::pending || (target.is_again && never_began(target.record));
        });
      case DependencyType::afterany:
        return judge_open(*history, condition, targets, [](const Target& target) { return target.is_open(); });
      case DependencyType::singleton:
      case DependencyType::expand:
      case DependencyType::afterburstbuffer:
        break;
    }
    return {};
  }

 private:
  [[nodiscard]] std::vector<Target> find_targets(const History& history, const Condition& condition) const {
    const auto& map = history.map();
    std::vector<Target> targets;
    const auto first = condition.task.value_or(map.first_index());
    const auto last = condition.task ? *condition.task : map.end_index() - 1;
    for (auto index = first; index <= last && map.has_index(index); ++index) {
      const bool is_again = m_again.contains({history.attempts.front().job_id, index});
      targets.push_back({index, history.task(index), history.latest_of(index), is_again});
    }
    return targets;
  }

  /// A job that is not ours. What Slurm shows that the task waited for tells more than what has become of that.
  [[nodiscard]] Outcome judge_other(const Condition& condition) const {
    const bool is_shown = m_shown != nullptr && std::any_of(m_shown->waits.conditions.begin(), m_shown->waits.conditions.end(),
                                                            [&](const auto& shown) { return is_on(shown, condition); });
    if (m_shown != nullptr && !is_shown) return {};
    switch (m_judge_other(condition)) {
      case slurm::Verdict::open:
        return {Outcome::Kind::open, {condition}};
      case slurm::Verdict::satisfied:
        return {};
      case slurm::Verdict::never:
      case slurm::Verdict::unknown:
        break;
    }
    return {Outcome::Kind::never, {condition}};
  }

  /// Whether a condition that Slurm shows of the task is this one, or part of it. Slurm may have been told of an afterok by one
  /// aftercorr for the whole array.
  [[nodiscard]] bool is_on(const slurm::ShownCondition& shown, const Condition& condition) const {
    const auto task = slurm::target_index(*m_shown, shown);
    const bool is_twin = shown.type == DependencyType::aftercorr && condition.type == DependencyType::afterok;
    return (is_twin || shown.type == condition.type) && shown.job == condition.job &&
           (!task || !condition.task || *task == *condition.task);
  }

  /// Whether Slurm had seen the condition fulfilled by the time at which the task was cancelled. A task that waited for a later
  /// attempt tells nothing of the first.
  [[nodiscard]] bool was_fulfilled(const Condition& condition, const History& history) const {
    if (m_shown == nullptr) return false;
    return std::none_of(m_shown->waits.conditions.begin(), m_shown->waits.conditions.end(), [&](const auto& shown) {
      const bool is_later = std::any_of(history.attempts.begin() + 1, history.attempts.end(),
                                        [&](const auto& attempt) { return attempt.job_id == std::to_string(shown.job); });
      return is_later || is_on(shown, condition);
    });
  }

  [[nodiscard]] Outcome judge_success(const History& history, const Condition& condition,
                                      const std::vector<Target>& targets) const {
    Outcome outcome;
    bool has_failed = false;
    for (const auto& target : targets) {
      outcome.has_again = outcome.has_again || target.is_again;
      const bool is_fulfilled =
          target.record.state == TaskState::completed || (!target.is_open() && was_fulfilled(alone(condition, target), history));
      has_failed = has_failed || (!is_fulfilled && !target.is_open());
      if (!is_fulfilled || target.is_again) outcome.left.push_back(on_latest(history, target, condition));
    }
    outcome.kind = has_failed ? Outcome::Kind::never : outcome.left.empty() ? Outcome::Kind::fulfilled : Outcome::Kind::open;
    return outcome;
  }

  /// What is fulfilled by a failure: of a task, or of an array that is over.
  [[nodiscard]] Outcome judge_failure(const History& history, const Condition& condition,
                                      const std::vector<Target>& targets) const {
    if (was_fulfilled(condition, history)) return {};
    const bool has_failed = std::any_of(targets.begin(), targets.end(), [](const Target& target) {
      return target.is_again || slurm::is_failure(target.record.state);
    });
    Outcome outcome;
    for (const auto& target : targets) {
      if (!target.is_again && target.is_open()) outcome.left.push_back(on_latest(history, target, condition));
    }
    if (has_failed) return {};
    if (outcome.left.empty()) return {Outcome::Kind::never, {condition}};
    outcome.kind = Outcome::Kind::open;
    return outcome;
  }

  template <class IsOpen>
  [[nodiscard]] Outcome judge_open(const History& history, const Condition& condition, const std::vector<Target>& targets,
                                   const IsOpen& is_open) const {
    Outcome outcome;
    for (const auto& target : targets) {
      outcome.has_again = outcome.has_again || target.is_again;
      if (is_open(target)) outcome.left.push_back(on_latest(history, target, condition));
    }
    outcome.kind = outcome.left.empty() ? Outcome::Kind::fulfilled : Outcome::Kind::open;
    return outcome;
  }

  static Condition on_latest(const History& history, const Target& target, const Condition& condition) {
    const auto type = condition.type == DependencyType::aftercorr ? DependencyType::afterok : condition.type;
    const auto job_id = util::to_number<std::uint32_t>(history.attempts[target.latest.attempt].job_id);
    return {type, job_id.value_or(0), target.latest.index, condition.minutes};
  }

  /// @return the condition on the target alone.
  static Condition alone(Condition condition, const Target& target) {
    condition.task = target.index;
    return condition;
  }

  const FindHistory& m_find_history;
  const JudgeOther& m_judge_other;
  const TasksAgain& m_again;
  const slurm::WaitingTask* m_shown;
};

/// Returns the conditions as sbatch takes them: tasks of one array together, as long as all of them are wanted.
std::string write_conditions(const std::vector<Condition>& conditions, bool any) {
  std::vector<std::string> texts;
  std::map<std::pair<DependencyType, std::uint32_t>, std::vector<std::uint32_t>> together;
  for (const auto& condition : conditions) {
    if (any || condition.minutes > 0 || !condition.task) {
      texts.push_back(slurm::format_condition(condition));
    } else {
      together[{condition.type, condition.job}].push_back(*condition.task);
    }
  }
  for (auto& [key, tasks] : together) {
    std::sort(tasks.begin(), tasks.end());
    tasks.erase(std::unique(tasks.begin(), tasks.end()), tasks.end());
    const auto word = std::string(slurm::dependency_word(key.first)) + ":" + std::to_string(key.second) + "_";
    texts.push_back(word + (tasks.size() == 1 ? std::to_string(tasks.front()) : "[" + plan::format_numbers(tasks) + "]"));
  }
  return util::join(texts, any ? "?" : ",", [](const auto& text) { return text; });
}

}  // namespace

Renewed renew(const slurm::Dependency& waits, const FindHistory& find_history, const JudgeOther& judge_other,
              const TasksAgain& again, const slurm::WaitingTask* shown) {
  const Renewal renewal(find_history, judge_other, again, shown);
  Renewed renewed;
  std::vector<Condition> open;
  std::vector<Condition> failed;
  bool is_fulfilled = false;
  std::size_t never = 0;
  for (const auto& condition : waits.conditions) {
    auto outcome = renewal.judge(condition);
    renewed.has_again = renewed.has_again || outcome.has_again;
    // Of several tasks, all of which must succeed, one would be enough in a list of which one is.
    const bool is_never = outcome.kind == Outcome::Kind::never || (waits.any && outcome.left.size() > 1);
    never += is_never ? 1 : 0;
    is_fulfilled = is_fulfilled || (!is_never && outcome.kind == Outcome::Kind::fulfilled);
    auto& to = is_never ? failed : open;
    to.insert(to.end(), outcome.left.begin(), outcome.left.end());
  }
  renewed.is_never = waits.any ? never > 0 && never == waits.conditions.size() : never > 0;
  if (waits.any && is_fulfilled) return renewed;
  renewed.open = write_conditions(open, waits.any);
  if (renewed.is_never) open.insert(open.end(), failed.begin(), failed.end());
  renewed.all = write_conditions(open, waits.any);
  return renewed;
}

bool never_began(const slurm::TaskRecord& task) {
  return task.state == TaskState::cancelled && task.elapsed == 0 && task.host.empty();
}

}  // namespace sarray::follow
