#include "follow/attempts.hpp"

#include <algorithm>
#include <unordered_map>

namespace sarray::follow {

using slurm::TaskState;

namespace {

bool is_active(const Attempt& attempt, std::uint32_t index) {
  if (attempt.tasks.empty()) return false;  // not asked for yet
  const auto state = attempt.task(index).state;
  return state == TaskState::pending || state == TaskState::running;
}

}  // namespace

void find_latest_attempts(History& history) {
  history.latest.assign(history.map().tasks, {});
  for (std::uint32_t n = 0; n < history.latest.size(); ++n) history.latest[n].index = history.map().first_index() + n;
  for (std::uint32_t number = 1; number < history.attempts.size(); ++number) {
    visit_tasks(history, number,
                [&](std::uint32_t index, const LatestAttempt& run) { history.latest[history.position(index)] = run; });
  }
  for (const auto& revived : find_revived(history)) {
    auto& latest = history.latest[history.position(revived.index)];
    if (!is_active(history.attempts[latest.attempt], latest.index)) latest = revived.run;
  }
}

std::vector<std::vector<LatestAttempt>> find_runs(const History& history) {
  std::vector<std::vector<LatestAttempt>> runs(history.latest.size());
  for (std::uint32_t number = 0; number < history.attempts.size(); ++number) {
    visit_tasks(history, number,
                [&](std::uint32_t index, const LatestAttempt& run) { runs[history.position(index)].push_back(run); });
  }
  return runs;
}

std::vector<RevivedTask> find_revived(const History& history) {
  std::vector<RevivedTask> revived;
  if (history.attempts.size() < 2) return revived;
  std::vector<std::uint32_t> last(history.map().tasks, 0);
  for (std::uint32_t number = 1; number < history.attempts.size(); ++number) {
    visit_tasks(history, number,
                [&](std::uint32_t index, const LatestAttempt& run) { last[history.position(index)] = run.attempt; });
  }
  for (std::uint32_t number = 0; number + 1 < history.attempts.size(); ++number) {
    visit_tasks(history, number, [&](std::uint32_t index, const LatestAttempt& run) {
      if (last[history.position(index)] > number && is_active(history.attempts[number], run.index))
        revived.push_back({index, run});
    });
  }
  return revived;
}

std::uint32_t Summary::done() const {
  std::uint32_t sum = 0;
  for (const auto state : slurm::all_task_states) sum += slurm::is_done(state) ? count(state) : 0;
  return sum;
}

std::uint32_t Summary::failures() const { return done() - count(TaskState::completed); }

std::optional<std::int64_t> Summary::elapsed(std::int64_t now) const {
  if (first_start == 0) return count(TaskState::unknown) > 0 ? std::nullopt : std::optional<std::int64_t>(0);
  const auto end = count(TaskState::running) > 0 || last_end == 0 ? now : last_end;
  return std::max<std::int64_t>(end - first_start, 0);
}

namespace {

/// Slurm's times are of equal length and sort as text.
struct Span {
  std::string first_start;
  std::string last_end;
};

void add_task(const slurm::TaskRecord& task, Summary& summary, Span& span) {
  ++summary.tasks;
  ++summary.counts[static_cast<std::size_t>(task.state)];
  if (!task.start.empty() && (span.first_start.empty() || task.start < span.first_start)) span.first_start = task.start;
  if (task.end > span.last_end) span.last_end = task.end;
  if (slurm::is_done(task.state)) summary.task_seconds += task.elapsed;
  if (task.state == TaskState::running) summary.running_seconds += task.elapsed;
}

void finish(Summary& summary, const Span& span) {
  summary.first_start = slurm::parse_slurm_time(span.first_start).value_or(0);
  summary.last_end = slurm::parse_slurm_time(span.last_end).value_or(0);
}

}  // namespace

Summary summarize(const History& history, const script::MappedJob& job) {
  Summary summary;
  Span span;
  for (auto index = job.first_index; index < job.first_index + job.tasks; ++index) {
    if (history.means(index)) add_task(history.task(index), summary, span);
  }
  finish(summary, span);
  return summary;
}

Summary summarize(const History& history) {
  Summary summary;
  Span span;
  for (auto index = history.map().first_index(); index < history.map().end_index(); ++index) {
    if (history.means(index)) add_task(history.task(index), summary, span);
  }
  finish(summary, span);
  return summary;
}

std::uint32_t count_never(const History& history) {
  return static_cast<std::uint32_t>(std::count_if(history.waits.begin(), history.waits.end(), [&](const auto& wait) {
    return wait.second.is_never && history.means(wait.first) && history.task(wait.first).state == TaskState::pending;
  }));
}

std::int64_t estimate_rest(const Summary& summary) {
  const auto running = summary.count(TaskState::running);
  const auto left = running + summary.count(TaskState::pending);
  if (summary.done() == 0 || running == 0) return 0;
  const double each = static_cast<double>(summary.task_seconds) / summary.done();
  // The time that the running tasks have run so far; those that take longer than the others may end at any moment.
  const double behind = std::min(static_cast<double>(summary.running_seconds), each * running);
  const auto rest = static_cast<std::int64_t>((each * left - behind) / running + 0.5);
  return std::max<std::int64_t>(rest, 1);
}

}  // namespace sarray::follow
