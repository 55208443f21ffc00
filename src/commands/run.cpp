#include "commands/run.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "cli/page.hpp"
#include "cli/suggest.hpp"
#include "cli/version.hpp"
#include "commands/commands.hpp"
#include "commands/suggest_run.hpp"
#include "commands/table.hpp"
#include "util/fd.hpp"
#include "util/message.hpp"
#include "util/wrap.hpp"

namespace sarray::commands {

namespace {

std::string help_text() {
  std::string text = "usage: sarray COMMAND [OPTION]...\n" + util::wrap(what_sarray_does, 80, 0) + "\n\ncommands:\n";
  for (const auto& command : command_table()) {
    auto name = std::string(command.name);
    name.resize(12, ' ');
    text.append("  ").append(name).append(command.summary).append("\n");
  }
  return text +
         "\n  -h, --help  print this; after a command, print that command's options\n"
         "  --version   print version and licence, and where the documents are\n\n"
         "examples:\n"
         "  sarray run -- ./launch.sh\n"
         "      runs launch.sh, and submits the sbatch calls that it makes as one array\n"
         "  sarray listen\n"
         "      then type sbatch calls as ever; sarray list shows them, sarray submit\n"
         "      submits them as one array\n"
         "  sarray status\n"
         "      what runs, what is done and what failed of it\n";
}

/// @param words of which the first is not a command: perhaps what records the calls was left out.
util::Error usage_error(const Words& words) {
  std::vector<std::string> names;
  for (const auto& command : command_table()) names.emplace_back(command.name);
  const auto meant = cli::suggest(words[0], names);
  auto hint = suggest_run(words);
  if (hint.empty()) hint = meant.empty() ? "sarray --help" : "did you mean 'sarray " + meant + "'?";
  util::Error error{words[0], "there is no such command", hint};
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
    std::fputs(cli::describe_version().c_str(), stdout);
    return 0;
  }
  const Words rest(words.begin() + 1, words.end());
  if (words[0] == "__complete") return complete(rest);
  if (words[0] == "__manual") return manual(rest);
  if (const auto* command = find_command(words[0])) return command->function(rest);
  return util::fail(usage_error(words));
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
