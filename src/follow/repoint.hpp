// Waiting tasks that wait for what was retried: what they are to wait for now. Pure.
#pragma once

#include <string>
#include <vector>

#include "follow/attempts.hpp"
#include "follow/wait_graph.hpp"

namespace sarray::follow {

/// Tasks of one array, and what they are to wait for.
struct Repointed {
  std::string array_id;
  std::vector<std::uint32_t> indices;  ///< ascending; TaskRecord::plain_job: it is not an array
  std::string dependency;              ///< as sbatch takes it; empty: they wait for nothing any longer
};

/// Returns the pending tasks whose conditions name an earlier attempt of a task that has a later one, with the later attempt in
/// its place. A condition that wants success is fulfilled by the attempt that completes; what others want was seen at the earlier
/// attempt's end. What is right already is left out, so that a second time nothing is left to do.
/// @param history with the states of all attempts.
[[nodiscard]] std::vector<Repointed> find_repointed(const History& history, const std::vector<slurm::WaitingTask>& waiting);

}  // namespace sarray::follow
