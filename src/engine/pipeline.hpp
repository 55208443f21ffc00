// A pipeline: arrays whose tasks wait for each other. Slurm holds all of them until it knows what each task waits for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "plan/graph.hpp"
#include "store/submissions.hpp"
#include "util/result.hpp"

namespace sarray::engine {

/// An array of a pipeline that Slurm has, in hold.
struct LinkedArray {
  std::string job_id;
  std::string folder;  ///< STATE/submissions/MARKER
  std::uint32_t tasks = 0;
  std::uint32_t stage = 0;
  std::vector<plan::TaskWait> waits;  ///< Slurm's own ids only
  bool stays_held = false;            ///< its jobs were submitted with --hold
  store::PipelineStep step = store::PipelineStep::held;
  std::uint32_t first_index = 0;
};

/// What was done, for a note.
struct Linking {
  std::size_t updates = 0;  ///< requests that set what tasks wait for
  std::size_t arrays = 0;   ///< released
};

/// Tells Slurm what each task waits for, reads it back and compares; then releases the arrays, those of later stages first, and
/// notes each step. What was done before an interruption may be done again: nothing starts before all is set, whenever this is
/// killed, and nothing is set once an array may have been released.
/// @param arrays all of the pipeline that are not released yet.
/// @param hint what goes on if this fails, and what ends it.
/// @return an error if Slurm has something else than it was told; then all that was not released stays in hold.
[[nodiscard]] util::Result<Linking> link_and_release(const std::vector<LinkedArray>& arrays, const Engine& engine,
                                                     const slurm::Release& release, const std::string& hint);

/// Replaces each `@N` by the job id of array N.
[[nodiscard]] std::string fill_in(std::string condition, const std::vector<std::string>& job_ids);

}  // namespace sarray::engine
