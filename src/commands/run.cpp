#include "commands/run.hpp"

#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "cli/suggest.hpp"
#include "cli/version.hpp"
#include "commands/commands.hpp"
#include "util/fd.hpp"
#include "util/message.hpp"

namespace sarray::commands {

namespace {

struct Command {
  std::string_view name;
  std::string_view summary;
  Status (*function)(const Words&);
};

constexpr std::array commands = {
    Command{"listen", "open a shell in which sbatch is recorded, not submitted", listen},
    Command{"run", "run a program with sbatch recorded, then submit what it recorded", run_driver},
    Command{"list", "show what is queued", list},
    Command{"set", "change options of recorded jobs", set},
    Command{"drop", "take jobs out of the queue", drop},
    Command{"submit", "submit the queue, or the calls in a file, as one job array", submit},
    Command{"cancel", "cancel tasks; without a job id, drop the queue and leave the session", cancel},
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
    Command{"exec", "run squeue, sacct, scancel, scontrol with the ids that sbatch answered", exec},
    Command{"throttle", "change how many tasks of a job array may run at once", throttle},
};

std::string help_text() {
  std::string text =
      "usage: sarray COMMAND [OPTION]...\n"
      "Merges many sbatch calls into one Slurm job array, whose tasks run as if each had been submitted alone.\n\n"
      "commands:\n";
  for (const auto& command : commands) {
    auto name = std::string(command.name);
    name.resize(10, ' ');
    text.append("  ").append(name).append(command.summary).append("\n");
  }
  return text +
         "\n  -h, --help  print this; after a command, print that command's options\n"
         "  --version   print the version\n\n"
         "A first session:\n"
         "  $ sarray listen\n"
         "  [sarray] $ sbatch --array=0-2 train.slurm a\n"
         "  [sarray] $ sarray submit\n";
}

util::Error usage_error(const std::string& word) {
  std::vector<std::string> names;
  for (const auto& command : commands) names.emplace_back(command.name);
  const auto meant = cli::suggest(word, names);
  util::Error error{word, "there is no such command", meant.empty() ? "sarray --help" : "did you mean 'sarray " + meant + "'?"};
  error.status = static_cast<int>(util::Exit::usage);
  return error;
}

Status run_words(Words words) {
  if (words.empty()) {
    util::Error error;
    error.body = help_text();
    error.status = static_cast<int>(util::Exit::usage);
    return util::fail(std::move(error));
  }
  if (words[0] == "help" && words.size() == 2) words = {words[1], "--help"};
  if (words[0] == "-h" || words[0] == "--help" || words[0] == "help") {
    std::fputs(help_text().c_str(), stdout);
    return 0;
  }
  if (words[0] == "--version") {
    std::printf("sarray %s\n", cli::version);
    return 0;
  }
  for (const auto& command : commands) {
    if (command.name == words[0]) return command.function(Words(words.begin() + 1, words.end()));
  }
  return util::fail(usage_error(words[0]));
}

}  // namespace

int run(int argc, char** argv) {
  // A limit on the size of files is an error like a full disk. Not SIG_IGN, which the programs that are started would inherit.
  ::signal(SIGXFSZ, [](int) {});
  Status status = 0;
  try {
    status = run_words(argc > 0 ? Words(argv + 1, argv + argc) : Words());
  } catch (const std::bad_alloc&) {
    status =
        util::fail("out of memory", "the command could not be finished", "sarray list, or sarray history, shows what was done");
  } catch (const std::exception& exception) {
    // Nothing of ours throws; the library's own (memory, above all) end here rather than in abort().
    status = util::fail("sarray", exception.what());
  }
  // What failed in the middle is not told by the last flush.
  if (status && (std::fflush(stdout) != 0 || std::ferror(stdout) != 0))
    status = util::fail("standard output", "cannot be written");
  if (status) return *status;
  [[maybe_unused]] const auto told = util::write_all(2, util::format_error(status.error(), ::isatty(2) != 0), "");
  return status.error().status;
}

}  // namespace sarray::commands
