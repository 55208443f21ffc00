// What the ids in a command mean: tasks that Slurm has, and jobs that are recorded only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "answer/names.hpp"
#include "shims/world.hpp"
#include "util/result.hpp"

namespace sarray::shims {

/// What one id of ours means.
struct Target {
  answer::JobName name;
  std::string array;                   ///< Slurm's id of the array; empty: the job is recorded only, or nobody knows it
  std::vector<std::uint32_t> indices;  ///< in the array
  const script::Map* map = nullptr;
  std::unique_ptr<KnownJob> recorded;  ///< null: Slurm has it, or nobody knows it

  /// As Slurm names the tasks, with the step; nobody's id stays as it is.
  [[nodiscard]] std::string slurm_name() const;
};

/// @return nullopt if the word is not an id that sarray gave.
[[nodiscard]] util::Result<std::optional<Target>> find_target(World& world, const std::string& word);

/// Returns the id that Slurm has for one task alone (SLURM_JOB_ID), with the step.
/// @return an error if the target is several tasks, or Slurm does not know it.
[[nodiscard]] util::Result<std::string> raw_id(World& world, const Target& target);

}  // namespace sarray::shims
