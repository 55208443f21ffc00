#include "report/status.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <optional>

#include "follow/selection.hpp"
#include "report/queue.hpp"
#include "report/states.hpp"
#include "report/table.hpp"
#include "report/usage.hpp"
#include "util/join.hpp"
#include "util/message.hpp"
#include "util/user_text.hpp"
#include "util/wrap.hpp"

namespace sarray::report {

using slurm::TaskState;

namespace {

/// Null for a task that Slurm has forgotten.
std::optional<std::int64_t> elapsed_of(const slurm::TaskRecord& task) {
  return task.word.empty() ? std::nullopt : std::optional(task.elapsed);
}

std::string elapsed_text(std::optional<std::int64_t> seconds) { return seconds ? duration_text(*seconds) : "-"; }

std::string array_text(const script::MappedJob& job) { return job.ids ? job.ids->text() : "-"; }

void count_reasons(const follow::History& history, std::map<std::string, std::uint32_t>& reasons) {
  for (auto index = history.map().first_index(); index < history.map().end_index(); ++index) {
    const auto& task = history.task(index);
    if (task.state != TaskState::pending || !history.means(index)) continue;
    const bool is_new = task.reason.empty() || task.reason == "None";  // the scheduler has not considered it yet
    const auto wait = history.waits.find(index);
    if (wait == history.waits.end()) {
      ++reasons[is_new ? "not looked at yet" : task.reason];
    } else {
      ++reasons[wait->second.is_never ? "will never run" : "wait for others"];
    }
  }
}

std::string reasons_text(const follow::Histories& histories) {
  std::map<std::string, std::uint32_t> reasons;
  for (const auto* history : histories) count_reasons(*history, reasons);
  std::vector<std::pair<std::string, std::uint32_t>> sorted(reasons.begin(), reasons.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return util::join(sorted, ", ", [](const auto& one) { return std::to_string(one.second) + " " + util::printable(one.first); });
}

/// "3 jobs, 14 tasks"; if only some are asked about, "1 of 3 jobs, 4 of 14 tasks".
std::string size_text(const follow::Histories& histories, const follow::Summary& summary) {
  std::size_t jobs = 0;
  std::size_t shown = 0;
  std::size_t tasks = 0;
  for (const auto* history : histories) {
    const auto& own = history->map().jobs;
    jobs += own.size();
    tasks += history->latest.size();
    shown += static_cast<std::size_t>(
        std::count_if(own.begin(), own.end(), [&](const auto& job) { return follow::summarize(*history, job).tasks > 0; }));
  }
  const auto part = [](std::size_t some, std::size_t all) { return some < all ? std::to_string(some) + " of " : ""; };
  return part(shown, jobs) + util::count(jobs, "job") + ", " + part(summary.tasks, tasks) + util::count(tasks, "task");
}

/// "array 17: ", or "sarray-3: 3 arrays, ", or "sarray-3: 2 of 3 arrays, " if one of them is not known here.
std::string title(const follow::Histories& histories, const StatusView& view) {
  if (view.group.empty()) return "array " + histories.front()->attempts.front().job_id + ": ";
  const auto all = histories.size() + view.missing.size();
  return view.group + ": " + (view.missing.empty() ? "" : std::to_string(histories.size()) + " of ") + util::count(all, "array") +
         ", ";
}

/// "  retried as array 20: 2 tasks", a line for each retry; of several arrays with the one that it is a retry of. On a terminal
/// only the newest, since there must be room for the tasks.
std::string retry_lines(const follow::Histories& histories, const StatusView& view) {
  std::vector<std::pair<std::int64_t, std::string>> lines;
  for (const auto* history : histories) {
    const auto of = histories.size() == 1 ? "" : history->attempts.front().job_id + " ";
    for (std::size_t number = 1; number < history->attempts.size(); ++number) {
      const auto& attempt = history->attempts[number];
      lines.emplace_back(attempt.noted,
                         "  " + of + "retried as array " + attempt.job_id + ": " + util::count(attempt.map.tasks, "task") + "\n");
    }
  }
  constexpr std::size_t max_shown = 3;
  std::string text;
  if (view.height > 0 && lines.size() > max_shown + 1) {
    std::stable_sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    const auto left = lines.size() - max_shown;
    text = "  retried " + std::to_string(left) + " times before that: sarray history\n";
    lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(left));
  }
  for (const auto& line : lines) text += line.second;
  return text;
}

std::string heading(const follow::Histories& histories, const StatusView& view) {
  const auto summary = follow::summarize(histories);
  const auto fit = [&](const std::string& line) { return (view.width > 0 ? util::fit(line, view.width) : line) + "\n"; };
  const auto first = title(histories, view) + size_text(histories, summary);
  const auto elapsed = summary.elapsed(view.now);
  auto text = fit(first + (elapsed ? ", " + duration_text(*elapsed) : ""));
  text += retry_lines(histories, view);
  if (view.bars) {
    const auto width = view.width > 0 ? std::clamp<std::size_t>(view.width - 2, 10, 60) : 60;
    text += "[" + bar(summary, width, view.color) + "]\n";
    text += bar_legend(summary, view.color) + "\n";
  }
  const auto progress = progress_text(summary) + (view.rest > 0 ? ", about " + duration_text(view.rest) + " left" : "");
  text += util::wrap(progress, view.width > 2 ? view.width - 2 : view.width, 2) + "\n";
  if (const auto reasons = reasons_text(histories); !reasons.empty()) text += fit("pending because: " + reasons);
  return text;
}

/// A column of counts.
struct CountColumn {
  const char* word;
  std::vector<TaskState> states;
};

/// Returns only the states that occur; if there is little room, all kinds of failure share one column. Cancelled is not one.
std::vector<CountColumn> count_columns(const follow::Summary& summary, bool narrow) {
  std::vector<CountColumn> columns;
  for (const auto& drawing : drawings()) {
    const bool is_shown = drawing.state == TaskState::completed || summary.count(drawing.state) > 0;
    if (!is_shown) continue;
    const bool joins = narrow && drawing.state != TaskState::cancelled && slurm::is_failure(drawing.state) && columns.size() > 1;
    if (joins) {
      columns.back().word = "fail";
      columns.back().states.push_back(drawing.state);
    } else {
      columns.push_back({drawing.word, {drawing.state}});
    }
  }
  return columns;
}

std::string count_text(const follow::Summary& summary, const CountColumn& column) {
  std::uint32_t count = 0;
  for (const auto state : column.states) count += summary.count(state);
  return count > 0 ? std::to_string(count) : "";
}

bool is_narrow(const StatusView& view) { return view.width > 0 && view.width < 100; }

struct JobSummary {
  const follow::History* history;
  const script::MappedJob* job;
  follow::Summary summary;
};

/// Whether some of the jobs is an array: a column that says so of none would only take room.
bool any_array(const follow::Histories& histories) {
  return std::any_of(histories.begin(), histories.end(), [](const auto* history) {
    const auto& jobs = history->map().jobs;
    return std::any_of(jobs.begin(), jobs.end(), [](const auto& job) { return job.ids.has_value(); });
  });
}

/// Returns the jobs that are shown: what failed and what runs first, what is done last.
std::vector<JobSummary> urgent_first(const follow::Histories& histories, const StatusView& view) {
  std::vector<JobSummary> jobs;
  for (const auto* history : histories) {
    for (const auto& job : history->map().jobs) {
      auto summary = follow::summarize(*history, job);
      if (summary.tasks == 0 || (view.failed_only && !has_failed(summary))) continue;
      jobs.push_back({history, &job, summary});
    }
  }
  std::stable_sort(jobs.begin(), jobs.end(),
                   [](const auto& a, const auto& b) { return urgency(a.summary) < urgency(b.summary); });
  return jobs;
}

std::string job_lines(const follow::Histories& histories, const StatusView& view) {
  const bool narrow = is_narrow(view);
  const auto columns = count_columns(follow::summarize(histories), narrow);
  const bool with_arrays = any_array(histories);
  std::vector<bool> right = {true, false};
  std::vector<std::string> head = {"job", "name"};
  if (histories.size() > 1) {
    right.insert(right.begin(), true);
    head.insert(head.begin(), "job id");
  }
  if (with_arrays) {
    right.push_back(false);
    head.emplace_back("array");
  }
  for (const auto& column : columns) {
    right.push_back(true);
    head.emplace_back(column.word);
  }
  constexpr std::size_t bar_width = 10;
  const bool with_bars = view.bars && !narrow;
  if (with_bars) {
    right.push_back(false);
    head.emplace_back("");
  }
  right.insert(right.end(), {true, false});
  head.insert(head.end(), {"elapsed", "script and arguments"});
  Table table(right);
  table.add(head);
  for (const auto& [history, job, summary] : urgent_first(histories, view)) {
    std::vector<std::string> row = {std::to_string(job->number), util::fit(util::printable(job->name), narrow ? 14 : 20)};
    if (histories.size() > 1) row.insert(row.begin(), history->attempts.front().job_id);
    if (with_arrays) row.push_back(util::fit(array_text(*job), narrow ? 8 : 16));
    for (const auto& column : columns) row.push_back(count_text(summary, column));
    if (with_bars) row.push_back(bar(summary, bar_width, false));
    row.push_back(elapsed_text(summary.elapsed(view.now)));
    row.push_back(command_text(*job));
    table.add(std::move(row));
  }
  return table.text(view.width);
}

/// Adds a line for each job of an array of which tasks wait.
void add_wait_lines(const follow::History& history, std::vector<std::string>& lines) {
  for (const auto& job : history.map().jobs) {
    // Tasks that wait for single tasks of the same jobs share a line.
    std::map<bool, std::pair<follow::TaskWait, std::uint32_t>> waits;
    for (auto at = history.waits.lower_bound(job.first_index); at != history.waits.end() && job.has_index(at->first); ++at) {
      if (!history.means(at->first)) continue;
      auto& [wait, tasks] = waits[at->second.is_never];
      const auto before = std::move(wait.on);
      wait = at->second;
      if (++tasks == 1) continue;
      wait.on.insert(wait.on.begin(), before.begin(), before.end());
      for (auto& on : wait.on) on.local = std::nullopt;
    }
    for (const auto& [is_never, wait] : waits) {
      lines.push_back("  " + std::to_string(job.number) + " " + util::printable(job.name) +
                      (job.ids ? " (" + util::count(wait.second, "task") + ")" : "") + ": " + wait_text(wait.first));
    }
  }
}

/// Returns these lines: "job 5 call: waits for 3 align, 4 align"; of many jobs the first.
std::string wait_lines(const follow::Histories& histories, const StatusView& view) {
  constexpr std::size_t max_lines = 12;
  std::vector<std::string> lines;
  for (const auto* history : histories) add_wait_lines(*history, lines);
  if (lines.empty()) return {};
  std::string text = "\n";
  const auto shown = lines.size() > max_lines + 1 ? max_lines : lines.size();
  for (std::size_t i = 0; i < shown; ++i) text += (view.width > 0 ? util::fit(lines[i], view.width) : lines[i]) + "\n";
  if (shown < lines.size()) text += "  and " + std::to_string(lines.size() - shown) + " more lines like these: --tasks\n";
  return text;
}

/// A line of --tasks.
struct TaskRow {
  TaskState state;
  std::vector<std::string> cells;
};

/// Columns that a narrow terminal has no room for.
struct TaskColumns {
  bool local = true;    ///< task ids of the jobs' own
  bool command = true;  ///< the job's name says it, too, and `status` without --tasks
};

void add_task_rows(const follow::History& history, const StatusView& view, const TaskColumns& columns,
                   std::vector<TaskRow>& rows) {
  const bool narrow = is_narrow(view);
  for (const auto& job : history.map().jobs) {
    auto command = command_text(job);
    if (view.width > 0) command = util::fit(command, 30);
    const auto name = util::fit(util::printable(job.name), narrow ? 12 : 20);
    for (auto index = job.first_index; index < job.first_index + job.tasks; ++index) {
      const auto& task = history.task(index);
      if (!history.means(index) || (view.failed_only && !follow::is_failed(task.state))) continue;
      const auto local = job.local_id(index);
      std::vector<std::string> cells = {task_name(history, index), std::to_string(job.number)};
      if (columns.local) cells.push_back(local ? std::to_string(*local) : "-");
      cells.insert(cells.end(), {name, elapsed_text(elapsed_of(task)), util::printable(state_text(history, index))});
      if (columns.command) cells.push_back(command);
      cells.push_back(output_text(view.output_of(history, index), job.directory));
      rows.push_back({task.state, std::move(cells)});
    }
  }
}

std::string task_lines(const follow::Histories& histories, const StatusView& view) {
  const bool narrow = is_narrow(view);
  const TaskColumns columns{!narrow || any_array(histories), !narrow};
  std::vector<bool> right = {false, true};
  std::vector<std::string> head = {"task", "job"};
  if (columns.local) {
    right.push_back(true);
    head.emplace_back("local");
  }
  right.insert(right.end(), {false, true, false});
  head.insert(head.end(), {"name", "elapsed", "state"});
  if (columns.command) {
    right.push_back(false);
    head.emplace_back("script and arguments");
  }
  right.push_back(false);
  head.emplace_back("output");
  Table table(right);
  table.add(head);
  std::vector<TaskRow> rows;
  for (const auto* history : histories) add_task_rows(*history, view, columns, rows);
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return urgency(a.state) < urgency(b.state); });
  for (const auto& row : rows) table.add(row.cells);
  auto text = table.text(view.width);
  if (!view.color) return text;
  std::string colored = text.substr(0, text.find('\n') + 1);
  std::size_t at = colored.size();
  for (const auto& row : rows) {
    const auto end = text.find('\n', at);
    colored += paint(text.substr(at, end - at), row.state, true) + "\n";
    at = end + 1;
  }
  return colored;
}

std::size_t count_lines(const std::string& text) { return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')); }

}  // namespace

std::string duration_text(std::int64_t seconds) {
  std::array<char, 40> text{};
  const auto days = seconds / 86400;
  const auto rest = static_cast<int>(seconds % 86400);
  std::snprintf(text.data(), text.size(), "%02d:%02d:%02d", rest / 3600, rest / 60 % 60, rest % 60);
  return (days > 0 ? std::to_string(days) + "-" : "") + text.data();
}

std::string memory_text(std::uint64_t bytes) {
  constexpr std::array<char, 4> units = {'K', 'M', 'G', 'T'};
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  while (value >= 1000 && unit + 1 < units.size()) value /= 1024, ++unit;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), value < 10 ? "%.1f%c" : "%.0f%c", value, units[unit]);
  return text.data();
}

std::string state_text(const slurm::TaskRecord& task) {
  if (task.state == TaskState::unknown) return task.word.empty() ? "not known" : task.word;
  std::string text = slurm::task_state_name(task.state);
  std::replace(text.begin(), text.end(), '_', ' ');
  if (task.state == TaskState::pending)
    return task.reason.empty() || task.reason == "None" ? text : text + " (" + task.reason + ")";
  if (task.state != TaskState::failed) return text;
  if (task.word != "FAILED") return text + " (" + task.word + ")";
  if (task.exit_signal == slurm::could_not_start) return text + " (could not start, Slurm's 0:53)";
  if (task.exit_signal != 0) return text + " (signal " + std::to_string(task.exit_signal) + ")";
  return text + " (exit " + std::to_string(task.exit_status) + ")";
}

std::string wait_text(const follow::TaskWait& wait) {
  constexpr std::size_t max_named = 4;
  std::vector<std::string> names;
  for (const auto& waited : wait.on) {
    auto name = waited.name.empty() ? waited.task : (waited.job > 0 ? std::to_string(waited.job) + " " : "") + waited.name;
    if (waited.local) name += "_" + std::to_string(*waited.local);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(util::printable(name));
  }
  const auto more = names.size() > max_named + 1 ? names.size() - max_named : 0;
  names.resize(names.size() - more);
  auto text = util::join(names, wait.any ? " or " : ", ");
  if (more > 0) text += " and " + util::count(more, "other job");
  if (!wait.is_never) return "waits for " + text;
  const bool wanted_failure = std::all_of(wait.on.begin(), wait.on.end(), [](const auto& on) { return on.type == "afternotok"; });
  return "will never run: " + text + (wanted_failure ? " did not fail" : " failed");
}

std::string state_text(const follow::History& history, std::uint32_t index) {
  const auto& task = history.task(index);
  const auto wait = history.waits.find(index);
  if (wait == history.waits.end()) return state_text(task);
  return std::string(slurm::task_state_name(task.state)) + " (" + wait_text(wait->second) + ")";
}

std::string task_name(const follow::History& history, std::uint32_t index) {
  const auto& last = history.latest_of(index);
  return history.attempts[last.attempt].job_id + "_" + std::to_string(last.index);
}

StatusText status_parts(const follow::Histories& histories, const StatusView& view) {
  StatusText status{heading(histories, view), "", 0, view.tasks ? "task" : "job"};
  if (view.usage) {
    status.rows = usage_text(histories, view.width);
  } else {
    status.rows = view.tasks ? task_lines(histories, view) : job_lines(histories, view);
  }
  status.count = count_lines(status.rows) - 1;
  if (!view.usage && !view.tasks) status.rows += wait_lines(histories, view);
  return status;
}

std::string status_text(const follow::Histories& histories, const StatusView& view) {
  const auto status = status_parts(histories, view);
  const auto lines = count_lines(status.summary) + count_lines(status.rows) + 2;  // with a blank line, and the prompt
  const bool scrolls = view.height > 0 && lines > view.height;
  return scrolls ? status.rows + "\n" + status.summary : status.summary + "\n" + status.rows;
}

}  // namespace sarray::report
