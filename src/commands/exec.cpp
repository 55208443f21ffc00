#include <cstdio>

#include "cli/page.hpp"
#include "commands/commands.hpp"
#include "shims/tools.hpp"
#include "util/join.hpp"

namespace sarray::commands {

namespace {

cli::Page make_exec_page() {
  cli::Page page;
  page.command = "exec";
  page.usage = "COMMAND [ARGUMENT]...";
  page.description =
      "Runs one of Slurm's commands with the ids that sbatch answered in a session, also after the session. In a session the "
      "commands themselves do the same.";
  page.arguments = {{"COMMAND",
                     "squeue, sacct, scancel, scontrol, sattach, sstat or srun, with its arguments; or wait ID, which waits "
                     "for a job's end and has the status of sbatch --wait"}};
  page.options = {{{"-h", "--help"}, "", false, "print this and exit"}};
  return page;
}

}  // namespace

Status exec(const Words& words) {
  const auto page = make_exec_page();
  if (cli::hand_over(page)) return 0;
  if (!words.empty() && (words[0] == "-h" || words[0] == "--help")) {
    std::fputs(cli::help_text(page).c_str(), stdout);
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
