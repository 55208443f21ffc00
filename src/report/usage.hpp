// What the tasks used and what they requested, from accounting, so that the next submission can request less.
#pragma once

#include <string>

#include "follow/attempts.hpp"
#include "follow/group.hpp"
#include "util/json.hpp"

namespace sarray::report {

/// Returns one line per job: elapsed, CPU and memory as median and maximum of its finished tasks, and what was requested.
[[nodiscard]] std::string usage_text(const follow::Histories& histories, std::size_t width);

/// Null if accounting has no figures of any finished task; each value that it does not know is null, too.
[[nodiscard]] util::Json usage_json(const follow::History& history, const script::MappedJob& job);

}  // namespace sarray::report
