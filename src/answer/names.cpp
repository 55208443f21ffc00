#include "answer/names.hpp"

#include <algorithm>

#include "util/parse.hpp"

namespace sarray::answer {

namespace {

/// More tasks than an array can have are not expanded.
constexpr std::uint32_t max_task = script::max_tasks;

bool read_tasks(std::string_view text, std::vector<std::uint32_t>& tasks) {
  text = text.substr(0, text.find('%'));
  while (!text.empty()) {
    auto item = util::take_until(text, ',');
    const auto range = util::take_until(item, ':');
    const auto step = item.empty() ? std::optional<std::uint32_t>(1) : util::to_number<std::uint32_t>(item);
    auto rest = range;
    const auto first = util::to_number<std::uint32_t>(util::take_until(rest, '-'));
    const auto last = rest.empty() ? first : util::to_number<std::uint32_t>(rest);
    if (!first || !last || !step || *step == 0 || *last > max_task) return false;
    for (auto id = *first; id <= *last; id += *step) tasks.push_back(id);
  }
  std::sort(tasks.begin(), tasks.end());
  tasks.erase(std::unique(tasks.begin(), tasks.end()), tasks.end());
  return !tasks.empty();
}

}  // namespace

std::optional<JobName> read_name(std::string_view text) {
  JobName name;
  const auto end = std::min(text.find_first_of("_."), text.size());
  const auto job = util::to_number<std::uint32_t>(text.substr(0, end));
  if (!job) return std::nullopt;
  name.job = *job;
  auto rest = text.substr(end);
  if (rest.starts_with("_[")) {
    const auto close = rest.find(']');
    if (close == std::string_view::npos || !read_tasks(rest.substr(2, close - 2), name.tasks)) return std::nullopt;
    name.is_block = true;
    rest.remove_prefix(close + 1);
  } else if (rest.starts_with("_*")) {
    name.is_whole = true;
    rest.remove_prefix(2);
  } else if (rest.starts_with('_')) {
    const auto task_end = std::min(rest.find('.'), rest.size());
    const auto task = util::to_number<std::uint32_t>(rest.substr(1, task_end - 1));
    if (!task) return std::nullopt;
    name.tasks.push_back(*task);
    rest.remove_prefix(task_end);
  }
  if (rest.empty()) return name;
  if (rest[0] != '.' || rest.size() == 1) return std::nullopt;
  name.step = rest.substr(1);
  return name;
}

std::vector<std::string> split_names(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    auto end = text.find(',');
    if (const auto open = text.find('['); open < end) end = text.find(',', std::min(text.find(']'), text.size()));
    const auto name = text.substr(0, end);
    text.remove_prefix(std::min(name.size() + 1, text.size()));
    if (!name.empty()) names.emplace_back(name);
  }
  return names;
}

std::string write_tasks(const std::vector<std::uint32_t>& tasks) {
  if (tasks.empty()) return {};
  constexpr std::uint32_t long_range = 10;
  constexpr std::size_t many = 5;
  if (tasks.size() > many && tasks.back() - tasks.front() > long_range) {
    const auto step = tasks[1] - tasks[0];
    bool is_even = step > 1;
    for (std::size_t i = 1; is_even && i < tasks.size(); ++i) is_even = tasks[i] - tasks[i - 1] == step;
    if (is_even) return std::to_string(tasks.front()) + "-" + std::to_string(tasks.back()) + ":" + std::to_string(step);
  }
  std::string text;
  for (std::size_t i = 0; i < tasks.size();) {
    auto last = i;
    while (last + 1 < tasks.size() && tasks[last + 1] == tasks[last] + 1) ++last;
    text += (text.empty() ? "" : ",") + std::to_string(tasks[i]);
    if (last > i) text += "-" + std::to_string(tasks[last]);
    i = last + 1;
  }
  return text;
}

std::string OurName::text() const {
  auto text = std::to_string(job->id);
  if (!tasks.empty()) text += is_block ? "_[" + write_tasks(tasks) + "]" : "_" + std::to_string(tasks.front());
  return step.empty() ? text : text + "." + step;
}

std::vector<OurName> find_ours(const script::Map& map, const JobName& name) {
  std::vector<OurName> found;
  for (const auto index : name.tasks) {
    const auto* job = map.job_at(index);
    if (job == nullptr) continue;
    const auto local = job->local_id(index);
    if (local && !found.empty() && found.back().job == job && name.is_block) {
      found.back().tasks.push_back(*local);
      continue;
    }
    OurName ours;
    ours.job = job;
    if (local) ours.tasks.push_back(*local);
    ours.is_block = name.is_block;
    ours.has_own_id = !name.is_block;
    ours.step = name.step;
    found.push_back(std::move(ours));
  }
  return found;
}

std::optional<std::vector<std::uint32_t>> find_indices(const script::Map& map, const JobName& ours) {
  const auto job = std::find_if(map.jobs.begin(), map.jobs.end(), [&](const auto& mapped) { return mapped.id == ours.job; });
  if (job == map.jobs.end()) return std::nullopt;
  std::vector<std::uint32_t> indices;
  if (ours.tasks.empty()) {
    for (std::uint32_t i = 0; i < job->tasks; ++i) {
      const auto local = job->ids ? std::optional(job->ids->nth(i)) : std::nullopt;
      if (const auto index = job->index_of(local)) indices.push_back(*index);
    }
    return indices;
  }
  if (!job->ids) return indices;
  for (const auto task : ours.tasks) {
    if (const auto index = job->index_of(task)) indices.push_back(*index);
  }
  return indices;
}

bool shows_arguments(const slurm::Release& release) { return release < slurm::Release{23, 2}; }

std::string command_of(const script::MappedJob& job, bool has_arguments) {
  if (job.source != slurm::ScriptSource::file) return "(null)";
  auto text = job.script_path;
  if (!has_arguments) return text;
  for (const auto& argument : job.arguments) text += " " + argument;
  return text;
}

std::string write_slurm_name(const std::string& array, const std::vector<std::uint32_t>& indices) {
  if (indices.size() == 1) return array + "_" + std::to_string(indices.front());
  return array + "_[" + write_tasks(indices) + "]";
}

}  // namespace sarray::answer
