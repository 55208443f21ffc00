// The table of commands.
#pragma once

#include <span>
#include <string_view>

#include "cli/page.hpp"
#include "commands/commands.hpp"

namespace sarray::commands {

struct Command {
  std::string_view name;
  std::string_view summary;
  Status (*function)(const Words&);
};

/// Returns all commands, in the order in which the help shows them.
[[nodiscard]] std::span<const Command> command_table();
/// @return null if there is no such command.
[[nodiscard]] const Command* find_command(std::string_view name);

/// Returns what a command says of itself: its arguments, options, words. Runs nothing of it.
[[nodiscard]] cli::Page page_of(const Command& command);

/// Says in one sentence what sarray does, for the help and the man page.
inline constexpr std::string_view what_sarray_does =
    "Merges many sbatch calls into one Slurm job array, whose tasks run as if each had been submitted alone.";

}  // namespace sarray::commands
