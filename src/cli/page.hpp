// What is known of a command, as one value: its help, its man page and its completion are made from it.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sarray::cli {

/// A line that a person can type, and what it does.
struct Example {
  std::string_view command;
  std::string_view line;
  std::string_view text;
};

/// Returns the examples of one command, in the order in which they are shown; none for an unknown command.
[[nodiscard]] std::span<const Example> examples_of(std::string_view command);

struct PageArgument {
  std::string name;  ///< in upper case: "TASK", "JOB..."
  std::string text;
};

struct PageOption {
  std::vector<std::string> names;  ///< "-n", "--dry-run": letters first
  std::string value;               ///< "FILE"; empty: it takes none
  bool value_is_optional = false;
  std::string text;
};

struct Page {
  std::string command;
  std::string usage;  ///< what follows the command's name
  std::string description;
  std::vector<PageArgument> arguments;
  std::vector<PageOption> options;
  bool takes_sbatch_options = false;
  std::string notes;  ///< one sentence or more; lines stay lines
};

/// Returns the page of a parser. What is in the group "" is hidden.
[[nodiscard]] Page make_page(const std::string& command, const std::string& usage, const CLI::App& app);

/// Returns the name of an argument as a person sees it: "task" is TASK; the name of an option stays as it is.
[[nodiscard]] std::string shown_name(const std::string& name);

/// Returns the help text, in lines of at most 80 columns. It ends with a newline.
[[nodiscard]] std::string help_text(const Page& page);

/// Returns the page that a command hands over (hand_over) while `run` runs it with any words; an empty one if it hands over none.
/// So the options of a command are known without a second table of them.
[[nodiscard]] Page ask_for_page(const std::function<void()>& run);

/// @return true if somebody asks for the command's page: now they have it, and the command has nothing else to do.
[[nodiscard]] bool hand_over(const Page& page);

}  // namespace sarray::cli
