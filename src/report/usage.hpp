// What the tasks took against what they asked for, from accounting, so that the next submission asks for less.
#pragma once

#include <string>

#include "follow/attempts.hpp"
#include "util/json.hpp"

namespace sarray::report {

/// A line a job: elapsed, CPU and memory as median and maximum of its finished tasks, and what was asked for.
[[nodiscard]] std::string usage_text(const follow::History& history, std::size_t width);

/// Null where accounting says nothing of any finished task; so is each value that it does not know.
[[nodiscard]] util::Json usage_json(const follow::History& history, const script::MappedJob& job);

}  // namespace sarray::report
