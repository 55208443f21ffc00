#include "commands/dependents.hpp"

#include <algorithm>
#include <map>

#include "follow/waits.hpp"
#include "plan/plan.hpp"
#include "util/join.hpp"
#include "util/message.hpp"
#include "util/user_text.hpp"

namespace sarray::commands {

std::vector<std::string> name_tasks(const std::string& job_id, const std::vector<std::uint32_t>& indices) {
  if (indices.size() == 1 && indices.front() == slurm::TaskRecord::plain_job) return {job_id};
  constexpr std::size_t max_numbers = 300;
  std::vector<std::string> names;
  for (std::size_t at = 0; at < indices.size();) {
    // A run of neighbours costs two numbers however long it is.
    auto end = at;
    for (std::size_t runs = 0; end < indices.size() && runs < max_numbers; ++runs) {
      do ++end;
      while (end < indices.size() && indices[end] == indices[end - 1] + 1);
    }
    const auto begin = indices.begin();
    const auto list = plan::format_numbers(
        std::vector<std::uint32_t>(begin + static_cast<std::ptrdiff_t>(at), begin + static_cast<std::ptrdiff_t>(end)));
    names.push_back(job_id + "_[" + list + "]");
    at = end;
  }
  return names;
}

namespace {

TaskGroup make_group(follow::JobNames& job_names, const std::vector<follow::SlurmTask>& tasks) {
  constexpr std::size_t max_named = 5;
  TaskGroup group;
  group.tasks = tasks.size();
  std::map<std::string, std::vector<std::uint32_t>> by_array;
  std::vector<std::pair<std::uint32_t, std::string>> jobs;  // by their numbers; the tasks' array ids are sorted as texts
  for (const auto& task : tasks) {
    by_array[task.first].push_back(task.second);
    const auto named = job_names.find(task);
    auto text = named.name.empty() ? named.task : (named.job > 0 ? std::to_string(named.job) + " " : "") + named.name;
    const std::pair<std::uint32_t, std::string> job(named.job, std::move(text));
    if (std::find(jobs.begin(), jobs.end(), job) == jobs.end()) jobs.push_back(job);
  }
  std::stable_sort(jobs.begin(), jobs.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [job_id, indices] : by_array) {
    std::sort(indices.begin(), indices.end());
    for (auto& name : name_tasks(job_id, indices)) group.names.push_back(std::move(name));
  }
  const auto more = jobs.size() > max_named + 1 ? jobs.size() - max_named : 0;
  jobs.resize(jobs.size() - more);
  group.jobs = util::join(jobs, ", ", [](const auto& job) { return util::printable(job.second); }) +
               (more > 0 ? " and " + util::count(more, "other job") : "");
  return group;
}

}  // namespace

util::Result<Dependents> find_dependents(const slurm::SlurmSite& site, const engine::Engine& engine,
                                         const follow::Histories& histories, const std::vector<follow::SlurmTask>& cancelled) {
  TRY(auto waiting, engine.waiting_tasks());
  const follow::WaitGraph graph(std::move(waiting));
  std::vector<follow::SlurmTask> never;
  std::vector<follow::SlurmTask> freed;
  for (const auto& dependent : graph.dependents(cancelled)) {
    (dependent.is_never ? never : freed).emplace_back(dependent.task->array_id, dependent.task->index);
  }
  follow::JobNames names(site, engine);
  for (const auto* history : histories) names.add(*history);
  return Dependents{make_group(names, never), make_group(names, freed)};
}

}  // namespace sarray::commands
