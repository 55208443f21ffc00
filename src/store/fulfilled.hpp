// Conditions that were fulfilled when a session's calls named them: Slurm forgets how a job ended.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "util/result.hpp"

namespace sarray::store {

/// Appends conditions, as slurm::format_condition() writes them. What is once fulfilled stays so.
/// @param session_folder of the session; the file in it is private.
[[nodiscard]] util::Result<void> note_fulfilled(const std::string& session_folder, const std::vector<std::string>& conditions);

/// @return those that are noted; an incomplete last line is passed over.
[[nodiscard]] std::set<std::string> read_fulfilled(const std::string& session_folder);

}  // namespace sarray::store
