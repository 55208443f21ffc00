#include "plan/graph.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "slurm/language/virtual_id.hpp"
#include "util/join.hpp"

namespace sarray::plan {

namespace {

using slurm::Condition;
using slurm::Dependency;
using slurm::DependencyType;
using slurm::is_virtual_id;

/// From so many tasks on, a job that another waits for as a whole is an array by itself: Slurm keeps, and shows, a list of tasks
/// one by one.
constexpr std::uint32_t many_tasks = 64;

std::string job_words(const PlannedJob& planned) { return "job " + std::to_string(planned.number); }

/// Whether a job has a task of that id. Slurm does not know a task of a plain job.
bool has_task(const std::optional<slurm::ArrayIds>& ids, const std::optional<std::uint32_t>& task) {
  return !task || (ids && ids->contains(*task));
}

/// Finds out what jobs wait for, one by one in the order of their calls.
class WaitFinder {
 public:
  WaitFinder(const std::vector<PlannedJob>& jobs, const OutsideJobs& outside, const slurm::Release& release)
      : m_outside(outside), m_release(release) {
    for (const auto& planned : jobs) m_by_id.emplace(planned.id, &planned);
  }

  util::Result<Dependency> find(const PlannedJob& planned) {
    Dependency waits;
    bool is_satisfied = false;
    if (planned.job.dependency) {
      const auto& given = *planned.job.dependency;
      waits.any = given.any;
      for (const auto& condition : given.conditions) {
        if (condition.type == DependencyType::singleton) {
          add_namesakes(planned, waits);
          continue;
        }
        TRY(const bool is_over, check(planned, condition));
        if (!is_over) add(waits, condition);
        is_satisfied = is_satisfied || is_over;
      }
      if (given.any && is_satisfied) waits.conditions.clear();
    }
    if (waits.conditions.size() < 2) waits.any = false;
    remember_name(planned);
    return waits;
  }

 private:
  static void add(Dependency& waits, const Condition& condition) { waits.conditions.push_back(condition); }

  /// @return whether the condition is satisfied already.
  util::Result<bool> check(const PlannedJob& planned, const Condition& condition) const {
    if (condition.type == DependencyType::aftercorr && condition.task && planned.job.ids) {
      return util::fail(job_words(planned) + ": --dependency=" + slurm::format_condition(condition),
                        "Slurm does not say which task of an array job waits for which if one task is named",
                        "aftercorr with the job's id alone");
    }
    const auto& satisfied = m_outside.satisfied;
    if (std::find(satisfied.begin(), satisfied.end(), condition) != satisfied.end()) return true;
    if (!is_virtual_id(condition.job)) {
      const bool is_own = condition.type == DependencyType::aftercorr && planned.job.ids;
      if (!is_own || find_submitted(m_outside, condition.job) != nullptr) return false;
      return util::fail(job_words(planned) + ": --dependency=" + slurm::format_condition(condition),
                        "it is not known which tasks that job has", "afterok waits for all of them");
    }
    const auto inside = m_by_id.find(condition.job);
    const auto* before = find_submitted(m_outside, condition.job);
    if (inside == m_by_id.end() && before == nullptr) return util::fail(unknown(planned, condition));
    if (inside != m_by_id.end() && inside->second->number >= planned.number) return util::fail(unknown(planned, condition));
    const auto& ids = inside != m_by_id.end() ? inside->second->job.ids : before->ids;
    if (has_task(ids, condition.task)) return false;
    if (!slurm::is_refused_if_unknown(condition.type, m_release)) return true;
    return util::fail(job_words(planned) + ": --dependency=" + slurm::format_condition(condition),
                      "Slurm refuses it: that job has no such task",
                      "drop it from the queue: sarray drop " + std::to_string(planned.number));
  }

  static util::Error unknown(const PlannedJob& planned, const Condition& condition) {
    return {
        job_words(planned) + ": --dependency=" + slurm::format_condition(condition),
        "job " + std::to_string(condition.job) + " is neither in the queue nor in Slurm: it was dropped, or is another session's",
        "sarray list; what waits for a job that will never run is dropped, too: sarray drop " + std::to_string(planned.number)};
  }

  /// singleton: all jobs of the name that are unfinished, or come before. What an earlier singleton waits for need not be said
  /// again.
  void add_namesakes(const PlannedJob& planned, Dependency& waits) {
    auto& namesakes = m_names[planned.job.name];
    if (!namesakes.has_singleton) {
      const auto others = m_outside.by_name.find(planned.job.name);
      if (others != m_outside.by_name.end()) {
        for (const auto id : others->second) add(waits, {DependencyType::afterany, id, std::nullopt, 0});
      }
    }
    for (const auto id : namesakes.ids) add(waits, {DependencyType::afterany, id, std::nullopt, 0});
    namesakes.ids.clear();
    namesakes.has_singleton = true;
  }

  void remember_name(const PlannedJob& planned) { m_names[planned.job.name].ids.push_back(planned.id); }

  struct Namesakes {
    bool has_singleton = false;
    std::vector<std::uint32_t> ids;  ///< since the last singleton, itself included
  };

  const OutsideJobs& m_outside;
  slurm::Release m_release;
  std::unordered_map<std::uint32_t, const PlannedJob*> m_by_id;
  std::unordered_map<std::string, Namesakes> m_names;
};

/// Whether a job waits for all tasks of its parent together. @param ids the parent's.
bool waits_for_whole(const PlannedJob& child, const Condition& condition, const std::optional<slurm::ArrayIds>& ids) {
  if (condition.task) return false;
  if (condition.type != DependencyType::aftercorr || !child.job.ids || !ids) return true;
  for (std::uint32_t n = 0; n < child.tasks(); ++n) {
    if (!ids->contains(child.job.ids->nth(n))) return true;
  }
  return false;
}

/// Whether only a whole array can be waited for in this way: of a list of tasks afternotok wants all to fail, and in a list of
/// which one is enough each of the tasks is.
bool needs_whole_array(const PlannedJob& child, const Condition& condition) {
  return child.waits.any || condition.type == DependencyType::afternotok;
}

}  // namespace

const SubmittedJob* find_submitted(const OutsideJobs& outside, std::uint32_t id) {
  const auto& jobs = outside.submitted;
  const auto found = std::lower_bound(jobs.begin(), jobs.end(), id, [](const auto& job, auto wanted) { return job.id < wanted; });
  return found != jobs.end() && found->id == id ? &*found : nullptr;
}

util::Result<void> find_waits(std::vector<PlannedJob>& jobs, const OutsideJobs& outside, const slurm::Release& release) {
  const bool any = std::any_of(jobs.begin(), jobs.end(), [](const auto& planned) { return planned.job.dependency.has_value(); });
  if (!any) return {};
  WaitFinder finder(jobs, outside, release);
  for (auto& planned : jobs) {
    TRY(planned.waits, finder.find(planned));
    for (const auto& condition : planned.waits.conditions) {
      const auto* parent = is_virtual_id(condition.job) ? find_submitted(outside, condition.job) : nullptr;
      const bool is_shared =
          parent != nullptr && parent->tasks > 1 && (parent->tasks < parent->array_tasks || !parent->retried.empty());
      if (!is_shared || !needs_whole_array(planned, condition) || !waits_for_whole(planned, condition, parent->ids)) continue;
      return util::fail(job_words(planned) + ": --dependency=" + slurm::format_condition(condition),
                        "the tasks of that job share array " + parent->array_id +
                            " with other jobs, and Slurm has this condition for whole arrays only",
                        "submit it together with the job that it waits for");
    }
  }
  return {};
}

void find_stages(std::vector<PlannedJob>& jobs) {
  std::unordered_map<std::uint32_t, std::size_t> by_id;
  for (std::size_t i = 0; i < jobs.size(); ++i) by_id.emplace(jobs[i].id, i);
  for (auto& planned : jobs) {  // a job waits for earlier ones only
    for (const auto& condition : planned.waits.conditions) {
      const auto found = by_id.find(condition.job);
      if (found == by_id.end()) continue;
      auto& parent = jobs[found->second];
      // Jobs of one name that run one by one have a stage each, too: Slurm may refuse a task that waits for another of its array
      // ("Job dependency problem" on 20.11, and later "Circular job dependency" if another task of it waits as well).
      planned.stage = std::max(planned.stage, parent.stage + 1);
      const bool must = parent.tasks() > 1 && waits_for_whole(planned, condition, parent.job.ids);
      if (must && (needs_whole_array(planned, condition) || parent.tasks() > many_tasks)) parent.is_alone = true;
    }
  }
}

bool can_wait_together(const std::vector<PlannedJob>& jobs, const std::vector<Placement>& placements) {
  const auto& first = jobs[placements.front().job].waits;
  const auto is_slurms = [](const Condition& condition) {
    return !is_virtual_id(condition.job) && condition.type != DependencyType::aftercorr;
  };
  return std::all_of(first.conditions.begin(), first.conditions.end(), is_slurms) &&
         std::all_of(placements.begin(), placements.end(), [&](const auto& p) { return jobs[p.job].waits == first; });
}

Places find_places(const Plan& plan, const OutsideJobs& outside) {
  Places places;
  for (const auto& job : outside.submitted) {
    places[job.id] = {job.array_id,           job.first_index, job.tasks, job.array_tasks, job.ids ? &*job.ids : nullptr,
                      !is_virtual_id(job.id), &job.retried};
  }
  for (std::size_t number = 0; number < plan.arrays.size(); ++number) {
    const auto& array = plan.arrays[number];
    for (const auto& placement : array.placements) {
      const auto& planned = plan.jobs[placement.job];
      places[planned.id] = {"@" + std::to_string(number),
                            placement.first_index,
                            planned.tasks(),
                            array.tasks,
                            planned.job.ids ? &*planned.job.ids : nullptr,
                            false,
                            nullptr};
    }
  }
  return places;
}

namespace {

using Ranges = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

void add_range(Ranges& ranges, std::uint32_t first, std::uint32_t last) {
  if (!ranges.empty() && ranges.back().second + 1 == first) {
    ranges.back().second = last;
  } else {
    ranges.emplace_back(first, last);
  }
}

Ranges merge(Ranges ranges) {
  std::sort(ranges.begin(), ranges.end());
  Ranges merged;
  for (const auto& [first, last] : ranges) {
    if (!merged.empty() && first <= merged.back().second + 1) {
      merged.back().second = std::max(merged.back().second, last);
    } else {
      merged.emplace_back(first, last);
    }
  }
  return merged;
}

/// Whether ranges of an array's indices are all of its tasks.
bool has_all(const Ranges& ranges, std::uint32_t array_tasks) {
  return ranges.size() == 1 && ranges.front().second - ranges.front().first + 1 == array_tasks;
}

/// Puts together what one task waits for: tasks of the same array, in the same way, are one condition.
class ConditionText {
 public:
  explicit ConditionText(bool any) : m_any(any) {}

  void add_slurms(const Condition& condition) { m_texts.push_back(slurm::format_condition(condition)); }

  /// @param first index of the first task in the parent's array.
  void add_tasks(DependencyType type, std::uint32_t minutes, const Place& place, std::uint32_t first, std::uint32_t tasks) {
    const auto key = std::make_tuple(type, minutes, place.array);
    auto found = std::find_if(m_groups.begin(), m_groups.end(), [&](const auto& group) { return group.key == key; });
    if (found == m_groups.end()) found = m_groups.insert(m_groups.end(), {key, place.array_tasks, false, {}});
    // Of a whole array Slurm judges all tasks together.
    if (tasks == place.array_tasks) {
      found->whole = true;
    } else {
      found->ranges.emplace_back(first, first + tasks - 1);
    }
  }

  [[nodiscard]] std::string text() const {
    auto texts = m_texts;
    for (const auto& group : m_groups) add_group(group, texts);
    return util::join(texts, m_any ? "?" : ",", [](const auto& text) { return text; });
  }

 private:
  struct Group {
    std::tuple<DependencyType, std::uint32_t, std::string> key;
    std::uint32_t array_tasks = 0;
    bool whole = false;
    Ranges ranges;
  };

  void add_group(const Group& group, std::vector<std::string>& texts) const {
    const auto& [type, minutes, array] = group.key;
    const auto word = std::string(slurm::dependency_word(type)) + ":" + array;
    const auto after = minutes > 0 ? "+" + std::to_string(minutes) : std::string();
    auto ranges = merge(group.ranges);
    // All tasks, each for itself, are the whole array; not so if one of several is enough, or if all are to fail. For afterok the
    // list is the better one while it is short: with it a first failure is final, as it is alone.
    const bool covers = has_all(ranges, group.array_tasks);
    const bool is_kept =
        type == DependencyType::afternotok || (type == DependencyType::afterok && group.array_tasks <= many_tasks);
    const bool is_whole = covers && !m_any && !is_kept;
    if (group.whole || is_whole) texts.push_back(word + after);
    if (ranges.empty() || is_whole) return;
    // Slurm writes a list of tasks out as tasks that are all to be waited for, and takes the minutes for the last one.
    if (minutes > 0 || m_any) {
      for (const auto& [first, last] : ranges) {
        for (auto index = first; index <= last; ++index) texts.push_back(word + "_" + std::to_string(index) + after);
      }
    } else {
      const bool is_one = ranges.size() == 1 && ranges.front().first == ranges.front().second;
      texts.push_back(word + "_" + (is_one ? std::to_string(ranges.front().first) : "[" + format_ranges(ranges) + "]"));
    }
  }

  bool m_any;
  std::vector<std::string> m_texts;
  std::vector<Group> m_groups;
};

/// Adds one condition of a task. @param local its id in its own job; nullopt: a plain job's.
void add_condition(ConditionText& text, const Condition& condition, std::optional<std::uint32_t> local, const Places& places) {
  const auto found = places.find(condition.job);
  if (found == places.end()) {
    text.add_slurms(condition);
    return;
  }
  const auto& place = found->second;
  auto type = condition.type;
  auto task = condition.task;
  if (type == DependencyType::aftercorr) {
    type = DependencyType::afterok;
    if (local && place.ids != nullptr && place.ids->contains(*local)) task = local;
  }
  if (place.is_slurms) {
    text.add_slurms({type, condition.job, task, condition.minutes});
    return;
  }
  const auto position = task && place.ids != nullptr ? place.ids->position(*task) : std::nullopt;
  if (place.retried != nullptr && !place.retried->empty()) {
    for (auto at = position.value_or(0); at < (position ? *position + 1 : place.tasks); ++at) {
      const auto newest = place.retried->find(at);
      if (newest == place.retried->end()) {
        text.add_tasks(type, condition.minutes, place, place.first_index + at, 1);
      } else {
        const auto& [array, index, array_tasks, array_first] = newest->second;
        text.add_tasks(type, condition.minutes, {array, index, 1, array_tasks, nullptr, false, nullptr}, index, 1);
      }
    }
  } else if (position) {
    text.add_tasks(type, condition.minutes, place, place.first_index + *position, 1);
  } else {
    text.add_tasks(type, condition.minutes, place, place.first_index, place.tasks);
  }
}

}  // namespace

std::vector<TaskWait> find_task_waits(const std::vector<PlannedJob>& jobs, const std::vector<Placement>& placements,
                                      std::uint32_t tasks, const Places& places) {
  std::vector<TaskWait> waits;
  std::unordered_map<std::string, std::size_t> by_text;
  const auto add = [&](std::string text, std::uint32_t first, std::uint32_t last) {
    const auto [found, is_new] = by_text.emplace(text, waits.size());
    if (is_new) waits.push_back({{}, std::move(text)});
    add_range(waits[found->second].indices, first, last);
  };
  for (const auto& placement : placements) {
    const auto& planned = jobs[placement.job];
    const auto& conditions = planned.waits.conditions;
    if (conditions.empty()) continue;
    const bool is_own = planned.job.ids && std::any_of(conditions.begin(), conditions.end(), [](const auto& condition) {
                          return condition.type == DependencyType::aftercorr;
                        });
    const auto count = is_own ? planned.tasks() : 1;  // without aftercorr all tasks of a job wait for the same
    for (std::uint32_t n = 0; n < count; ++n) {
      ConditionText text(planned.waits.any);
      for (const auto& condition : conditions)
        add_condition(text, condition, is_own ? std::optional(planned.job.ids->nth(n)) : std::nullopt, places);
      const auto first = placement.first_index + n;
      add(text.text(), first, is_own ? first : first + planned.tasks() - 1);
    }
  }
  if (waits.size() == 1 && has_all(waits.front().indices, tasks)) waits.front().indices.clear();
  return waits;
}

std::string format_ranges(const Ranges& ranges) {
  return util::join(ranges, ",", [](const auto& range) {
    return std::to_string(range.first) + (range.second > range.first ? "-" + std::to_string(range.second) : "");
  });
}

}  // namespace sarray::plan
