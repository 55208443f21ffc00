// Warnings about values that others can read: those in the batch script, which Slurm keeps.
#pragma once

#include <set>
#include <string>

namespace sarray::commands {

/// Warns of values that look secret, and of those that others on the node can see for a moment.
/// @param variables whose values are in the batch script.
void warn_of_secrets(const std::set<std::string>& variables);

}  // namespace sarray::commands
