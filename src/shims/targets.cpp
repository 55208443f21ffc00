#include "shims/targets.hpp"

#include "slurm/language/virtual_id.hpp"

namespace sarray::shims {

std::string Target::slurm_name() const {
  const auto& tasks = array.empty() ? name.tasks : indices;
  const auto id = array.empty() ? std::to_string(name.job) : array;
  auto text = tasks.empty() ? id : answer::write_slurm_name(id, tasks);
  return name.step.empty() ? text : text + "." + name.step;
}

util::Result<std::optional<Target>> find_target(World& world, const std::string& word) {
  auto name = answer::read_name(word);
  if (!name || !slurm::is_virtual_id(name->job)) return std::optional<Target>();
  Target target;
  target.name = std::move(*name);
  // The newest attempt counts: it is the one that is pending or running.
  const auto arrays = world.find_arrays(target.name.job);
  for (auto array = arrays.rbegin(); array != arrays.rend(); ++array) {
    auto indices = answer::find_indices(*array->map, target.name);
    if (!indices) continue;
    if (indices->empty()) continue;
    target.array = array->job_id;
    target.indices = std::move(*indices);
    target.map = array->map;
    return std::optional(std::move(target));
  }
  if (arrays.empty()) {
    TRY(target.recorded, world.find_recorded(target.name.job));
  }
  return std::optional(std::move(target));
}

util::Result<std::string> raw_id(World& world, const Target& target) {
  const auto id = std::to_string(target.name.job);
  if (target.recorded) return util::fail("job " + id, "it is only recorded: it does not run", "sarray submit");
  if (target.array.empty()) return util::fail("job " + id, "no such job was submitted", "sarray history");
  if (target.indices.size() != 1) return util::fail("job " + id, "it has several tasks: name one", id + "_0");
  TRY(const auto records, world.site().client.show_job(answer::write_slurm_name(target.array, target.indices)));
  if (records.size() != 1) return util::fail("job " + id, "Slurm does not show its task", "sarray status " + target.array);
  auto text = std::string(records.front().get("JobId"));
  return target.name.step.empty() ? text : text + "." + target.name.step;
}

}  // namespace sarray::shims
