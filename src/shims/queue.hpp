// Questions to squeue, of which some are answered as JSON.
#pragma once

#include <string>
#include <vector>

#include "answer/queue.hpp"
#include "shims/meant.hpp"
#include "shims/world.hpp"
#include "util/process.hpp"
#include "util/result.hpp"

namespace sarray::shims {

/// Runs Slurm's own squeue about these jobs; what it says on standard error is not printed.
/// @param format the option that says what it prints; it may be empty.
[[nodiscard]] util::Result<util::Output> run_squeue(World& world, const answer::QueueQuestion& question,
                                                    const std::vector<std::string>& slurms, bool is_all,
                                                    const std::vector<answer::Option>& format);

/// Answers `squeue --json`. @return its exit status.
[[nodiscard]] util::Result<int> ask_queue_json(World& world, const answer::QueueQuestion& question, Meant meant);

}  // namespace sarray::shims
