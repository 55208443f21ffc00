#include "report/usage.hpp"

#include <algorithm>
#include <cstdio>
#include <optional>

#include "report/status.hpp"
#include "report/table.hpp"
#include "util/user_text.hpp"

namespace sarray::report {

namespace {

struct Spread {
  double median = 0;
  double most = 0;
};

Spread spread(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const auto middle = values.size() / 2;
  const bool is_even = values.size() % 2 == 0;
  return {is_even ? (values[middle - 1] + values[middle]) / 2 : values[middle], values.back()};
}

struct JobUsage {
  Spread elapsed;     ///< seconds
  Spread efficiency;  ///< of the CPUs that were asked for, 0 to 1
  Spread memory;      ///< bytes
  std::uint64_t asked_memory = 0;
  std::uint32_t cpus = 0;
};

std::optional<JobUsage> find_usage(const History& history, const merge::MappedJob& job) {
  std::vector<double> elapsed;
  std::vector<double> efficiency;
  std::vector<double> memory;
  JobUsage result;
  for (auto index = job.first_index; index < job.first_index + job.tasks; ++index) {
    const auto& task = history.task(index);
    if (!slurm::is_done(task.state) || !task.usage || task.start.empty()) continue;
    elapsed.push_back(static_cast<double>(task.elapsed));
    const double given = static_cast<double>(task.elapsed) * std::max(task.usage->cpus, 1U);
    if (given > 0) efficiency.push_back(task.usage->cpu_seconds / given);
    if (task.usage->max_rss > 0) memory.push_back(static_cast<double>(task.usage->max_rss));
    result.asked_memory = std::max(result.asked_memory, task.usage->asked_memory);
    result.cpus = std::max(result.cpus, task.usage->cpus);
  }
  if (elapsed.empty()) return std::nullopt;
  result.elapsed = spread(std::move(elapsed));
  result.efficiency = spread(std::move(efficiency));
  result.memory = spread(std::move(memory));
  return result;
}

std::string percent(double share) { return std::to_string(static_cast<int>(share * 100 + 0.5)) + "%"; }

std::string memory_or_dash(double bytes) { return bytes > 0 ? memory_text(static_cast<std::uint64_t>(bytes)) : "-"; }

}  // namespace

std::string usage_text(const History& history, std::size_t width) {
  Table table({true, true, true, true, true, true, true, true, true, false});
  table.add({"job", "elapsed", "max", "cpu", "max", "cpus", "memory", "max", "asked", "name"});
  for (const auto& job : history.map().jobs) {
    const auto usage = find_usage(history, job);
    const auto name = util::printable(job.name);
    if (!usage) {
      table.add({std::to_string(job.number), "-", "-", "-", "-", "-", "-", "-", "-", name});
      continue;
    }
    table.add({std::to_string(job.number), duration_text(static_cast<std::int64_t>(usage->elapsed.median)),
               duration_text(static_cast<std::int64_t>(usage->elapsed.most)), percent(usage->efficiency.median), percent(usage->efficiency.most),
               std::to_string(usage->cpus), memory_or_dash(usage->memory.median), memory_or_dash(usage->memory.most),
               memory_or_dash(static_cast<double>(usage->asked_memory)), name});
  }
  return table.text(width) + "median and max of each job's finished tasks; cpu: used of what was asked for\n";
}

Json usage_json(const History& history, const merge::MappedJob& job) {
  const auto usage = find_usage(history, job);
  if (!usage) return nullptr;
  return Json{{"elapsed_median", usage->elapsed.median},
              {"elapsed_max", usage->elapsed.most},
              {"cpu_efficiency_median", usage->efficiency.median},
              {"cpu_efficiency_max", usage->efficiency.most},
              {"cpus", usage->cpus},
              {"memory_median", usage->memory.median},
              {"memory_max", usage->memory.most},
              {"memory_asked", usage->asked_memory}};
}

}  // namespace sarray::report
