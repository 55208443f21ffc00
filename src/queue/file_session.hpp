// A queue file that is submitted as several arrays: a file cannot tell which of its lines Slurm has when one of them is refused,
// or when the submission is cut off. So they are recorded as a session's calls first, and the session remembers.
#pragma once

#include <string>

#include "plan/plan.hpp"
#include "slurm/language/option.hpp"
#include "store/session.hpp"
#include "store/state_folder.hpp"
#include "util/environment.hpp"
#include "util/result.hpp"

namespace sarray::queue {

/// Records the plan's jobs in a new session, and gives them its numbers and virtual ids.
/// @param base the environment that most of them have.
/// @param file absolute, so that check_nothing_left knows it again; empty for standard input.
[[nodiscard]] util::Result<store::Session> record_file(plan::Plan& plan, const slurm::Dialect& dialect,
                                                       const util::Environment& base, const std::string& file,
                                                       const store::StateFolder& folder);

/// Where Slurm has refused the first array, the file is as if it had not been submitted.
[[nodiscard]] util::Result<void> forget_unless_sent(store::Session& session);

/// The command that submits what is left of a session.
[[nodiscard]] std::string command_for_rest(const store::Session& session);

/// @return an error where a session has calls of this file left: submitting the file would give Slurm the others twice.
[[nodiscard]] util::Result<void> check_nothing_left(const std::string& file, const store::StateFolder& folder);

}  // namespace sarray::queue
