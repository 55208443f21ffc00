#include "commands/table.hpp"

#include <algorithm>
#include <array>

namespace sarray::commands {

namespace {

constexpr std::array commands = {
    Command{"listen", "open a shell in which sbatch is recorded, not submitted", listen},
    Command{"run", "run a program with sbatch recorded, then submit what it recorded", run_driver},
    Command{"list", "show what is queued", list},
    Command{"drop", "take jobs out of the queue", drop},
    Command{"submit", "submit the queue, or the calls in a file, as one job array", submit},
    Command{"cancel", "cancel tasks; without a job id, drop the session's queue", cancel},
    Command{"sessions", "list saved sessions", sessions},
    Command{"status", "show what runs, what is done and what failed", status},
    Command{"which", "show which job a task belongs to, or which tasks a job became", which},
    Command{"find", "find tasks by name, script, argument or directory", find},
    Command{"logs", "show the output of tasks", logs},
    Command{"hold", "keep tasks from starting", hold},
    Command{"release", "let held tasks start", release},
    Command{"requeue", "put running and failed tasks back into the queue", requeue},
    Command{"retry", "submit failed tasks again", retry},
    Command{"history", "list what was submitted", history},
    Command{"throttle", "change how many tasks of a job array may run at once", throttle},
    Command{"real", "run Slurm's own command in a session: sarray real sbatch ...", real},
    Command{"completion", "print what a shell needs to complete sarray's words", completion},
};

}  // namespace

std::span<const Command> command_table() { return commands; }

const Command* find_command(std::string_view name) {
  const auto* const found =
      std::find_if(commands.begin(), commands.end(), [&](const Command& command) { return command.name == name; });
  return found == commands.end() ? nullptr : found;
}

cli::Page page_of(const Command& command) {
  return cli::ask_for_page([&] { [[maybe_unused]] const auto status = command.function({}); });
}

}  // namespace sarray::commands
