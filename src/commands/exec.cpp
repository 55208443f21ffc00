#include <cstdio>

#include "commands/commands.hpp"
#include "shims/tools.hpp"
#include "util/join.hpp"

namespace sarray::commands {

namespace {

constexpr const char* help_text =
    "Runs one of Slurm's commands with the ids that sbatch answered in a session, also after the session.\n"
    "usage: sarray exec COMMAND [ARGUMENT]...\n\n"
    "COMMAND is squeue, sacct, scancel, scontrol, sattach, sstat or srun. In a session the commands themselves do the same.\n"
    "sarray exec wait ID waits for a job's end, and ends with the status of sbatch --wait.\n\n"
    "  $ sarray exec squeue -j 2000000003\n"
    "  $ sarray exec scontrol show job 2000000003_4\n";

}  // namespace

Status exec(const Words& words) {
  if (!words.empty() && (words[0] == "-h" || words[0] == "--help")) {
    std::fputs(help_text, stdout);
    return 0;
  }
  if (words.size() == 2 && words[0] == "wait") return shims::wait_for_job(words[1]);
  const auto tool = words.empty() ? std::nullopt : slurm::find_tool(words[0]);
  if (!tool) {
    return util::fail(util::usage_error(
        "exec", words.empty() ? "no command is given" : words[0] + " is not one of those that sarray translates",
        "sarray exec squeue -j ID, or: " + util::join(slurm::tool_names, ", ", &slurm::ToolName::name)));
  }
  return shims::run_tool(*tool, Words(words.begin() + 1, words.end()));
}

}  // namespace sarray::commands
