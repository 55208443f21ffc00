// What is to be typed if the program that calls sbatch is given to the wrong command.
#pragma once

#include <string>

#include "commands/commands.hpp"

namespace sarray::commands {

/// Returns the line that records what the words start: "sarray run -- ./launch.sh a". A file that cannot be executed is given to
/// its interpreter. @return "" if the first word is neither sbatch nor a file that looks like a program.
[[nodiscard]] std::string suggest_run(const Words& words);

}  // namespace sarray::commands
