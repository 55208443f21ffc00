#include "shims/meant.hpp"

#include <algorithm>

#include "slurm/language/virtual_id.hpp"

namespace sarray::shims {

util::Result<Meant> find_meant(World& world, const std::optional<std::vector<answer::JobName>>& ids,
                               const std::function<void(const answer::JobName&, std::vector<std::string>&)>& write) {
  Meant meant;
  if (!ids) {
    meant.is_all = true;
    TRY(meant.recorded, world.recorded_jobs());
    return meant;
  }
  for (const auto& name : *ids) {
    if (slurm::is_virtual_id(name.job)) {
      const auto arrays = world.find_arrays(name.job);
      for (const auto& array : arrays) meant.slurms.push_back(array.job_id);
      if (!arrays.empty()) continue;
      const auto is_same = [&](const auto& known) { return known->shown.id == name.job; };
      if (std::any_of(meant.recorded.begin(), meant.recorded.end(), is_same)) continue;  // "-j V_1,V_2"
      TRY(auto recorded, world.find_recorded(name.job));
      if (recorded) {
        meant.recorded.push_back(std::move(recorded));
        continue;
      }
    }
    write(name, meant.slurms);
  }
  return meant;
}

}  // namespace sarray::shims
