// What helps, man pages and completions are made from, and that a person can use it.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "cli/arguments.hpp"
#include "cli/exit_statuses.hpp"
#include "cli/manual.hpp"
#include "commands/submit_options.hpp"
#include "commands/table.hpp"
#include "util/fd.hpp"
#include "util/wrap.hpp"

using namespace sarray;
using Words = std::vector<std::string>;

namespace {

Words lines_of(const std::string& text) {
  Words lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

Words words_of(std::string_view line) {
  Words words;
  std::istringstream stream{std::string(line)};
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

/// Whether an option of an example is there: ours, or one of sbatch's.
bool knows(const cli::Page& page, const std::string& word) {
  const auto name = word.substr(0, word.find('='));
  for (const auto& option : page.options) {
    if (std::find(option.names.begin(), option.names.end(), name) != option.names.end()) return true;
  }
  if (!page.takes_sbatch_options) return false;
  Words words = {word};
  return !commands::take_sbatch_words(words).empty();
}

/// Whether another program's command line follows: its options are not ours.
bool starts_program(const cli::Page& page) { return !page.arguments.empty() && page.arguments.front().name == "COMMAND"; }

util::Error error_of(cli::Arguments& arguments, const Words& words) {
  const auto result = arguments.parse(words);
  REQUIRE_FALSE(result);
  return result.error();
}

}  // namespace

TEST_CASE("each command has a page: help, arguments, options") {
  std::set<std::string> names;
  for (const auto& command : commands::command_table()) {
    CAPTURE(command.name);
    CHECK(names.insert(std::string(command.name)).second);
    const auto page = commands::page_of(command);
    CHECK(page.command == command.name);
    CHECK(page.description.ends_with('.'));
    REQUIRE_FALSE(page.options.empty());
    CHECK(page.options.front().names == Words{"-h", "--help"});
    for (const auto& option : page.options) CHECK_FALSE(option.text.empty());
  }
}

TEST_CASE("a help fits 80 columns, has an example, and has none of the parser's words") {
  for (const auto& command : commands::command_table()) {
    CAPTURE(command.name);
    const auto text = cli::help_text(commands::page_of(command));
    for (const auto& line : lines_of(text)) CHECK_MESSAGE(line.size() <= 80, line);
    CHECK(text.starts_with("usage: sarray " + std::string(command.name)));
    CHECK(text.find("\nexamples:\n  ") != std::string::npos);
    for (const auto* word : {"REQUIRED", "Excludes", "Needs", "Positionals", "TEXT ...", "OPTIONS:"})
      CHECK_MESSAGE(text.find(word) == std::string::npos, word);
  }
}

TEST_CASE("the examples are of commands and options that are there") {
  for (const auto& command : commands::command_table()) {
    const auto page = commands::page_of(command);
    CHECK_FALSE(cli::examples_of(command.name).empty());
    for (const auto& example : cli::examples_of(command.name)) {
      CAPTURE(example.line);
      auto words = words_of(example.line);
      const auto begin = std::find(words.begin(), words.end(), command.name);
      REQUIRE(begin != words.end());
      CHECK((begin - 1)->ends_with("sarray"));
      words.erase(words.begin(), begin + 1);
      if (starts_program(page)) {
        CHECK_FALSE(commands::take_command(words).empty());
        if (!words.empty() && words.back() == "--") words.pop_back();
      }
      for (auto word = words.begin(); word != words.end() && *word != "--" && *word != "|" && *word != "&&"; ++word) {
        if (word->size() > 1 && word->front() == '-') CHECK_MESSAGE(knows(page, *word), *word);
      }
    }
  }
  CHECK(cli::examples_of("nosuch").empty());
}

TEST_CASE("text is broken between words") {
  CHECK(util::wrap("one two three", 7, 2) == "one two\n  three");
  CHECK(util::wrap("one\ntwo", 80, 2) == "one\n  two");
  CHECK(util::wrap("averyveryverylongword b", 5, 0) == "averyveryverylongword\nb");
  CHECK(util::wrap("A [b c] [d e]", 9, 1, true) == "A [b c]\n [d e]");
  CHECK(util::wrap("", 9, 1).empty());
}

TEST_CASE("a man page shows the text, whatever is in it") {
  cli::Page page{"x", "[-a]", "It's \\fBnot\\fR bold.\n.SH not a heading", {{"JOB...", "jobs"}}, {}, false, "'quoted"};
  page.options.push_back({{"-n", "--dry-run"}, "", false, "say -n"});
  page.options.push_back({{"--resume"}, "NAME", true, "go on"});
  const auto text = cli::manual_page(page, "does x");
  CHECK(text.find("\nIt\\(aqs \\efBnot\\efR bold.\n\\&.SH not a heading\n") != std::string::npos);
  CHECK(text.find("\n\\&\\(aqquoted\n") != std::string::npos);
  CHECK(text.find("\\fB\\-n\\fR, \\fB\\-\\-dry\\-run\\fR\nsay \\-n\n") != std::string::npos);
  CHECK(text.find("\\fB\\-\\-resume\\fR [\\fINAME\\fR]\n") != std::string::npos);
}

TEST_CASE("errors of the command line are in plain words, and the hint can be typed") {
  cli::Arguments arguments("retry", "Submits.", "TASK");
  std::string task;
  std::string lines;
  bool flag = false;
  bool other = false;
  auto& app = arguments.app();
  auto* word = app.add_option("task", task, "a task");
  app.add_option("-n,--lines", lines, "lines")->type_name("LINES");
  auto* wait = app.add_flag("--wait", flag, "wait")->needs(word);
  app.add_flag("--watch", other, "watch")->excludes(wait);
  arguments.takes_sbatch_options({"--time", "--partition"});
  CHECK(error_of(arguments, {"--wait"}).why == "--wait needs TASK");
  CHECK(error_of(arguments, {"1", "--wait", "--watch"}).why == "--wait cannot be given together with --watch");
  CHECK(error_of(arguments, {"1", "--lines"}).why == "--lines needs a value: --lines LINES");
  CHECK(error_of(arguments, {"1", "--wait=3"}).why == "--wait takes no value");
  CHECK(error_of(arguments, {""}).why == "TASK is given, but empty");
  CHECK(error_of(arguments, {"1", "2"}).why == "unexpected argument '2'");
  CHECK(error_of(arguments, {"1", "--tiem=10"}).hint == "did you mean --time?");
  CHECK(error_of(arguments, {"1", "--wat"}).hint == "did you mean --wait?");
  word->required();
  CHECK(error_of(arguments, {}).why == "TASK is missing");
  CHECK(error_of(arguments, {}).hint == "for example: sarray retry 42137");
  CHECK(error_of(arguments, {}).status == 2);
}

TEST_CASE("sbatch's options are suggested, and only those that an array can have") {
  const auto names = commands::override_names();
  const auto has = [&](const char* name) { return std::find(names.begin(), names.end(), name) != names.end(); };
  CHECK(has("--time"));
  CHECK(has("--partition"));
  CHECK_FALSE(has("--array"));
  CHECK_FALSE(has("--wrap"));
  CHECK_FALSE(has("--wait"));
  CHECK_FALSE(has("--help"));
}

TEST_CASE("docs/exit-status.md has the statuses that the man page has") {
  const auto document = util::read_file(SARRAY_SOURCE "/docs/exit-status.md");
  REQUIRE(document);
  Words rows;
  for (const auto& line : lines_of(*document)) {
    if (line.starts_with("| ") && line != "| status | meaning |") rows.push_back(line);
  }
  Words wanted;
  for (const auto& row : cli::exit_statuses)
    wanted.push_back("| " + std::string(row.status) + " | " + std::string(row.meaning) + " |");
  CHECK(rows == wanted);
}
