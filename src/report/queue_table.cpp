// The short form of `sarray list`: one line per job.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "report/graph.hpp"
#include "report/queue.hpp"
#include "report/setting_text.hpp"
#include "report/table.hpp"
#include "slurm/language/value.hpp"
#include "util/message.hpp"
#include "util/user_text.hpp"
#include "util/wrap.hpp"

namespace sarray::report {

namespace {

using Jobs = std::vector<plan::PlannedJob>;

/// A column of the table, with a cell per job.
struct Column {
  std::string head;
  std::vector<std::string> cells;
  bool right = false;
  bool keeps_end = false;  ///< of a value that is cut: the end of a path says most
};

/// Options that a column of another name shows.
bool has_own_column(std::string_view option) {
  constexpr std::array<std::string_view, 4> shown = {"wrap", "array", "dependency", "job-name"};
  return std::find(shown.begin(), shown.end(), option) != shown.end();
}

bool is_path(std::string_view option) {
  constexpr std::array<std::string_view, 4> paths = {"output", "error", "input", "chdir"};
  return std::find(paths.begin(), paths.end(), option) != paths.end();
}

/// An option that some job has, in all of them.
struct Usage {
  std::vector<const slurm::Setting*> settings;  ///< per job; null: it does not have it
  std::set<std::string> values;                 ///< normalised
  std::size_t jobs = 0;                         ///< that have it
};

std::map<std::string_view, Usage> collect_options(const Jobs& jobs) {
  std::map<std::string_view, Usage> usages;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    for (const auto& setting : jobs[i].job.settings) {
      if (has_own_column(setting.option->name)) continue;
      auto& usage = usages[setting.option->name];
      usage.settings.resize(jobs.size(), nullptr);
      usage.settings[i] = &setting;
      usage.values.insert(setting.has_value ? "=" + slurm::normalize_value(*setting.option, setting.value) : "");
      ++usage.jobs;
    }
  }
  return usages;
}

std::string cell_text(const slurm::Setting* setting) {
  if (setting == nullptr) return "-";
  return setting->has_value ? util::printable(setting->value) : "yes";
}

/// What differs, those options first of which an array has only one value, since they decide what can be merged.
std::vector<Column> option_columns(const std::map<std::string_view, Usage>& usages, std::size_t jobs) {
  std::vector<Column> arrays;
  std::vector<Column> tasks;
  for (const auto& [name, usage] : usages) {
    if (usage.jobs == jobs && usage.values.size() == 1) continue;
    const auto* some = *std::find_if(usage.settings.begin(), usage.settings.end(), [](const auto* s) { return s != nullptr; });
    Column column{"--" + std::string(name), {}, false, is_path(name)};
    for (const auto* setting : usage.settings) column.cells.push_back(cell_text(setting));
    (some->option->owner == slurm::Owner::task ? tasks : arrays).push_back(std::move(column));
  }
  arrays.insert(arrays.end(), std::make_move_iterator(tasks.begin()), std::make_move_iterator(tasks.end()));
  return arrays;
}

template <class Text>
Column make_column(const Jobs& jobs, const char* head, const Text& text, bool right = false, bool keeps_end = false) {
  Column column{head, {}, right, keeps_end};
  for (const auto& planned : jobs) column.cells.push_back(text(planned));
  return column;
}

bool differs(const Column& column) {
  return std::adjacent_find(column.cells.begin(), column.cells.end(), std::not_equal_to<>()) != column.cells.end();
}

bool has_only(const Column& column, std::string_view text) {
  return std::all_of(column.cells.begin(), column.cells.end(), [&](const auto& cell) { return cell == text; });
}

/// Whether each job is named as sbatch names one that has no --job-name: the script says the name already.
bool names_say_nothing(const Jobs& jobs) {
  return std::all_of(jobs.begin(), jobs.end(), [](const plan::PlannedJob& planned) {
    switch (planned.call->source) {
      case slurm::ScriptSource::wrap:
        return planned.job.name == "wrap";
      case slurm::ScriptSource::standard_input:
        return planned.job.name == "sbatch";
      case slurm::ScriptSource::file:
        break;
    }
    const auto& path = planned.call->script_path;
    return planned.job.name == path.substr(path.rfind('/') + 1);
  });
}

/// The columns between the options and the command: only those that say something.
std::vector<Column> other_columns(const Jobs& jobs) {
  std::vector<Column> columns;
  auto tasks = make_column(
      jobs, "tasks", [](const auto& planned) { return std::to_string(planned.tasks()); }, true);
  if (!has_only(tasks, "1")) columns.push_back(std::move(tasks));
  auto arrays = make_column(jobs, "array", [](const auto& planned) {
    return planned.job.ids ? util::fit(planned.job.ids->text(), 16) : std::string("-");
  });
  if (!has_only(arrays, "-")) columns.push_back(std::move(arrays));
  if (!names_say_nothing(jobs))
    columns.push_back(make_column(jobs, "name", [](const auto& planned) { return util::printable(planned.job.name); }));
  auto directories = make_column(jobs, "directory", [](const auto& planned) { return util::printable(planned.job.directory); });
  directories.keeps_end = true;
  if (differs(directories)) columns.push_back(std::move(directories));
  Column waits{"waits for", {}, false, false};
  for (const auto& names : wait_names(jobs)) waits.cells.push_back(names.empty() ? "-" : names);
  if (!has_only(waits, "-")) columns.push_back(std::move(waits));
  return columns;
}

/// Returns what all jobs share, as one sentence; empty if they share nothing.
std::string common_text(const Jobs& jobs, const std::map<std::string_view, Usage>& usages) {
  std::string options;
  for (const auto& [name, usage] : usages) {
    if (usage.jobs == jobs.size() && usage.values.size() == 1) options += " " + setting_text(*usage.settings.front());
  }
  const auto& directory = jobs.front().job.directory;
  const bool same_directory =
      std::all_of(jobs.begin(), jobs.end(), [&](const auto& planned) { return planned.job.directory == directory; });
  std::string text = same_directory ? "in " + directory : "";
  if (!options.empty()) text += (text.empty() ? "" : ", ") + std::string(jobs.size() > 1 ? "all with" : "with") + options;
  return util::printable(text);
}

std::size_t width_of(const Column& column) {
  std::size_t width = util::display_width(column.head);
  for (const auto& cell : column.cells) width = std::max(width, util::display_width(cell));
  return width;
}

/// How wide a value may be, and which columns there are.
struct Layout {
  std::size_t max_cell = 0;  ///< 0: whole values
  std::size_t options = 0;   ///< how many of the option columns are in the table; the others are on lines of their own
  bool with_ids = false;
};

std::string cut(const Column& column, const std::string& cell, std::size_t max_cell) {
  if (max_cell == 0) return cell;
  return column.keeps_end ? util::fit_end(cell, max_cell) : util::fit(cell, max_cell);
}

/// Returns the columns that a line needs, of which the command has at least `min_command`.
std::size_t needed(const std::vector<Column>& options, const std::vector<Column>& others, const Layout& layout) {
  constexpr std::size_t min_command = 16;
  const auto one = [&](const Column& column) {
    const auto head = util::display_width(column.head);
    return std::max(head, std::min(width_of(column), layout.max_cell)) + 2;
  };
  std::size_t width = 5 + (layout.with_ids ? 12 : 0) + min_command;
  for (std::size_t i = 0; i < layout.options; ++i) width += one(options[i]);
  for (const auto& column : others) width += one(column);
  return width;
}

/// Chooses the columns that fit; of the options the widest go to the end first, which is beyond the table.
Layout choose_layout(std::vector<Column>& options, const std::vector<Column>& others, std::size_t width) {
  if (width == 0) return {0, options.size(), true};
  for (auto count = options.size();; --count) {
    for (const std::size_t max_cell : {60, 40, 30, 24, 20, 16, 12, 10}) {
      Layout layout{max_cell, count, true};
      if (max_cell >= 30 && needed(options, others, layout) <= width) return layout;
      layout.with_ids = false;
      if (needed(options, others, layout) <= width || (count == 0 && max_cell == 10)) return layout;
    }
    const auto end = options.begin() + static_cast<std::ptrdiff_t>(count);
    const auto widest =
        std::max_element(options.begin(), end, [](const auto& a, const auto& b) { return width_of(a) < width_of(b); });
    std::rotate(widest, widest + 1, end);
  }
}

/// Returns the options of a job that have no column: "     --error=x --mem=1G", in as many lines as that needs.
std::string further_options(const std::vector<Column>& options, std::size_t from, std::size_t job, std::size_t width) {
  constexpr std::size_t indent = 5;
  const auto room = width > 2 * indent ? width - indent : indent;
  std::string text;
  for (; from < options.size(); ++from) {
    const auto& option = options[from];
    if (option.cells[job] == "-") continue;
    const auto value = option.cells[job] == "yes" ? "" : "=" + option.cells[job];
    text += (text.empty() ? "" : " ") + option.head + cut(option, value, room - std::min(option.head.size(), room - 4));
  }
  return text.empty() ? "" : std::string(indent, ' ') + util::wrap(text, room, indent) + "\n";
}

}  // namespace

std::string queue_text(const std::vector<plan::PlannedJob>& jobs, std::size_t width) {
  if (jobs.empty()) return {};
  const auto usages = collect_options(jobs);
  auto options = option_columns(usages, jobs.size());
  const auto others = other_columns(jobs);
  const auto layout = choose_layout(options, others, width);
  std::vector<bool> right = {true};
  std::vector<std::string> row = {"job"};
  const auto add_heads = [&](const std::vector<Column>& columns, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      right.push_back(columns[i].right);
      row.push_back(columns[i].head);
    }
  };
  if (layout.with_ids) {
    right.push_back(true);
    row.emplace_back("id");
  }
  add_heads(options, layout.options);
  add_heads(others, others.size());
  right.push_back(false);
  row.emplace_back("script and arguments");
  Table table(right);
  table.add(row);
  const auto commands = command_texts(jobs);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    row = {std::to_string(jobs[i].number)};
    if (layout.with_ids) row.push_back(std::to_string(jobs[i].id));
    for (std::size_t n = 0; n < layout.options; ++n) row.push_back(cut(options[n], options[n].cells[i], layout.max_cell));
    for (const auto& column : others) row.push_back(cut(column, column.cells[i], layout.max_cell));
    row.push_back(commands[i]);
    table.add(row);
  }
  const auto common = common_text(jobs, usages);
  std::string text = common.empty() ? "" : util::wrap(common, width > 2 ? width - 2 : 0, 2) + "\n";
  if (layout.options == options.size()) return text + table.text(width);
  const auto lines = table.text(width);
  std::size_t at = lines.find('\n') + 1;
  text += lines.substr(0, at);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto end = lines.find('\n', at) + 1;
    text += lines.substr(at, end - at) + further_options(options, layout.options, i, width);
    at = end;
  }
  return text;
}

}  // namespace sarray::report
