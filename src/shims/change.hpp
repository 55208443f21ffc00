// Changes of a job that is recorded only.
#pragma once

#include <string>
#include <vector>

#include "shims/world.hpp"
#include "util/result.hpp"

namespace sarray::shims {

struct Change {
  std::vector<std::string> options;  ///< words of sbatch
  bool is_release = false;           ///< the job's --hold is taken away
};

/// Changes the call in its session's journal. sbatch's own rules judge the new words first.
/// @return an error if it was submitted or dropped meanwhile, or sbatch would refuse it.
[[nodiscard]] util::Result<void> change_recorded(const KnownJob& known, const Change& change);

/// Drops the job, or some tasks of it. @param tasks local ids; empty: the whole job.
[[nodiscard]] util::Result<void> drop_recorded(const KnownJob& known, const std::vector<std::uint32_t>& tasks);

}  // namespace sarray::shims
