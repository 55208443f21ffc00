#include "plan/conflict.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "slurm/language/value.hpp"
#include "util/user_text.hpp"

namespace sarray::plan {

namespace {

/// Collects an aspect's values while jobs are read one by one, and numbers those that differ.
struct Column {
  Aspect aspect;
  std::unordered_map<std::string, std::uint32_t> classes;

  void add(std::size_t job, const std::string& meaning, std::string value, std::string source) {
    fill(job);
    const auto number = classes.emplace(meaning, static_cast<std::uint32_t>(classes.size() + 1)).first->second;
    aspect.values.push_back(std::move(value));
    aspect.sources.push_back(std::move(source));
    aspect.classes.push_back(number);
  }
  /// Gives class 0 to the jobs before `job` that have no value.
  void fill(std::size_t job) {
    aspect.values.resize(std::max(aspect.values.size(), job));
    aspect.sources.resize(std::max(aspect.sources.size(), job));
    aspect.classes.resize(std::max(aspect.classes.size(), job));
  }
};

std::string shown_value(const slurm::Setting& setting) { return setting.has_value ? setting.value : "given"; }

}  // namespace

std::vector<Aspect> find_differences(const std::vector<PlannedJob>& jobs, const PlanOptions& options) {
  std::map<std::string, Column> columns;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    for (const auto& setting : jobs[i].job.settings) {
      if (setting.option->owner != slurm::Owner::array) continue;
      const auto meaning = (setting.has_value ? "=" : "") + slurm::normalize_value(*setting.option, setting.value);
      columns[std::string(setting.option->name)].add(i, meaning, shown_value(setting), setting.source.text());
    }
    if (const auto file = jobs[i].call->environment.get(slurm::configuration_variable)) {
      columns["SLURM_CONF (variable)"].add(i, std::string(*file), std::string(*file), "environment");
    }
    if (slurm::loads_login_environment(jobs[i].job, options.release)) {
      columns["login environment"].add(i, "yes", "loaded on the node", "--export or --get-user-env");
    }
    if (slurm::loses_limits(*jobs[i].call)) columns["resource limits"].add(i, "node", "the node's own", "--export-file");
    if (jobs[i].job.ids && jobs[i].job.ids->throttle() > 0 && !options.throttle) {
      columns["array throttle"].add(i, "yes", "%" + std::to_string(jobs[i].job.ids->throttle()), "--array");
    }
  }
  std::vector<Aspect> differences;
  for (auto& [name, column] : columns) {
    column.fill(jobs.size());
    const auto& classes = column.aspect.classes;
    if (std::all_of(classes.begin(), classes.end(), [&](auto c) { return c == classes.front(); })) continue;
    column.aspect.option = name;
    differences.push_back(std::move(column.aspect));
  }
  return differences;
}

std::string format_numbers(const std::vector<std::uint32_t>& numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t end = i;
    while (end + 1 < numbers.size() && numbers[end + 1] == numbers[end] + 1) ++end;
    if (!text.empty()) text += ',';
    text += std::to_string(numbers[i]);
    if (end > i) text += (end == i + 1 ? "," : "-") + std::to_string(numbers[end]);
    i = end + 1;
  }
  return text;
}

namespace {

struct TableRow {
  std::string option, value, jobs, source;
};

std::vector<TableRow> rows_of(const std::vector<PlannedJob>& jobs, const Aspect& aspect) {
  std::map<std::uint32_t, std::vector<std::uint32_t>> members;
  std::map<std::uint32_t, std::size_t> first;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    members[aspect.classes[i]].push_back(jobs[i].number);
    first.emplace(aspect.classes[i], i);
  }
  std::vector<TableRow> rows;
  for (const auto& [number, list] : members) {
    const auto at = first.at(number);
    rows.push_back({rows.empty() ? aspect.option : "", number == 0 ? "(not given)" : util::printable(aspect.values[at]),
                    format_numbers(list), number == 0 ? "" : aspect.sources[at]});
  }
  return rows;
}

}  // namespace

std::string format_differences(const std::vector<PlannedJob>& jobs, const std::vector<Aspect>& differences) {
  constexpr std::size_t max_values = 12;  // of one option: a person needs to see the kind of difference, not ten thousand lines
  std::vector<TableRow> rows = {{"option", "value", "jobs", "from"}};
  for (const auto& aspect : differences) {
    auto own = rows_of(jobs, aspect);
    const auto left_out = own.size() > max_values ? own.size() - max_values : 0;
    own.resize(own.size() - left_out);
    rows.insert(rows.end(), own.begin(), own.end());
    if (left_out > 0) rows.push_back({"", "... and " + std::to_string(left_out) + " other values", "", ""});
  }
  std::size_t option_width = 0;
  std::size_t value_width = 0;
  std::size_t jobs_width = 0;
  for (auto& row : rows) {
    row.value = util::fit(row.value, 40);
    row.jobs = util::fit(row.jobs, 24);
    option_width = std::max(option_width, row.option.size());
    value_width = std::max(value_width, util::display_width(row.value));
    jobs_width = std::max(jobs_width, row.jobs.size());
  }
  std::string text;
  for (const auto& row : rows) {
    auto line = "  " + util::pad(row.option, option_width) + "  " + util::pad(row.value, value_width) + "  " +
                util::pad(row.jobs, jobs_width) + "  " + row.source;
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

}  // namespace sarray::plan
