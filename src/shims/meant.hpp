// What the ids mean that squeue or sacct is asked about.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "answer/names.hpp"
#include "shims/world.hpp"
#include "util/result.hpp"

namespace sarray::shims {

struct Meant {
  bool is_all = false;                              ///< no ids are given
  std::vector<std::string> slurms;                  ///< the ids to ask Slurm about, as its command takes them
  std::vector<std::unique_ptr<KnownJob>> recorded;  ///< jobs that are recorded only
};

/// @param ids nullopt: all jobs are meant.
/// @param write adds an id that is not of ours, or that nobody knows, as Slurm's command takes it.
[[nodiscard]] util::Result<Meant> find_meant(World& world, const std::optional<std::vector<answer::JobName>>& ids,
                                             const std::function<void(const answer::JobName&, std::vector<std::string>&)>& write);

}  // namespace sarray::shims
