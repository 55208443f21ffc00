// What a recorded call waits for: whether it can, at the time of the call.
#pragma once

#include "slurm/language/job.hpp"
#include "store/session.hpp"
#include "store/state_folder.hpp"
#include "util/environment.hpp"
#include "util/result.hpp"

namespace sarray::capture {

/// Checks that each job that a call waits for is queued in this session, was submitted, or is one of Slurm's own whose condition
/// can be satisfied. A call without --dependency costs nothing; one that waits for calls of its session asks nobody. What Slurm
/// does not know, or cannot be asked about, is asked again by submit.
/// @param environment the call's, by which Slurm is found.
/// @return an error that names the job that cannot be waited for.
[[nodiscard]] util::Result<void> check_parents(const slurm::Job& job, const store::Session& session,
                                               const store::StateFolder& folder, const util::Environment& environment,
                                               const slurm::Dialect& dialect);

}  // namespace sarray::capture
