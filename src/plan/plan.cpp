#include "plan/plan.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include "plan/arrays.hpp"
#include "plan/conflict.hpp"
#include "plan/graph.hpp"
#include "plan/largest.hpp"
#include "plan/notes.hpp"
#include "plan/twins.hpp"
#include "slurm/language/settings.hpp"
#include "slurm/language/value.hpp"
#include "slurm/language/virtual_id.hpp"
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
  const auto* dependency = job.find("dependency");
  job.dependency = dependency != nullptr ? slurm::parse_dependency(dependency->value, settings.release()) : std::nullopt;
}

/// Jobs with equal keys may share an array.
/// @param any_amount whether values of --mem and --time may differ.
std::string sharing_key(const PlannedJob& planned, const PlanOptions& options, bool any_amount = false) {
  std::string key;
  for (const auto& setting : planned.job.settings) {
    if (setting.option->owner != Owner::array) continue;
    key += setting.option->name;
    const bool is_amount = setting.option->name == "mem" || setting.option->name == "time";
    if (setting.has_value && !(any_amount && is_amount))
      key.append("=").append(slurm::normalize_value(*setting.option, setting.value));
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

bool is_singleton(const PlannedJob& planned) {
  if (!planned.job.dependency) return false;
  const auto& conditions = planned.job.dependency->conditions;
  return std::any_of(conditions.begin(), conditions.end(),
                     [](const auto& condition) { return condition.type == slurm::DependencyType::singleton; });
}

/// Returns what jobs must have in common so that they may share an array if their options are equal.
std::string company_key(const PlannedJob& planned) {
  auto key = std::to_string(planned.stage);
  if (planned.is_alone) return key + " " + std::to_string(planned.number);
  // Others of that name, which are not the session's, know the array by its name.
  return is_singleton(planned) ? key + "=" + planned.job.name : key;
}

struct Group {
  std::vector<std::uint32_t> jobs;  ///< indices
  std::size_t company = 0;          ///< groups with equal ones differ in their options only
};

/// Returns groups of jobs that may share an array, in the order of their stages; else groups and members are in order of
/// submission.
std::vector<Group> group_jobs(const std::vector<PlannedJob>& jobs, const PlanOptions& options) {
  std::vector<Group> groups;
  std::unordered_map<std::string, std::size_t> companies;
  std::unordered_map<std::string, std::size_t> by_key;
  for (std::uint32_t i = 0; i < jobs.size(); ++i) {
    const auto company = companies.emplace(company_key(jobs[i]), companies.size()).first->second;
    const auto [found, is_new] = by_key.emplace(std::to_string(company) + " " + sharing_key(jobs[i], options), groups.size());
    if (is_new) groups.push_back({{}, company});
    groups[found->second].jobs.push_back(i);
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [&](const Group& a, const Group& b) { return jobs[a.jobs.front()].stage < jobs[b.jobs.front()].stage; });
  return groups;
}

/// Gives jobs that differ in --mem or --time only, and could share an array otherwise, the largest of each.
void take_largest(Plan& plan, const PlanOptions& options) {
  std::map<std::string, std::vector<std::uint32_t>> groups;
  for (std::uint32_t i = 0; i < plan.jobs.size(); ++i)
    groups[company_key(plan.jobs[i]) + " " + sharing_key(plan.jobs[i], options, true)].push_back(i);
  for (const auto& [key, members] : groups) {
    std::vector<PlannedJob> jobs;
    for (const auto member : members) jobs.push_back(plan.jobs[member]);
    const auto largest = find_largest(jobs, find_differences(jobs, options), options.release);
    if (!largest || largest->less == 0) continue;
    std::vector<std::uint32_t> numbers;
    for (const auto member : members) {
      apply_overrides(plan.jobs[member], largest->settings);
      numbers.push_back(plan.jobs[member].number);
    }
    plan.notes.push_back("jobs " + format_numbers(numbers) + " get " + format_settings(largest->settings) +
                         ", the largest: " + describe_waste(*largest));
  }
}

/// Returns the jobs of the first company whose options differ: one array cannot hold them. None: there is no such company.
std::vector<PlannedJob> find_unequal_company(const std::vector<PlannedJob>& jobs, const std::vector<Group>& groups) {
  std::vector<std::size_t> sizes(groups.size());
  for (const auto& group : groups) ++sizes[group.company];
  std::vector<std::uint32_t> members;
  const auto first = std::find_if(groups.begin(), groups.end(), [&](const auto& group) { return sizes[group.company] > 1; });
  if (first == groups.end()) return {};
  for (const auto& group : groups) {
    if (group.company == first->company) members.insert(members.end(), group.jobs.begin(), group.jobs.end());
  }
  std::sort(members.begin(), members.end());
  std::vector<PlannedJob> unequal;
  for (const auto member : members) unequal.push_back(jobs[member]);
  return unequal;
}

/// Makes what all jobs of an array wait for the array's own --dependency. Precondition: can_wait_together().
void add_dependency(const std::vector<PlannedJob>& jobs, MergedArray& array) {
  const auto& first = jobs[array.placements.front().job];
  if (first.waits.conditions.empty()) return;
  auto setting = *first.job.find("dependency");
  setting.value = slurm::format_dependency(first.waits);
  const auto later = std::find_if(array.settings.begin(), array.settings.end(),
                                  [&](const auto& other) { return other.option->name > setting.option->name; });
  array.settings.insert(later, std::move(setting));
}

/// Fills arrays with jobs, in order; a job's tasks stay together. Each job goes into the fullest array that has room for it,
/// which comes close to the fewest arrays (finding the fewest of all is bin packing, and may take forever).
void fill_arrays(Plan& plan, const std::vector<std::uint32_t>& group, const PlanOptions& options) {
  const auto capacity = options.limits.tasks_per_array();
  std::vector<std::vector<std::uint32_t>> members;
  std::set<std::pair<std::uint32_t, std::size_t>> rooms;  // the free places of an array, and which array
  for (const auto index : group) {
    const auto tasks = plan.jobs[index].tasks();
    auto free = capacity;
    auto at = members.size();
    if (const auto room = rooms.lower_bound({tasks, 0}); room != rooms.end()) {
      std::tie(free, at) = *room;
      rooms.erase(room);
    } else {
      members.emplace_back();
    }
    members[at].push_back(index);
    rooms.emplace(free - tasks, at);
  }
  for (const auto& jobs : members) plan.arrays.push_back(build_array(plan.jobs, jobs, options));
}

void note_throttles(Plan& plan, const PlanOptions& options) {
  if (options.throttle) return;
  for (const auto& array : plan.arrays) {
    if (array.throttle == 0 || array.placements.size() < 2) continue;
    plan.notes.push_back("the merged throttle is the sum of the jobs' own: %" + std::to_string(array.throttle) +
                         "; a job by itself may run more tasks at once than its own % says");
  }
}

/// @param jobs those that should share one array.
util::Error explain_differences(const Plan& plan, const std::vector<PlannedJob>& jobs, const std::vector<Aspect>& differences,
                                const PlanOptions& options) {
  util::Error error;
  error.body = format_differences(jobs, differences);
  const bool is_all = jobs.size() == plan.jobs.size();
  error.what = is_all ? "the jobs cannot share one array" : "jobs that wait for the same stage cannot share one array";
  error.why = "they differ in " + util::count(differences.size(), "option") + " that an array has only once";
  error.hint = options.command + " --split would submit " + util::count(plan.arrays.size(), "array");
  if (const auto largest = find_largest(jobs, differences, options.release)) {
    const auto more = is_all ? " " + format_settings(largest->settings) : " --merge=largest";
    error.hint = options.command + more + (is_all ? " makes it one array" : " makes each stage one array") +
                 ", with the largest of each (" + describe_waste(*largest) + "); " + error.hint;
    return error;
  }
  const bool only_throttle = differences.size() == 1 && differences.front().option == "array throttle";
  if (only_throttle) {
    error.hint = options.command + " -t N throttles all of them together; " + error.hint;
  } else if (differences.size() == 1 && differences.front().option.find(' ') == std::string::npos) {
    error.hint = "make --" + differences.front().option + " equal, or give it to sarray submit, and one array holds " +
                 (is_all ? "all; " : "them; ") + error.hint;
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
  error.hint = options.command + " --split would submit " + util::count(plan.arrays.size(), "array");
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

/// A --dependency for all jobs would take the place of what they wait for among themselves.
util::Result<void> check_overridden_waits(const std::vector<PlannedJob>& jobs, const PlanOptions& options) {
  const auto& overrides = options.overrides;
  const auto given =
      std::find_if(overrides.begin(), overrides.end(), [](const auto& s) { return s.option->name == "dependency"; });
  if (given == overrides.end()) return {};
  const auto dependency = slurm::parse_dependency(given->value, options.release);
  const bool is_shared =
      dependency && std::all_of(dependency->conditions.begin(), dependency->conditions.end(), [](const auto& c) {
        return c.type != slurm::DependencyType::aftercorr && c.type != slurm::DependencyType::singleton;
      });
  if (!is_shared)
    return util::fail("--dependency=" + given->value, "only what all jobs wait for together can be given to submit",
                      "afterok, afterany, afternotok or after");
  for (const auto& planned : jobs) {
    if (!planned.job.dependency) continue;
    const auto& conditions = planned.job.dependency->conditions;
    const bool is_inner = is_singleton(planned) || std::any_of(conditions.begin(), conditions.end(), [](const auto& condition) {
                            return slurm::is_virtual_id(condition.job);
                          });
    if (!is_inner) continue;
    return util::fail("--dependency=" + given->value,
                      "it would replace what job " + std::to_string(planned.number) +
                          " waits for, --dependency=" + planned.job.find("dependency")->value,
                      "give it to the calls that wait for no other: sarray list");
  }
  return {};
}

std::uint64_t largest_group(const std::vector<PlannedJob>& jobs, const std::vector<Group>& groups) {
  std::uint64_t largest = 0;
  for (const auto& group : groups) {
    std::uint64_t tasks = 0;
    for (const auto job : group.jobs) tasks += jobs[job].tasks();
    largest = std::max(largest, tasks);
  }
  return largest;
}

/// Gives each array the --dependency that all of its jobs share, or, if one array has none that says all, leaves it to what is
/// done after the submission.
void set_dependencies(Plan& plan) {
  plan.is_pipeline = !std::all_of(plan.arrays.begin(), plan.arrays.end(),
                                  [&](const auto& array) { return can_wait_together(plan.jobs, array.placements); });
  if (plan.is_pipeline) return;
  for (auto& array : plan.arrays) add_dependency(plan.jobs, array);
}

}  // namespace

std::uint32_t ClusterLimits::tasks_per_array() const {
  if (!known) return 4000000;  // the largest MaxArraySize that Slurm accepts is 4000001
  const auto by_size = std::max<std::uint32_t>(max_array_size, 1);
  return max_array_tasks > 0 ? std::min(by_size, max_array_tasks) : by_size;
}

const char* names_word(Names names) { return names == Names::task ? "task" : "slurm"; }

util::Result<Plan> make_plan(std::vector<PlannedJob> jobs, const PlanOptions& options) {
  CHECK_OK(check_overridden_waits(jobs, options));
  Plan plan;
  plan.jobs = std::move(jobs);
  for (auto& planned : plan.jobs) apply_overrides(planned, options.overrides);
  CHECK_OK(check_job_sizes(plan.jobs, options));
  CHECK_OK(find_waits(plan.jobs, options.outside, options.release));
  find_stages(plan.jobs);
  if (options.merge_largest) take_largest(plan, options);
  const auto groups = group_jobs(plan.jobs, options);
  for (const auto& group : groups) fill_arrays(plan, group.jobs, options);
  if (!options.split) {
    if (const auto unequal = find_unequal_company(plan.jobs, groups); !unequal.empty())
      return util::fail(explain_differences(plan, unequal, find_differences(unequal, options), options));
    if (plan.arrays.size() > groups.size()) return util::fail(explain_size(plan, options, largest_group(plan.jobs, groups)));
  }
  set_dependencies(plan);
  cut_for_twins(plan, options);
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
    std::vector<std::uint32_t> members;
    for (auto i = begin; i < end; ++i) members.push_back(whole[i].job);
    auto array = build_array(plan.jobs, members, options);
    if (!plan.is_pipeline) add_dependency(plan.jobs, array);
    return array;
  };
  plan.arrays[number] = make(0, jobs);
  plan.arrays.insert(plan.arrays.begin() + static_cast<std::ptrdiff_t>(number) + 1, make(jobs, whole.size()));
}

slurm::GroupPlace place_in_group(const Plan& plan, std::size_t number, const PlanOptions& options) {
  if (options.group == 0) return {};
  const auto before = options.parts_before;
  return {options.group, before + static_cast<std::uint32_t>(number) + 1,
          before + static_cast<std::uint32_t>(plan.arrays.size())};
}

void name_in_group(Plan& plan, std::size_t number, const PlanOptions& options) {
  auto& array = plan.arrays[number];
  const bool is_named = std::any_of(options.overrides.begin(), options.overrides.end(),
                                    [](const auto& setting) { return setting.option->name == "job-name"; });
  const bool has_singleton = std::any_of(array.placements.begin(), array.placements.end(),
                                         [&](const auto& placement) { return is_singleton(plan.jobs[placement.job]); });
  if (options.group > 0 && !is_named && !has_singleton) array.name = slurm::array_name(place_in_group(plan, number, options));
}

}  // namespace sarray::plan
