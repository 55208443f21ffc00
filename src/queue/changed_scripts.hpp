// Scripts that were edited after a call of them was recorded.
#pragma once

#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace sarray::queue {

/// Returns a sentence for each file whose bytes are no longer those of the calls that were recorded with it, in order of the
/// jobs. A file that is gone, or cannot be read, is not named: many scripts are made for one call.
[[nodiscard]] std::vector<std::string> describe_changed_scripts(const std::vector<plan::PlannedJob>& jobs);

}  // namespace sarray::queue
