#include "cli/manual.hpp"

#include <algorithm>
#include <array>

#include "cli/exit_statuses.hpp"
#include "cli/version.hpp"
#include "util/environment_names.hpp"
#include "util/wrap.hpp"

namespace sarray::cli {

namespace {

/// Lines of the source are no longer than 80 bytes with their escapes, as the tools for man pages want it.
constexpr std::size_t source_width = 66;

/// Returns text as roff prints it unchanged: no byte of it is a request or an escape.
std::string roff(std::string_view text) {
  std::string safe;
  bool at_begin = true;
  for (const char c : util::wrap(text, source_width, 0)) {
    if (at_begin && (c == '.' || c == '\'')) safe += "\\&";
    if (c == '\\') {
      safe += "\\e";
    } else if (c == '-') {
      safe += "\\-";
    } else if (c == '\'') {
      safe += "\\(aq";
    } else {
      safe += c;
    }
    at_begin = c == '\n';
  }
  return safe;
}

std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + roff(text) + "\\fR"; }

std::string title(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
  return ".TH " + roff(name) + " 1 \"" + date + "\" \"sarray " + version + "\" \"User Commands\"\n";
}

std::string section(std::string_view name) { return ".SH " + std::string(name) + "\n"; }

/// Returns an entry of a list: a term that is roff already, and its meaning.
std::string entry(const std::string& term, std::string_view meaning) { return ".TP\n" + term + "\n" + roff(meaning) + "\n"; }

std::string option_term(const PageOption& option) {
  std::string term;
  for (const auto& name : option.names) term += (term.empty() ? "" : ", ") + bold(name);
  if (option.value.empty()) return term;
  return term + (option.value_is_optional ? " [" + italic(option.value) + "]" : " " + italic(option.value));
}

std::string exit_section() {
  auto text = section("EXIT STATUS");
  for (const auto& row : exit_statuses) text += entry(bold(row.status), row.meaning);
  return text;
}

std::string literal(std::string_view lines) { return ".nf\n" + roff(lines) + ".fi\n"; }

struct Named {
  std::string_view name;
  std::string_view meaning;
};

constexpr std::array variables = {
    Named{util::state_variable, "the folder in which sessions and submissions are kept (default: ~/.local/state/sarray)"},
    Named{util::session_variable, "the name of the session whose shell this is; set by sarray listen and run"},
    Named{util::names_variable, "slurm: as sarray submit --names=slurm, always"},
    Named{util::bars_variable, "off: as sarray status --no-bars, always"},
    Named{util::settle_variable, "how many seconds a submission that was interrupted is looked for in Slurm"},
    Named{"NO_COLOR", "if it is set, nothing is coloured"},
    Named{"SLURM_CONF", "Slurm's own: the cluster that is meant"},
};

constexpr std::array files = {
    Named{"~/.local/state/sarray", "sessions, submissions and the counter of virtual ids; nobody else can read it"},
    Named{"sarray.slurm", "the script that was submitted last from this folder"},
};

}  // namespace

std::string manual_page(const Page& page, std::string_view summary) {
  auto text = title("sarray-" + page.command) + section("NAME") + roff("sarray-" + page.command) + " \\- " +
              std::string(summary) + "\n" + section("SYNOPSIS") + bold("sarray " + page.command) +
              (page.usage.empty() ? "" : " " + roff(page.usage)) + "\n" + section("DESCRIPTION") + roff(page.description) + "\n";
  if (!page.arguments.empty()) text += section("ARGUMENTS");
  for (const auto& argument : page.arguments) text += entry(italic(argument.name), argument.text);
  text += section("OPTIONS");
  for (const auto& option : page.options) text += entry(option_term(option), option.text);
  if (!page.notes.empty()) text += section("NOTES") + literal(page.notes + "\n");
  text += section("EXAMPLES");
  for (const auto& example : examples_of(page.command)) text += entry(bold(example.line), example.text);
  return text + section("EXIT STATUS") + bold("0") + " if it was done, " + bold("2") +
         " if the command line is wrong; sarray(1) has the table of all.\n" + section("SEE ALSO") +
         (page.takes_sbatch_options ? ".BR sarray (1),\n.BR sbatch (1)\n" : ".BR sarray (1)\n");
}

std::string main_manual_page(std::string_view description,
                             std::span<const std::pair<std::string_view, std::string_view>> commands) {
  auto text = title("sarray") + section("NAME") + "sarray \\- many sbatch calls, one Slurm job array\n" + section("SYNOPSIS") +
              bold("sarray") + " " + italic("COMMAND") + " [" + italic("OPTION") + "]...\n.br\n" + bold("sarray") + " " +
              italic("COMMAND") + " " + bold("--help") + "\n.br\n" + bold("sarray --version") + "\n" + section("DESCRIPTION") +
              roff(description) + "\n" + section("COMMANDS");
  for (const auto& [name, summary] : commands) text += entry(".BR sarray\\-" + roff(name) + " (1)", summary);
  text += section("EXAMPLES") + literal(
                                    "$ sarray listen\n[sarray] $ sbatch --array=0-2 train.slurm a\n"
                                    "[sarray] $ sbatch --array=0-4 eval.slurm\n[sarray] $ sarray submit\n");
  text += exit_section() + section("ENVIRONMENT");
  for (const auto& row : variables) text += entry(bold(row.name), row.meaning);
  text += section("FILES");
  for (const auto& row : files) text += entry(italic(row.name), row.meaning);
  return text + section("SEE ALSO") + ".BR sbatch (1),\n.BR squeue (1)\n";
}

}  // namespace sarray::cli
