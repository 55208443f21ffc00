// The part of submit, and of retry, that makes several arrays one submission: its number, and the names of its arrays.
#pragma once

#include <cstddef>
#include <vector>

#include "plan/plan.hpp"
#include "store/session.hpp"
#include "store/state_folder.hpp"
#include "util/result.hpp"

namespace sarray::commands {

/// Gives a submission of several arrays its number. A dry run shows the next one.
/// @return whether it has been given one now, so that its arrays have other names.
[[nodiscard]] util::Result<bool> number_group(plan::PlanOptions& options, const plan::Plan& plan,
                                              const store::StateFolder& folder, bool dry_run);

/// Goes on with a submission of the session that was cut off between two of its arrays: what follows is a part of it.
/// @param notes of the session's submissions, all of which are settled.
void resume_group(plan::PlanOptions& options, const std::vector<store::SubmissionNote>& notes, const store::StateFolder& folder);

/// Says the name of a submission of several arrays, and what it is good for. @param arrays that were submitted now.
void tell_group(const plan::PlanOptions& options, std::size_t arrays);

}  // namespace sarray::commands
