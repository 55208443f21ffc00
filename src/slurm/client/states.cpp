#include <algorithm>
#include <ctime>
#include <unordered_map>

#include "slurm/client/arrays.hpp"
#include "slurm/client/task_state.hpp"
#include "util/join.hpp"
#include "util/message.hpp"
#include "util/parse.hpp"

namespace sarray::slurm {

using util::take_until;

namespace {

/// The arrays asked for, with what is known of their tasks so far.
class StateCollector {
 public:
  explicit StateCollector(const std::vector<ArrayQuery>& arrays) : m_arrays(arrays), m_seen(arrays.size()) {
    for (const auto& array : arrays) {
      auto& tasks = m_tasks.emplace_back(array.tasks);
      for (std::uint32_t index = 0; index < array.tasks; ++index) tasks[index].index = array.first_index + index;
      m_by_id.emplace(array.job_id, m_tasks.size() - 1);
    }
  }
  /// Bytes of a Command that the queue is to show; 0: none is compared.
  [[nodiscard]] std::size_t command_width() const {
    constexpr std::size_t margin = 64;  // the same folder may have a longer name on the host that submitted
    std::size_t width = 0;
    for (const auto& array : m_arrays) width = std::max(width, array.script.size());
    return width > 0 ? width + margin : 0;
  }
  void take_queue(const ArrayRecords& records) {
    for (const auto& [array_id, record] : records) {
      if (!m_by_id.contains(array_id)) {  // what was an array's id is a task's own
        visit_arrays(record.job_id, [&](std::size_t array) { m_seen[array].queue_has_other = true; });
      }
      visit_arrays(array_id, [&, &queued = record](std::size_t array) { take_queued(array, queued); });
    }
  }
  void take_accounting(const ArrayRecords& records) {
    for (const auto& [array_id, record] : records) {
      visit_arrays(array_id, [&, &accounted = record](std::size_t array) { take_accounted(array, accounted); });
    }
  }
  /// Compares the complete command that the queue shows, after a column was too narrow for it.
  void take_command(std::size_t array, const std::string& command) {
    auto& seen = m_seen[array];
    seen.is_cut = false;
    (names_script(command, m_arrays[array].script) ? seen.has_same : seen.queue_has_other) = true;
  }
  [[nodiscard]] bool is_cut(std::size_t array) const { return m_seen[array].is_cut && !m_seen[array].has_same; }
  [[nodiscard]] Holder holder(std::size_t array) const {
    const auto& seen = m_seen[array];
    if (seen.queue_has_other) return {Identity::other, seen.submitted};
    if (seen.has_same) return {Identity::same, seen.submitted};
    return {seen.accounting_has_other ? Identity::other : Identity::unknown, seen.submitted};
  }
  /// Forgets what was read of arrays whose id another job has.
  void forget_others() {
    for (std::size_t i = 0; i < m_tasks.size(); ++i) {
      if (holder(i).identity != Identity::other) continue;
      for (std::uint32_t index = 0; index < m_tasks[i].size(); ++index) {
        m_tasks[i][index] = TaskRecord();
        m_tasks[i][index].index = m_arrays[i].first_index + index;
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
  /// Tasks that nobody has told of yet; none of an array that is another's now.
  [[nodiscard]] std::size_t missing(std::size_t array) const {
    if (m_seen[array].queue_has_other) return 0;
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
  template <class Visit>
  void visit_arrays(const std::string& job_id, const Visit& visit) {
    const auto [begin, end] = m_by_id.equal_range(job_id);
    for (auto array = begin; array != end; ++array) visit(array->second);
  }

  /// Whether a record's script is the array's.
  [[nodiscard]] Identity identify(std::size_t array, const TaskRecord& record) const {
    if (m_arrays[array].script.empty() || record.command.empty()) return Identity::unknown;
    return names_script(record.command, m_arrays[array].script) ? Identity::same : Identity::other;
  }

  void take_queued(std::size_t array, const TaskRecord& record) {
    auto& seen = m_seen[array];
    const auto identity = identify(array, record);
    const bool is_compared = !m_arrays[array].script.empty();
    if (identity == Identity::same) {
      seen.has_same = true;
    } else if (is_compared && record.command.size() >= command_width()) {
      seen.is_cut = true;
    } else if (is_compared) {  // a job of ours always shows its script
      seen.queue_has_other = true;
      keep_time(seen, record);
      return;
    }
    take_record(array, record);
  }

  void take_accounted(std::size_t array, const TaskRecord& record) {
    auto& seen = m_seen[array];
    const auto identity = identify(array, record);
    seen.has_same = seen.has_same || identity == Identity::same;
    if (identity != Identity::other) return take_record(array, record);
    seen.accounting_has_other = true;
    if (!seen.has_same) keep_time(seen, record);
  }

  /// Fills in what is not known yet; of what is, the usage.
  void take_record(std::size_t array, const TaskRecord& record) {
    if (record.index == TaskRecord::plain_job) return;
    auto& seen = m_seen[array];
    keep_time(seen, record);
    seen.is_known = true;
    const auto first = m_arrays[array].first_index;
    if (record.index < first || record.index - first >= m_tasks[array].size()) return;
    auto& task = m_tasks[array][record.index - first];
    if (task.word.empty()) {
      task = record;
    } else if (!task.usage && is_done(task.state) && is_done(record.state)) {  // else accounting is later than the queue
      task.usage = record.usage;
    }
    task.command.clear();  // it has said what it can
  }

  struct Seen {
    bool is_known = false;
    bool has_same = false;
    bool queue_has_other = false;
    bool accounting_has_other = false;
    bool is_cut = false;    // the queue's column was too narrow to tell
    std::string submitted;  // the earliest: a requeue makes a later one
  };
  static void keep_time(Seen& seen, const TaskRecord& record) {
    if (!record.submitted.empty() && (seen.submitted.empty() || record.submitted < seen.submitted))
      seen.submitted = record.submitted;
  }
  const std::vector<ArrayQuery>& m_arrays;
  std::vector<Seen> m_seen;
  std::vector<std::vector<TaskRecord>> m_tasks;
  std::unordered_multimap<std::string, std::size_t> m_by_id;
};

/// Returns the highest index after any array's last task.
std::uint32_t end_index_of(const std::vector<ArrayQuery>& arrays) {
  std::uint32_t end = 1;
  for (const auto& array : arrays) end = std::max(end, array.first_index + array.tasks);
  return end;
}

bool is_unknown_job(const util::Error& error) { return error.body.find("Invalid job id") != std::string::npos; }

std::string first_line(std::string_view text) { return std::string(take_until(text, '\n')); }

/// Returns what is missing of all arrays, and why it cannot be known; empty if nothing is missing.
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
  const auto queue = run(queue_command(collector.ids(), collector.command_width()));
  if (!queue && !is_unknown_job(queue.error())) return util::fail(queue.error());
  if (queue) collector.take_queue(parse_queue(*queue));
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    if (!collector.is_cut(i)) continue;
    TRY(const auto command, job_command(arrays[i].job_id));
    collector.take_command(i, command);
  }
  ArrayStates result;
  if (with_usage || !collector.is_complete()) {
    auto accounting = run(accounting_command(collector.ids(), with_usage, true));
    if (!accounting && accounting.error().body.find("Invalid field") != std::string::npos)  // 20.11 has no SubmitLine
      accounting = run(accounting_command(collector.ids(), with_usage, false));
    if (accounting) {
      collector.take_accounting(parse_accounting(*accounting, end_index_of(arrays)));
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
  collector.forget_others();
  for (std::size_t i = 0; i < arrays.size(); ++i) result.holders.push_back(collector.holder(i));
  result.tasks = std::move(collector.tasks());
  return result;
}

}  // namespace sarray::slurm
