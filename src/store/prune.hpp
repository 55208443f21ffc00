// Removes old sessions and submissions that are finished, each only if nobody can need it any more.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "store/state_folder.hpp"
#include "util/result.hpp"

namespace sarray::store {

struct PruneRules {
  std::int64_t older_than = 0;      ///< seconds since it was last written to
  std::optional<std::size_t> keep;  ///< so many of the newest stay; all others that may be removed are, however young
  bool dry_run = false;             ///< only says what would be removed
};

struct Pruned {
  std::string name;
  std::string state;      ///< "empty", "submitted", "cancelled", "never begun"
  std::int64_t time = 0;  ///< when it was last written to
};

/// Removes sessions in which no job is queued, whose shell is gone and whose submissions are all settled. Never removes `own`, or
/// one whose journal cannot be read.
[[nodiscard]] util::Result<std::vector<Pruned>> prune_sessions(const StateFolder& folder, const PruneRules& rules,
                                                               const std::string& own);

/// Removes submissions' folders: scripts, links, records. Never removes one that is being made, or one younger than an hour.
/// @param is_known whether Slurm still has the array of a submission, by its marker and its id ("" if it has none).
[[nodiscard]] util::Result<std::vector<Pruned>> prune_submissions(
    const StateFolder& folder, const PruneRules& rules,
    const std::function<bool(const std::string& marker, const std::string& job_id)>& is_known);

}  // namespace sarray::store
