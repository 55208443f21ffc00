#include "plan/twins.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <string_view>
#include <tuple>

#include "plan/arrays.hpp"
#include "plan/requests.hpp"
#include "util/join.hpp"
#include "util/message.hpp"
#include "util/parse.hpp"

namespace sarray::plan {

namespace {

using slurm::Condition;
using slurm::DependencyType;

std::uint32_t max_twins(const ClusterLimits& limits) { return limits.limits_requests ? limits.correspond_after_task_cnt : 0; }

/// Returns what a task waits for with aftercorr for each condition on a twin; nullopt: it has no twin.
std::optional<std::string> name_twins(const std::string& condition, std::uint32_t index,
                                      const std::unordered_set<std::string>& parents) {
  constexpr std::string_view word = "afterok:";
  const auto own = "_" + std::to_string(index);
  std::vector<std::string> texts;
  bool has_twin = false;
  for (std::string_view rest = condition; !rest.empty();) {
    auto text = std::string(util::take_until(rest, ','));
    if (text.starts_with(word) && text.ends_with(own)) {
      const auto array = text.substr(word.size(), text.size() - word.size() - own.size());
      if (parents.contains(array)) {
        text = "aftercorr:" + array;
        has_twin = true;
      }
    }
    texts.push_back(std::move(text));
  }
  if (!has_twin) return std::nullopt;
  std::sort(texts.begin(), texts.end());
  return util::join(texts, ",", [](const auto& text) { return text; });
}

}  // namespace

TwinJoiner::TwinJoiner(const Places& places, const ClusterLimits& limits) : m_max_tasks(max_twins(limits)) {
  if (m_max_tasks == 0) return;
  for (const auto& [id, place] : places) {
    if (!place.is_slurms && place.array_tasks <= m_max_tasks) m_parents.insert(place.array);
  }
}

std::vector<TaskWait> TwinJoiner::join(std::vector<TaskWait> waits, std::uint32_t tasks) const {
  if (tasks < 2 || tasks > m_max_tasks || waits.size() != tasks) return waits;
  std::optional<std::string> common;
  for (const auto& wait : waits) {
    const bool is_one = wait.indices.size() == 1 && wait.indices.front().first == wait.indices.front().second;
    if (!is_one || wait.condition.find('?') != std::string::npos) return waits;
    auto text = name_twins(wait.condition, wait.indices.front().first, m_parents);
    if (!text || (common && text != common)) return waits;
    common = std::move(text);
  }
  return {{{}, *common}};
}

namespace {

/// Jobs of different arrays, of which each waits for one of the others, or is waited for by one.
struct Lane {
  std::map<std::size_t, std::uint32_t> jobs;  ///< by array of the plan
  std::string outside;                        ///< the array of an earlier submission that has the first one's parent
  std::uint32_t outside_index = 0;            ///< where in it
};

/// Finds the lanes of a plan: a job and its only parent in another array whose only child in that array it is are in one.
class LaneFinder {
 public:
  LaneFinder(const Plan& plan, const OutsideJobs& outside, std::uint32_t max_tasks)
      : m_plan(plan), m_outside(outside), m_max_tasks(max_tasks), m_array_of(plan.jobs.size()), m_leader(plan.jobs.size()) {
    std::iota(m_leader.begin(), m_leader.end(), 0U);
    for (std::size_t number = 0; number < plan.arrays.size(); ++number) {
      // How many tasks run at once is a matter of a whole array.
      const bool is_whole = plan.arrays[number].throttle > 0;
      for (const auto& placement : plan.arrays[number].placements) {
        const auto& planned = plan.jobs[placement.job];
        m_array_of[placement.job] = is_whole || planned.is_alone ? none : number;
      }
    }
    for (std::uint32_t i = 0; i < plan.jobs.size(); ++i) m_by_id.emplace(plan.jobs[i].id, i);
  }

  std::vector<Lane> find() {
    const auto pairs = find_pairs();
    std::map<std::pair<std::uint32_t, std::size_t>, int> count;  // of a job's pairs in one other array
    for (const auto& [parent, child] : pairs) {
      ++count[{parent, m_array_of[child]}];
      ++count[{child, m_array_of[parent]}];
    }
    for (const auto& [parent, child] : pairs) {
      if (count[{parent, m_array_of[child]}] == 1 && count[{child, m_array_of[parent]}] == 1)
        m_leader[leader(child)] = leader(parent);
    }
    std::map<std::uint32_t, Lane> lanes;
    std::vector<std::uint32_t> broken;  // two jobs of one array
    for (std::uint32_t job = 0; job < m_plan.jobs.size(); ++job) {
      if (m_array_of[job] == none) continue;
      auto& lane = lanes[leader(job)];
      if (!lane.jobs.emplace(m_array_of[job], job).second) broken.push_back(leader(job));
      if (lane.outside.empty()) find_outside_parent(m_plan.jobs[job], lane);
    }
    for (const auto job : broken) lanes.erase(job);
    std::vector<Lane> found;
    for (auto& [job, lane] : lanes) {
      if (lane.jobs.size() > 1 || !lane.outside.empty()) found.push_back(std::move(lane));
    }
    return found;
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  /// Whether each task of a job waits for the task of a parent that has the same place in it.
  static bool is_twin(const PlannedJob& child, const Condition& condition, const std::optional<slurm::ArrayIds>& ids) {
    if (child.waits.any || condition.task) return false;
    if (condition.type != DependencyType::afterok && condition.type != DependencyType::aftercorr) return false;
    if (!child.job.ids || !ids) return !child.job.ids && !ids;
    if (condition.type == DependencyType::afterok || child.job.ids->count() != ids->count()) return false;
    for (std::uint32_t n = 0; n < ids->count(); ++n) {
      if (ids->nth(n) != child.job.ids->nth(n)) return false;
    }
    return true;
  }

  [[nodiscard]] std::vector<std::pair<std::uint32_t, std::uint32_t>> find_pairs() const {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    for (std::uint32_t child = 0; child < m_plan.jobs.size(); ++child) {
      for (const auto& condition : m_plan.jobs[child].waits.conditions) {
        const auto parent = m_by_id.find(condition.job);
        if (parent == m_by_id.end() || !is_twin(m_plan.jobs[child], condition, m_plan.jobs[parent->second].job.ids)) continue;
        if (m_array_of[child] != none && m_array_of[parent->second] != none) pairs.emplace_back(parent->second, child);
      }
    }
    return pairs;
  }

  void find_outside_parent(const PlannedJob& child, Lane& lane) const {
    for (const auto& condition : child.waits.conditions) {
      const auto* before = find_submitted(m_outside, condition.job);
      if (before == nullptr || !is_twin(child, condition, before->ids)) continue;
      if (before->array_tasks > m_max_tasks || !before->retried.empty()) continue;
      lane.outside = before->array_id;
      lane.outside_index = before->first_index;
      return;
    }
  }

  std::uint32_t leader(std::uint32_t job) {
    while (m_leader[job] != job) job = m_leader[job] = m_leader[m_leader[job]];
    return job;
  }

  const Plan& m_plan;
  const OutsideJobs& m_outside;
  std::uint32_t m_max_tasks;
  std::vector<std::size_t> m_array_of;  ///< none: it stays where it is
  std::vector<std::uint32_t> m_leader;  ///< union-find
  std::unordered_map<std::uint32_t, std::uint32_t> m_by_id;
};

/// Lanes of one shape: with as many tasks in the same arrays.
using Shapes = std::map<std::string, std::vector<Lane>>;

Shapes group_lanes(const Plan& plan, std::vector<Lane> lanes) {
  Shapes shapes;
  for (auto& lane : lanes) {
    auto key = lane.outside;
    for (const auto& [array, job] : lane.jobs) key += " " + std::to_string(array) + ":" + std::to_string(plan.jobs[job].tasks());
    shapes[key].push_back(std::move(lane));
  }
  for (auto& [key, same] : shapes) {
    std::stable_sort(same.begin(), same.end(), [](const Lane& a, const Lane& b) {
      return std::tie(a.outside_index, a.jobs.begin()->second) < std::tie(b.outside_index, b.jobs.begin()->second);
    });
  }
  return shapes;
}

/// Of each array of a plan, what it becomes: first what stays together, then the parts that are cut off.
using Parts = std::vector<std::vector<std::vector<std::uint32_t>>>;

/// Cuts lanes of one shape off their arrays. @param largest the most tasks of a part.
void cut_lanes(const std::vector<Lane>& lanes, const Plan& plan, std::uint32_t largest, Parts& parts) {
  std::uint32_t tasks = 1;
  for (const auto& [array, job] : lanes.front().jobs) tasks = std::max(tasks, plan.jobs[job].tasks());
  const std::size_t in_a_part = largest / tasks;
  if (in_a_part == 0) return;
  std::unordered_set<std::uint32_t> cut;
  for (std::size_t begin = 0; begin < lanes.size(); begin += in_a_part) {
    const auto end = std::min(begin + in_a_part, lanes.size());
    for (const auto& [array, first] : lanes[begin].jobs) {
      auto& part = parts[array].emplace_back();
      for (auto i = begin; i < end; ++i) part.push_back(lanes[i].jobs.at(array));
      cut.insert(part.begin(), part.end());
    }
  }
  for (const auto& [array, first] : lanes.front().jobs)
    std::erase_if(parts[array].front(), [&](auto job) { return cut.contains(job); });
}

std::vector<MergedArray> build_parts(const Plan& plan, const Parts& parts, const PlanOptions& options) {
  std::vector<MergedArray> arrays;
  for (const auto& of_array : parts) {
    for (const auto& part : of_array) {
      if (!part.empty()) arrays.push_back(build_array(plan.jobs, part, options));
    }
  }
  return arrays;
}

}  // namespace

void cut_for_twins(Plan& plan, const PlanOptions& options) {
  const auto largest = std::min(max_twins(options.limits), options.limits.tasks_per_array());
  if (!plan.is_pipeline || largest < 2) return;
  const auto count = [&] { return count_requests(plan, options.outside, options.limits); };
  const auto whole = count();
  auto fewest = whole;
  Parts parts;
  for (const auto& array : plan.arrays) {
    auto& members = parts.emplace_back().emplace_back();
    for (const auto& placement : array.placements) members.push_back(placement.job);
  }
  for (const auto& [key, lanes] : group_lanes(plan, LaneFinder(plan, options.outside, largest).find())) {
    auto candidate = parts;
    cut_lanes(lanes, plan, largest, candidate);
    auto arrays = build_parts(plan, candidate, options);
    std::swap(plan.arrays, arrays);
    const auto requests = count();
    if (requests.total() < fewest.total()) {
      fewest = requests;
      parts = std::move(candidate);
    } else {
      std::swap(plan.arrays, arrays);
    }
  }
  if (fewest.total() == whole.total()) return;
  plan.notes.push_back("this cluster limits requests (rl_enable): jobs that wait for one other each are in arrays of at most " +
                       std::to_string(largest) + " tasks; that is " + util::count(plan.arrays.size(), "array") + " and " +
                       util::count(fewest.total(), "request") + ", and would be " + util::count(whole.arrays, "array") + " and " +
                       util::count(whole.total(), "request"));
}

}  // namespace sarray::plan
