#include "plan/plan.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "plan/conflict.hpp"
#include "plan/notes.hpp"
#include "slurm/language/settings.hpp"
#include "slurm/language/value.hpp"
#include "util/message.hpp"

namespace sarray::plan {

namespace {

using slurm::Owner;

/// Replaces the jobs' options by those given to submit, by sbatch's rules of which options exclude each other. --job-name names
/// only the merged array: tasks keep their names.
void apply_overrides(PlannedJob& planned, const std::vector<slurm::Setting>& overrides) {
  if (overrides.empty()) return;
  auto& job = planned.job;
  slurm::Settings settings;
  for (const auto& setting : job.settings) {
    settings.set(*setting.option, setting.has_value ? std::optional(setting.value) : std::nullopt, setting.source);
  }
  for (const auto& override : overrides) {
    const auto& name = override.option->name;
    if (name == "job-name") continue;
    settings.replace(override);
    if (name == "output") job.output = override.value;
    if (name == "error") job.error = override.value;
    if (name == "input") job.input = override.value;
    if (name == "chdir") job.work_directory = override.value;
    if (name == "open-mode") {
      const bool appends = override.value.starts_with('a') || override.value.starts_with('A');
      job.open_mode = appends ? slurm::OpenMode::append : slurm::OpenMode::truncate;
    }
  }
  job.settings = settings.all();
}

/// Jobs with equal keys may share an array.
std::string sharing_key(const PlannedJob& planned, const PlanOptions& options) {
  std::string key;
  for (const auto& setting : planned.job.settings) {
    if (setting.option->owner != Owner::array) continue;
    key += setting.option->name;
    if (setting.has_value) key.append("=").append(slurm::normalize_value(*setting.option, setting.value));
    key += '\0';
  }
  // Another configuration file may belong to another cluster.
  if (const auto file = planned.call->environment.get(slurm::configuration_variable))
    key.append(slurm::configuration_variable).append("=").append(*file) += '\0';
  if (slurm::loads_login_environment(planned.job, options.release)) key += "login";
  if (slurm::loses_limits(*planned.call)) key += "limits";
  if (!options.throttle && planned.job.ids && planned.job.ids->throttle() > 0) key += '%';
  return key;
}

/// Returns groups of jobs (indices) that may share an array; groups and members are in order of submission.
std::vector<std::vector<std::uint32_t>> group_jobs(const std::vector<PlannedJob>& jobs, const PlanOptions& options) {
  std::vector<std::vector<std::uint32_t>> groups;
  std::unordered_map<std::string, std::size_t> by_key;
  for (std::uint32_t i = 0; i < jobs.size(); ++i) {
    const auto [found, is_new] = by_key.emplace(sharing_key(jobs[i], options), groups.size());
    if (is_new) groups.emplace_back();
    groups[found->second].push_back(i);
  }
  return groups;
}

std::string merged_name(const std::vector<PlannedJob>& jobs, const MergedArray& array, const PlanOptions& options) {
  for (const auto& override : options.overrides) {
    if (override.option->name == "job-name") return override.value;
  }
  const auto& first = jobs[array.placements.front().job].job.name;
  const bool same =
      std::all_of(array.placements.begin(), array.placements.end(), [&](const auto& p) { return jobs[p.job].job.name == first; });
  return same ? first : "sarray";
}

std::uint32_t merged_throttle(const std::vector<PlannedJob>& jobs, const MergedArray& array, const PlanOptions& options) {
  if (options.throttle) return *options.throttle;
  std::uint64_t sum = 0;
  for (const auto& placement : array.placements) {
    const auto& ids = jobs[placement.job].job.ids;
    sum += ids ? ids->throttle() : 0;
  }
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(sum, 2000000000U));
}

MergedArray start_array(const PlannedJob& first, const PlanOptions& options) {
  MergedArray array;
  for (const auto& setting : first.job.settings) {
    if (setting.option->owner == Owner::array) array.settings.push_back(setting);
  }
  array.node_limits = slurm::loses_limits(*first.call);
  array.login = slurm::loads_login_environment(first.job, options.release);
  return array;
}

/// Gives a job that has an array to itself its own ids as indices, if they are one range without gaps, so that squeue shows them.
void keep_own_indices(const std::vector<PlannedJob>& jobs, MergedArray& array, const PlanOptions& options) {
  if (array.placements.size() != 1) return;
  const auto& ids = jobs[array.placements.front().job].job.ids;
  const bool is_range = ids && ids->max() - ids->min() + 1 == ids->count();
  if (is_range && (!options.limits.known || ids->max() < options.limits.max_array_size))
    array.placements.front().first_index = ids->min();
}

/// Fills arrays with jobs, in order; a job's tasks stay together. Each job goes into the fullest array that has room for it,
/// which comes close to the fewest arrays (finding the fewest of all is bin packing, and may take forever).
void fill_arrays(Plan& plan, const std::vector<std::uint32_t>& group, const PlanOptions& options) {
  const auto capacity = options.limits.tasks_per_array();
  const auto first = plan.arrays.size();
  std::set<std::pair<std::uint32_t, std::size_t>> rooms;  // the free places of an array, and which array
  for (const auto index : group) {
    const auto tasks = plan.jobs[index].tasks();
    auto at = plan.arrays.size();
    if (const auto room = rooms.lower_bound({tasks, 0}); room != rooms.end()) {
      at = room->second;
      rooms.erase(room);
    } else {
      plan.arrays.push_back(start_array(plan.jobs[index], options));
    }
    auto& array = plan.arrays[at];
    array.placements.push_back({index, array.tasks});
    array.tasks += tasks;
    rooms.emplace(capacity - array.tasks, at);
  }
  for (auto i = first; i < plan.arrays.size(); ++i) {
    plan.arrays[i].name = merged_name(plan.jobs, plan.arrays[i], options);
    plan.arrays[i].throttle = merged_throttle(plan.jobs, plan.arrays[i], options);
    keep_own_indices(plan.jobs, plan.arrays[i], options);
  }
}

void note_throttles(Plan& plan, const PlanOptions& options) {
  if (options.throttle) return;
  for (const auto& array : plan.arrays) {
    if (array.throttle == 0 || array.placements.size() < 2) continue;
    plan.notes.push_back("the merged throttle is the sum of the jobs' own: %" + std::to_string(array.throttle) +
                         "; a job by itself may run more tasks at once than its own % says");
  }
}

util::Error explain_differences(const Plan& plan, const std::vector<Aspect>& differences) {
  util::Error error;
  error.body = format_differences(plan.jobs, differences);
  error.what = "the jobs cannot share one array";
  error.why = "they differ in " + util::count(differences.size(), "option") + " that an array has only once";
  error.hint = "'sarray submit --split' would submit " + util::count(plan.arrays.size(), "array");
  const bool only_throttle = differences.size() == 1 && differences.front().option == "array throttle";
  if (only_throttle) {
    error.hint = "'sarray submit -t N' throttles all of them together; " + error.hint;
  } else if (differences.size() == 1 && differences.front().option.find(' ') == std::string::npos) {
    error.hint =
        "make --" + differences.front().option + " equal, or give it to sarray submit, and one array holds all; " + error.hint;
  }
  return error;
}

util::Error explain_size(const Plan& plan, const PlanOptions& options, std::uint64_t tasks) {
  util::Error error;
  error.what = "too many tasks for one array";
  error.why = std::to_string(tasks) + " tasks, and this cluster allows " + std::to_string(options.limits.tasks_per_array()) +
              " (MaxArraySize=" + std::to_string(options.limits.max_array_size) +
              (options.limits.max_array_tasks > 0 ? ", max_array_tasks=" + std::to_string(options.limits.max_array_tasks) : "") +
              ")";
  error.hint = "'sarray submit --split' would submit " + util::count(plan.arrays.size(), "array");
  return error;
}

util::Result<void> check_job_sizes(const std::vector<PlannedJob>& jobs, const PlanOptions& options) {
  for (const auto& planned : jobs) {
    if (planned.tasks() <= options.limits.tasks_per_array()) continue;
    return util::fail("job " + std::to_string(planned.number),
                      std::to_string(planned.tasks()) + " tasks, and this cluster allows " +
                          std::to_string(options.limits.tasks_per_array()) + " in one array",
                      "drop it from the queue: sarray drop " + std::to_string(planned.number));
  }
  return {};
}

}  // namespace

std::uint32_t ClusterLimits::tasks_per_array() const {
  if (!known) return 4000000;  // the largest MaxArraySize that Slurm accepts is 4000001
  const auto by_size = std::max<std::uint32_t>(max_array_size, 1);
  return max_array_tasks > 0 ? std::min(by_size, max_array_tasks) : by_size;
}

const char* names_word(Names names) { return names == Names::task ? "task" : "slurm"; }

util::Result<Plan> make_plan(std::vector<PlannedJob> jobs, const PlanOptions& options) {
  Plan plan;
  plan.jobs = std::move(jobs);
  for (auto& planned : plan.jobs) apply_overrides(planned, options.overrides);
  CHECK_OK(check_job_sizes(plan.jobs, options));
  const auto groups = group_jobs(plan.jobs, options);
  for (const auto& group : groups) fill_arrays(plan, group, options);
  if (!options.split && groups.size() > 1) {
    return util::fail(explain_differences(plan, find_differences(plan.jobs, options)));
  }
  if (!options.split && plan.arrays.size() > 1) {
    std::uint64_t tasks = 0;
    for (const auto& array : plan.arrays) tasks += array.tasks;
    return util::fail(explain_size(plan, options, tasks));
  }
  CHECK_OK(check_correspondence(plan, options));
  note_throttles(plan, options);
  note_mail(plan);
  note_steps(plan);
  choose_translated(plan, options);
  return plan;
}

void cut_array(Plan& plan, std::size_t number, std::size_t jobs, bool into_next, const PlanOptions& options) {
  auto whole = std::move(plan.arrays[number].placements);
  jobs = std::clamp<std::size_t>(jobs, 1, whole.size() - 1);
  const auto next = plan.arrays.begin() + static_cast<std::ptrdiff_t>(number) + 1;
  if (into_next) {
    whole.insert(whole.end(), next->placements.begin(), next->placements.end());
    plan.arrays.erase(next);
  }
  const auto make = [&](std::size_t begin, std::size_t end) {
    auto array = start_array(plan.jobs[whole[begin].job], options);
    for (auto i = begin; i < end; ++i) {
      array.placements.push_back({whole[i].job, array.tasks});
      array.tasks += plan.jobs[whole[i].job].tasks();
    }
    array.name = merged_name(plan.jobs, array, options);
    array.throttle = merged_throttle(plan.jobs, array, options);
    keep_own_indices(plan.jobs, array, options);
    return array;
  };
  plan.arrays[number] = make(0, jobs);
  plan.arrays.insert(plan.arrays.begin() + static_cast<std::ptrdiff_t>(number) + 1, make(jobs, whole.size()));
}

}  // namespace sarray::plan
