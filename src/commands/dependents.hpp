// What becomes of the tasks that wait for others, when those are cancelled.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "follow/group.hpp"
#include "follow/wait_graph.hpp"
#include "slurm/client/site.hpp"
#include "util/result.hpp"

namespace sarray::commands {

/// "17_[3-5,8]", cut before it exceeds Slurm's own limit for such a list (4096 bytes: job_mgr.c:_test_job_desc_fields).
/// @param indices ascending.
[[nodiscard]] std::vector<std::string> name_tasks(const std::string& job_id, const std::vector<std::uint32_t>& indices);

/// Tasks of any of the user's arrays.
struct TaskGroup {
  std::vector<std::string> names;  ///< as Slurm takes them
  std::size_t tasks = 0;
  std::string jobs;  ///< "5 call, 6 report": the first of them, by their own names
};

struct Dependents {
  TaskGroup never;  ///< they can never run
  TaskGroup freed;  ///< they wait for one thing less, or start
};

/// @param histories of the tasks that are cancelled: their jobs are known already.
[[nodiscard]] util::Result<Dependents> find_dependents(const slurm::SlurmSite& site, const engine::Engine& engine,
                                                       const follow::Histories& histories,
                                                       const std::vector<follow::SlurmTask>& cancelled);

}  // namespace sarray::commands
