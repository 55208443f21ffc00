// A queue file that is submitted as several arrays: the file cannot say which of its lines Slurm has when an array is refused or
// the submission is interrupted. So the lines are first recorded as the calls of a session, which remembers it.
#pragma once

#include <string>

#include "plan/plan.hpp"
#include "slurm/language/option.hpp"
#include "store/session.hpp"
#include "store/state_folder.hpp"
#include "util/environment.hpp"
#include "util/result.hpp"

namespace sarray::queue {

/// Records the plan's jobs in a new session, and gives them numbers and virtual ids.
/// @param base the environment that most of them have.
/// @param file absolute path, by which check_nothing_left recognises it; empty for standard input.
[[nodiscard]] util::Result<store::Session> record_file(plan::Plan& plan, const slurm::Dialect& dialect,
                                                       const util::Environment& base, const std::string& file,
                                                       const store::StateFolder& folder);

/// Removes the session if Slurm refused the first array, so that the file is as if it had not been submitted.
[[nodiscard]] util::Result<void> forget_unless_sent(store::Session& session);

/// Returns the command that submits the rest of a session.
[[nodiscard]] std::string command_for_rest(const store::Session& session);

/// @return an error if a session still has queued calls of this file, since submitting the file would give Slurm its other calls
/// twice.
[[nodiscard]] util::Result<void> check_nothing_left(const std::string& file, const store::StateFolder& folder);

}  // namespace sarray::queue
