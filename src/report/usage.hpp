// What the tasks took against what they asked for, from accounting, so that the next submission asks for less.
#pragma once

#include <string>

#include "report/attempts.hpp"
#include "report/json.hpp"

namespace sarray::report {

/// A line a job: elapsed, CPU and memory as median and maximum of its finished tasks, and what was asked for.
[[nodiscard]] std::string usage_text(const History& history, std::size_t width);

/// Null where accounting says nothing of any finished task; so is each value that it does not know.
[[nodiscard]] Json usage_json(const History& history, const merge::MappedJob& job);

}  // namespace sarray::report
