#include <doctest/doctest.h>

#include <array>
#include <random>

#include "queue/queue_file.hpp"
#include "util/process.hpp"

using namespace sarray;
using Words = std::vector<std::string>;

namespace {

const std::vector<std::string> variables = {"HOME=/home/ada", "NAME=value",         "TWO=a b",
                                            "EMPTY=",         "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"};

util::Result<std::vector<queue::QueueLine>> read(const std::string& text) {
  return queue::read_queue_file(text, "queue", util::Environment::from_entries(variables));
}

Words words_of(const std::string& line) {
  const auto lines = read(line + "\n");
  REQUIRE(lines);
  if (lines->empty()) return {};
  REQUIRE(lines->size() == 1);
  return Words(lines->front().words.begin() + 1, lines->front().words.end());
}

/// The words that bash makes of each line, from one run of it: a line is the arguments of a function.
std::vector<Words> bash_words(const Words& lines) {
  std::string script = "f() { printf '%s\\0' \"$#\" \"$@\"; }\n";
  for (const auto& line : lines) script += "f " + line + "\n";
  util::Command command;
  command.argv = {"bash", "--norc"};
  command.environment = variables;
  command.input = script;
  const auto output = util::run(command);
  REQUIRE(output);
  REQUIRE(output->err == "");
  std::vector<Words> result;
  std::size_t at = 0;
  const auto next = [&] {
    const auto end = output->out.find('\0', at);
    auto word = output->out.substr(at, end - at);
    at = end + 1;
    return word;
  };
  while (at < output->out.size()) {
    Words words(std::stoul(next()));
    for (auto& word : words) word = next();
    result.push_back(std::move(words));
  }
  return result;
}

std::string error_of(const std::string& text) {
  const auto lines = read(text);
  REQUIRE(!lines);
  return lines.error().what + ": " + lines.error().why;
}

}  // namespace

TEST_CASE("words as bash has them") {
  const Words lines = {
      "job.sh a b",
      "'a b' \"c d\" e\\ f",
      R"('$NAME' "$NAME" $NAME ${NAME}x \$NAME)",
      R"("$TWO" $TWO x$TWO"y" $EMPTY "$EMPTY" ''"")",
      R"(a"b'c"d'e"f'g "\a \$ \" \\ \`" '\')",
      R"($'a\nb\t\x41\101\'\"\\\u00e9\U0001F600\e' $"plain")",
      "~ ~/x a~ '~' \"~\" x=~ x=~/a:~:b:~ x=''~ 1=~ x':'~",
      "a#b # a comment",
      "# nothing",
      "* ? [a-z] \\* '*' nosuch*",
      "{a} {} { } a{b a,b }",
      "$ a$ \"$\" $'' ''",
      "-- -o 'x=y' A=1",
      "é 日本 \x01 \xff",
  };
  const auto expected = bash_words(lines);
  REQUIRE(expected.size() == lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CAPTURE(lines[i]);
    CHECK(words_of("sbatch " + lines[i]) == expected[i]);
  }
}

TEST_CASE("random quoting is read as bash reads it") {
  const std::array<std::string, 17> pieces = {"a",  " ",    "'b c'",  "\"d e\"", "\\ ", "\\'", "$NAME", "\"$TWO\"", "$TWO",
                                              "''", "\"\"", "$'\\n'", "=",       "#",   "~",   "/",     "-x"};
  std::mt19937 dice(7);
  Words lines;
  for (int i = 0; i < 3000; ++i) {
    std::string line = "w";
    for (auto n = dice() % 9; n > 0; --n) line += pieces[dice() % pieces.size()];
    lines.push_back(std::move(line));
  }
  const auto expected = bash_words(lines);
  REQUIRE(expected.size() == lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (words_of("sbatch " + lines[i]) == expected[i]) continue;
    CAPTURE(lines[i]);
    CHECK(words_of("sbatch " + lines[i]) == expected[i]);
    break;
  }
}

TEST_CASE("lines: sbatch or not, continued, blank, assignments in front, Windows ends") {
  const auto lines = read("\n# c\nsbatch a\n  b \\\n  c\r\nX=1 Y='2 3' /usr/bin/sbatch d\n'X=1' e\nf 'two\nlines'\ng");
  REQUIRE(lines);
  REQUIRE(lines->size() == 6);
  CHECK((*lines)[0].words == Words{"sbatch", "a"});
  CHECK((*lines)[1].words == Words{"sbatch", "b", "c"});
  CHECK((*lines)[1].line == 4);
  CHECK((*lines)[2].words == Words{"sbatch", "d"});
  CHECK((*lines)[2].assignments == std::vector<std::pair<std::string, std::string>>{{"X", "1"}, {"Y", "2 3"}});
  CHECK((*lines)[3].words == Words{"sbatch", "X=1", "e"});
  CHECK((*lines)[4].words == Words{"sbatch", "f", "two\nlines"});
  CHECK((*lines)[5].line == 10);
}

TEST_CASE("what only a shell can do is refused, with its line") {
  CHECK(error_of("a\nb | c\n") == "queue: line 2: '|' needs a shell, but this file is read line by line, one sbatch call each");
  for (const std::string text : {"a & b", "a; b", "a > b", "a < b", "a $(b)", "a \"$(b)\"", "a `b`", "a \"`b`\"", "(a)",
                                 "a ${b:-c}", "a $1", "a $@", "a {1..3}", "a {b,c}"}) {
    CAPTURE(text);
    CHECK(error_of("\n" + text + "\n").find("queue: line 2: '") == 0);
  }
  CHECK(error_of("a 'b\nc") == "queue: line 1: unterminated '");
  CHECK(error_of("a\n\"b") == "queue: line 2: unterminated \"");
  CHECK(error_of("X=1\n") == "queue: line 1: a variable assignment without a call");
  CHECK(error_of(std::string("a\0b", 3)) == "queue: line 1: a NUL byte");
}
