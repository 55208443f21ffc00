// One array of a retry: some tasks of a merged array as a new one, from its script to Slurm's answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/delivery.hpp"
#include "engine/engine.hpp"
#include "follow/array_history.hpp"
#include "plan/plan.hpp"
#include "script/retry.hpp"
#include "slurm/client/site.hpp"
#include "slurm/language/group_name.hpp"
#include "store/state_folder.hpp"
#include "util/fd.hpp"
#include "util/result.hpp"

namespace sarray::commands {

/// An array that is about to be submitted.
struct RetriedArray {
  script::Retry retry;
  plan::PlanOptions options;
  engine::SubmissionFolder submission_folder;
  std::string job_id;  ///< empty: Slurm does not have it yet
};

/// What a user may have said of it.
struct RetryChanges {
  std::optional<std::uint32_t> throttle;
  std::vector<slurm::Setting> overrides;
  slurm::GroupPlace place;  ///< if it is one of several
};

/// Prints "sarray: LINE".
void say(const std::string& line);

/// Takes the lock that allows only one retry of an array at a time, and settles those that were interrupted.
/// @return held until the retry is Slurm's: another one would find the same tasks failed.
[[nodiscard]] util::Result<util::Fd> begin_retry(const slurm::SlurmSite& site, const std::string& first_id, bool again);

/// Plans and renders the array. Says what its tasks will overwrite.
/// @param indices of the first attempt, ascending, not empty.
/// @param command what finishes it if it is interrupted.
[[nodiscard]] util::Result<RetriedArray> prepare_retry(const slurm::SlurmSite& site, const store::StateFolder& folder,
                                                       const follow::ArrayHistory& array_history,
                                                       const std::vector<std::uint32_t>& indices, const RetryChanges& changes,
                                                       const slurm::Dialect& dialect, const std::string& command);

/// Submits it, in hold if its plan is a pipeline, and sets job_id. @return sbatch's answer.
[[nodiscard]] util::Result<engine::Delivery> submit_retry(RetriedArray& array, const engine::Engine& engine);

}  // namespace sarray::commands
