#include "plan/requests.hpp"

#include "plan/twins.hpp"
#include "util/message.hpp"

namespace sarray::plan {

std::vector<std::string> list_tasks(const TaskWait& wait) {
  constexpr std::size_t longest_list = 2000;  // bytes
  constexpr std::size_t longest_range = 16;
  if (wait.indices.empty()) return {""};
  std::vector<std::string> lists;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges;
  const auto flush = [&] {
    if (ranges.empty()) return;
    const bool is_one = ranges.size() == 1 && ranges.front().first == ranges.front().second;
    const auto list = format_ranges(ranges);
    lists.push_back(is_one ? "_" + list : "_[" + list + "]");
    ranges.clear();
  };
  for (const auto& range : wait.indices) {
    ranges.push_back(range);
    if (ranges.size() * longest_range > longest_list) flush();
  }
  flush();
  return lists;
}

Requests count_requests(const Plan& plan, const OutsideJobs& outside, const ClusterLimits& limits) {
  const auto places = find_places(plan, outside);
  const TwinJoiner twins(places, limits);
  Requests requests;
  requests.arrays = plan.arrays.size();
  for (const auto& array : plan.arrays) {
    const auto waits = twins.join(find_task_waits(plan.jobs, array.placements, array.tasks, places), array.tasks);
    for (const auto& wait : waits) requests.updates += list_tasks(wait).size();
  }
  return requests;
}

std::string format_requests(const Requests& requests) {
  return util::count(requests.total(), "request") + " to Slurm: " + std::to_string(requests.arrays) + " submit, " +
         std::to_string(requests.updates) + " say which tasks wait for which, " + std::to_string(requests.arrays) + " release";
}

}  // namespace sarray::plan
