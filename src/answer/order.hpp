// The order in which squeue shows jobs, for those that are recorded only. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "answer/queue.hpp"
#include "answer/recorded.hpp"

namespace sarray::answer {

/// Returns the numbers of the jobs in the order of squeue's --sort: jobs that are equal by it are shown newest first, and of two
/// without a priority of their own the one that was recorded first has the higher one (observed on 22.05).
/// @param jobs in the order of their ids.
[[nodiscard]] std::vector<std::size_t> order_recorded(const QueueQuestion& question, const std::vector<const RecordedJob*>& jobs,
                                                      const Defaults& defaults);

}  // namespace sarray::answer
