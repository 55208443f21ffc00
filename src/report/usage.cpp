#include "report/usage.hpp"

#include <algorithm>
#include <cstdio>
#include <optional>

#include "report/status.hpp"
#include "report/table.hpp"
#include "util/user_text.hpp"
#include "util/wrap.hpp"

namespace sarray::report {

namespace {

struct Spread {
  double median = 0;
  double max = 0;
};

/// Returns nullopt for an empty list: unknown is not 0.
std::optional<Spread> spread(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const auto middle = values.size() / 2;
  const bool is_even = values.size() % 2 == 0;
  return Spread{is_even ? (values[middle - 1] + values[middle]) / 2 : values[middle], values.back()};
}

struct JobUsage {
  Spread elapsed;                    ///< seconds
  std::optional<Spread> efficiency;  ///< the share of the requested CPU time, 0 to 1
  std::optional<Spread> memory;      ///< bytes
  std::uint64_t asked_memory = 0;
  std::uint32_t cpus = 0;
};

std::optional<JobUsage> find_usage(const follow::History& history, const script::MappedJob& job) {
  std::vector<double> elapsed;
  std::vector<double> efficiency;
  std::vector<double> memory;
  JobUsage result;
  for (auto index = job.first_index; index < job.first_index + job.tasks; ++index) {
    const auto& task = history.task(index);
    if (!history.means(index) || !slurm::is_done(task.state) || !task.usage || task.start.empty()) continue;
    elapsed.push_back(static_cast<double>(task.elapsed));
    const double given = static_cast<double>(task.elapsed) * std::max(task.usage->cpus, 1U);
    const bool is_measured = task.usage->cpu_seconds > 0 || task.usage->max_rss > 0;  // even `true` needs some milliseconds
    if (given > 0 && is_measured) efficiency.push_back(task.usage->cpu_seconds / given);
    if (task.usage->max_rss > 0) memory.push_back(static_cast<double>(task.usage->max_rss));
    result.asked_memory = std::max(result.asked_memory, task.usage->asked_memory);
    result.cpus = std::max(result.cpus, task.usage->cpus);
  }
  const auto times = spread(std::move(elapsed));
  if (!times) return std::nullopt;
  result.elapsed = *times;
  result.efficiency = spread(std::move(efficiency));
  result.memory = spread(std::move(memory));
  return result;
}

std::string percent(double share) { return std::to_string(static_cast<int>(share * 100 + 0.5)) + "%"; }

std::string size_text(double bytes) { return memory_text(static_cast<std::uint64_t>(bytes)); }

std::string text_of(const std::optional<Spread>& values, double Spread::*member, std::string (*format)(double)) {
  return values ? format((*values).*member) : "-";
}

util::Json json_of(const std::optional<Spread>& values, double Spread::*member) {
  return values ? util::Json((*values).*member) : util::Json(nullptr);
}

}  // namespace

namespace {

void add_rows(const follow::History& history, Table& table, bool with_array) {
  for (const auto& job : history.map().jobs) {
    if (follow::summarize(history, job).tasks == 0) continue;
    const auto usage = find_usage(history, job);
    std::vector<std::string> row = {std::to_string(job.number), "-", "-", "-", "-", "-", "-", "-", "-",
                                    util::printable(job.name)};
    if (usage) {
      row = {std::to_string(job.number),
             duration_text(static_cast<std::int64_t>(usage->elapsed.median)),
             duration_text(static_cast<std::int64_t>(usage->elapsed.max)),
             text_of(usage->efficiency, &Spread::median, percent),
             text_of(usage->efficiency, &Spread::max, percent),
             std::to_string(usage->cpus),
             text_of(usage->memory, &Spread::median, size_text),
             text_of(usage->memory, &Spread::max, size_text),
             usage->asked_memory > 0 ? memory_text(usage->asked_memory) : "-",
             util::printable(job.name)};
    }
    if (with_array) row.insert(row.begin(), history.attempts.front().job_id);
    table.add(std::move(row));
  }
}

}  // namespace

std::string usage_text(const follow::Histories& histories, std::size_t width) {
  const bool with_array = histories.size() > 1;
  std::vector<bool> right = {true, true, true, true, true, true, true, true, true, false};
  std::vector<std::string> head = {"job", "elapsed", "max", "cpu", "max", "cpus", "memory", "max", "asked", "name"};
  if (with_array) {
    right.insert(right.begin(), true);
    head.insert(head.begin(), "job id");
  }
  Table table(right);
  table.add(head);
  for (const auto* history : histories) add_rows(*history, table, with_array);
  const auto legend = util::wrap("median and max of each job's finished tasks; cpu: share of the requested time", width, 0);
  return table.text(width) + legend + "\n";
}

util::Json usage_json(const follow::History& history, const script::MappedJob& job) {
  const auto usage = find_usage(history, job);
  if (!usage) return nullptr;
  return util::Json{{"elapsed_median", usage->elapsed.median},
                    {"elapsed_max", usage->elapsed.max},
                    {"cpu_efficiency_median", json_of(usage->efficiency, &Spread::median)},
                    {"cpu_efficiency_max", json_of(usage->efficiency, &Spread::max)},
                    {"cpus", usage->cpus},
                    {"memory_median", json_of(usage->memory, &Spread::median)},
                    {"memory_max", json_of(usage->memory, &Spread::max)},
                    {"memory_asked", usage->asked_memory > 0 ? util::Json(usage->asked_memory) : util::Json(nullptr)}};
}

}  // namespace sarray::report
