#include <algorithm>
#include <ctime>
#include <unordered_map>

#include "slurm/client/task_state.hpp"
#include "util/join.hpp"
#include "util/message.hpp"
#include "util/parse.hpp"

namespace sarray::slurm {

using util::take_until;

namespace {

using ArrayRecords = std::vector<std::pair<std::string, TaskRecord>>;

/// The arrays asked for, with what is known of their tasks so far.
class StateCollector {
 public:
  explicit StateCollector(const std::vector<ArrayQuery>& arrays) : m_arrays(arrays), m_seen(arrays.size()) {
    for (const auto& array : arrays) {
      auto& tasks = m_tasks.emplace_back(array.tasks);
      for (std::uint32_t index = 0; index < array.tasks; ++index) tasks[index].index = index;
      m_by_id.emplace(array.job_id, m_tasks.size() - 1);
    }
  }
  /// Fills in what is not known yet; of what is, the usage.
  void take(ArrayRecords records) {
    for (auto& [array_id, record] : records) {
      const auto array = m_by_id.find(array_id);
      if (array == m_by_id.end()) continue;
      note_array(array->second, record);
      if (record.index >= m_tasks[array->second].size()) continue;
      auto& task = m_tasks[array->second][record.index];
      if (task.word.empty()) {
        task = std::move(record);
      } else if (!task.usage && is_done(task.state) && is_done(record.state)) {  // else accounting is behind the queue
        task.usage = record.usage;
      }
    }
  }
  /// Takes what is missing of known arrays for cancelled while it was pending.
  /// @param since only of arrays submitted after this; 0: of all.
  void take_missing_for_cancelled(std::int64_t since) {
    for (std::size_t i = 0; i < m_tasks.size(); ++i) {
      const bool is_recent = since == 0 || parse_slurm_time(m_seen[i].submitted).value_or(0) > since;
      if (!m_seen[i].is_known || !is_recent) continue;
      for (auto& task : m_tasks[i]) {
        if (!task.word.empty()) continue;
        task.word = "CANCELLED";
        task.state = TaskState::cancelled;
      }
    }
  }
  [[nodiscard]] bool is_known(std::size_t array) const { return m_seen[array].is_known; }
  [[nodiscard]] std::size_t missing(std::size_t array) const {
    const auto& tasks = m_tasks[array];
    return static_cast<std::size_t>(
        std::count_if(tasks.begin(), tasks.end(), [](const auto& task) { return task.word.empty(); }));
  }
  /// Tasks that ran, whose usage accounting has not.
  [[nodiscard]] std::size_t without_usage() const {
    std::size_t count = 0;
    for (const auto& tasks : m_tasks) {
      count += static_cast<std::size_t>(std::count_if(tasks.begin(), tasks.end(), [](const auto& task) {
        return is_done(task.state) && !task.start.empty() && !task.usage;
      }));
    }
    return count;
  }
  [[nodiscard]] bool is_complete() const {
    for (std::size_t i = 0; i < m_tasks.size(); ++i) {
      if (missing(i) > 0) return false;
    }
    return true;
  }
  [[nodiscard]] std::vector<std::vector<TaskRecord>>& tasks() { return m_tasks; }
  [[nodiscard]] std::string ids() const { return util::join(m_arrays, ",", &ArrayQuery::job_id); }

 private:
  void note_array(std::size_t array, const TaskRecord& record) {
    auto& seen = m_seen[array];
    if (!seen.is_known || record.submitted < seen.submitted) seen.submitted = record.submitted;
    seen.is_known = true;
  }

  struct Seen {
    bool is_known = false;
    std::string submitted;  // the earliest: a requeue makes a later one
  };
  const std::vector<ArrayQuery>& m_arrays;
  std::vector<Seen> m_seen;
  std::vector<std::vector<TaskRecord>> m_tasks;
  std::unordered_map<std::string, std::size_t> m_by_id;
};

std::uint32_t max_tasks_of(const std::vector<ArrayQuery>& arrays) {
  std::uint32_t max = 1;
  for (const auto& array : arrays) max = std::max(max, array.tasks);
  return max;
}

bool is_unknown_job(const util::Error& error) { return error.body.find("Invalid job id") != std::string::npos; }

std::string first_line(std::string_view text) { return std::string(take_until(text, '\n')); }

/// What is missing of all arrays, and why it cannot be known; empty where nothing is.
std::string explain_missing(const std::vector<ArrayQuery>& arrays, const StateCollector& collector,
                            const util::Error* no_accounting) {
  std::string those;
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    const auto missing = collector.missing(i);
    if (missing == 0) continue;
    those += (those.empty() ? "" : ", ") + (missing == arrays[i].tasks ? "all tasks" : util::count(missing, "task")) +
             " of job " + arrays[i].job_id;
    if (no_accounting != nullptr && collector.is_known(i)) those += " (done, or cancelled before they began)";
  }
  if (those.empty()) return {};
  if (no_accounting == nullptr) return "neither the queue nor accounting knows " + those;
  const auto reason = no_accounting->body.empty() ? no_accounting->why : first_line(no_accounting->body);
  return "the queue has forgotten " + those + ", and accounting cannot be asked: " + reason;
}

}  // namespace

util::Result<ArrayStates> Client::states(const std::vector<ArrayQuery>& arrays, bool with_usage) const {
  StateCollector collector(arrays);
  const auto queue = run(queue_command(collector.ids()));
  if (!queue && !is_unknown_job(queue.error())) return util::fail(queue.error());
  if (queue) collector.take(parse_queue(*queue));
  ArrayStates result;
  if (with_usage || !collector.is_complete()) {
    const auto accounting = run(accounting_command(collector.ids(), with_usage));
    if (accounting) {
      collector.take(parse_accounting(*accounting, max_tasks_of(arrays)));
      collector.take_missing_for_cancelled(0);
    } else if (!collector.is_complete()) {
      const auto site = configuration();
      const auto known_age = site ? std::int64_t{site->min_job_age} : 0;
      // Of a younger array the queue still lists all that ever began.
      collector.take_missing_for_cancelled(std::time(nullptr) - known_age);
    }
    if (auto note = explain_missing(arrays, collector, accounting ? nullptr : &accounting.error()); !note.empty())
      result.notes.push_back(std::move(note));
    if (with_usage && !accounting) result.notes.emplace_back("without accounting it is not known what the tasks used");
    result.without_usage = with_usage && accounting ? collector.without_usage() : 0;
    if (result.without_usage > 0)
      result.notes.push_back("accounting does not have the usage of " + util::count(result.without_usage, "task") + " yet");
  }
  result.tasks = std::move(collector.tasks());
  return result;
}

}  // namespace sarray::slurm
