// The first call with new options is tried at the real sbatch, so that what it would refuse fails at the call.
#pragma once

#include "capture/take_call.hpp"
#include "slurm/client/client.hpp"
#include "store/session.hpp"
#include "util/result.hpp"

namespace sarray::capture {

/// Turns the checks of a session on or off. What was learned in an earlier shell of the session is forgotten.
[[nodiscard]] util::Result<void> set_checks(const store::Session& session, bool on);

/// Checks a call, if the session's checks are on, and no call before had the same options that an array has only once and an
/// array index as large. What was refused is tried again with the next call: a partition may be open again. Without an answer
/// within five seconds calls pass, for a minute, and the first time a note says so.
/// @return the words and status with which sbatch would refuse the call.
[[nodiscard]] util::Result<void> check_call(const store::Session& session, const TakenCall& taken, const slurm::Client& client,
                                            const slurm::Dialect& dialect);

}  // namespace sarray::capture
