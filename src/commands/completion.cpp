#include <array>
#include <cstdio>
#include <string_view>

#include "cli/arguments.hpp"
#include "cli/manual.hpp"
#include "commands/commands.hpp"
#include "commands/table.hpp"
#include "embedded/completion_bash.hpp"
#include "embedded/completion_fish.hpp"
#include "embedded/completion_zsh.hpp"

namespace sarray::commands {

namespace {

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

}  // namespace

Status completion(const Words& words) {
  std::string shell;
  cli::Arguments arguments("completion", "Prints what a shell needs to complete commands, options, job ids, names and sessions.",
                           "bash|zsh|fish");
  arguments.app().add_option("shell", shell, "bash, zsh or fish")->required();
  arguments.app().footer("An installed package has these files already.");
  TRY(const bool go_on, arguments.parse(words));
  if (!go_on) return 0;
  if (shell == "bash") {
    print(embedded::completion_bash);
  } else if (shell == "zsh") {
    print(embedded::completion_zsh);
  } else if (shell == "fish") {
    print(embedded::completion_fish);
  } else {
    return util::fail(util::usage_error("completion", "there is none for '" + shell + "'", "bash, zsh or fish"));
  }
  return 0;
}

Status manual(const Words& words) {
  if (words.empty()) {
    std::vector<std::pair<std::string_view, std::string_view>> rows;
    for (const auto& command : command_table()) rows.emplace_back(command.name, command.summary);
    print(cli::main_manual_page(what_sarray_does, rows));
    return 0;
  }
  if (words[0] == "--list") {
    for (const auto& command : command_table()) print(std::string(command.name) + "\n");
    return 0;
  }
  const auto* command = find_command(words[0]);
  if (command == nullptr) return util::fail(util::usage_error(words[0], "there is no such command", "sarray --help"));
  print(cli::manual_page(page_of(*command), command->summary));
  return 0;
}

}  // namespace sarray::commands
