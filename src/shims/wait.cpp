#include <unistd.h>

#include <algorithm>

#include "shims/targets.hpp"
#include "shims/tools.hpp"
#include "shims/world.hpp"
#include "slurm/client/task_state.hpp"

namespace sarray::shims {

namespace {

/// Returns what sbatch --wait makes of a task's end (sbatch.c:_job_wait): its own status, or 1 after a signal.
int status_of(const slurm::TaskRecord& task) {
  if (task.exit_signal != 0) return 1;
  return static_cast<int>(task.exit_status);
}

/// @return nullopt while a task has not ended.
std::optional<int> ended(const Target& target, const std::vector<slurm::TaskRecord>& tasks) {
  int status = 0;
  for (const auto index : target.indices) {
    const auto& task = tasks[index - target.map->first_index()];
    if (!slurm::is_done(task.state)) return std::nullopt;
    status = std::max(status, status_of(task));
  }
  return status;
}

}  // namespace

util::Result<int> wait_for_job(const std::string& id) {
  unsigned pause = 1;  // seconds; sbatch itself waits longer and longer, too
  constexpr unsigned max_pause = 5;
  while (true) {
    TRY(auto world, World::open());
    TRY(const auto target, find_target(world, id));
    if (!target) return util::fail(id, "it is not an id of a recorded job", "sarray list");
    if (target->recorded && target->recorded->recorded.dropped) return 1;
    if (!target->recorded && target->array.empty()) return util::fail("job " + id, "it is not known", "sarray history");
    if (!target->recorded) {
      const std::vector<slurm::ArrayQuery> question = {{target->array, target->map->tasks, {}, target->map->first_index()}};
      TRY(const auto states, world.site().client.states(question, false));
      if (const auto status = ended(*target, states.tasks.front())) return *status;
    }
    ::sleep(pause);
    if (!target->recorded) pause = std::min(pause + 1, max_pause);
  }
}

}  // namespace sarray::shims
