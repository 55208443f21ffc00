#include <doctest/doctest.h>

#include "cli/suggest.hpp"
#include "commands/submit_options.hpp"

using sarray::cli::suggest;
using sarray::commands::take_sbatch_words;
using Words = std::vector<std::string>;

TEST_CASE("the nearest word, and none where none is near") {
  const Words known = {"listen", "list", "submit", "throttle"};
  CHECK(suggest("sumbit", known) == "submit");
  CHECK(suggest("lst", known) == "list");
  CHECK(suggest("thr", known) == "throttle");
  CHECK(suggest("frobnicate", known) == "");
  CHECK(suggest("", known) == "");
}

TEST_CASE("submit's words are told apart from sbatch's") {
  const auto split = [](Words words) {
    auto taken = take_sbatch_words(words);
    return std::pair(words, taken);
  };
  CHECK(split({"queue", "-n", "--json"}) == std::pair(Words{"queue", "-n", "--json"}, Words{}));
  CHECK(split({"--partition=long", "queue"}) == std::pair(Words{"queue"}, Words{"--partition=long"}));
  CHECK(split({"--partition", "long", "queue"}) == std::pair(Words{"queue"}, Words{"--partition", "long"}));
  CHECK(split({"-p", "long", "-t", "3", "-plong"}) == std::pair(Words{"-t", "3"}, Words{"-p", "long", "-plong"}));
  CHECK(split({"-o", "--time"}) == std::pair(Words{"-o", "--time"}, Words{}));  // a file of that name
  CHECK(split({"--time", "5", "--throttle", "--x"}) == std::pair(Words{"--throttle", "--x"}, Words{"--time", "5"}));
  CHECK(split({"-H", "--exclusive", "queue"}) == std::pair(Words{"queue"}, Words{"-H", "--exclusive"}));
  CHECK(split({"--nosuch", "queue"}) == std::pair(Words{"--nosuch", "queue"}, Words{}));
  CHECK(split({"--", "--time"}) == std::pair(Words{"--", "--time"}, Words{}));
  // The beginning of one of ours is not taken for sbatch's, also where sbatch would take it.
  CHECK(split({"--out", "x"}) == std::pair(Words{"--out", "x"}, Words{}));
  CHECK(split({"--job", "1-2"}) == std::pair(Words{"--job", "1-2"}, Words{}));
  CHECK(split({"--parti=long", "--job-na=x"}) == std::pair(Words{}, Words{"--parti=long", "--job-na=x"}));
}

TEST_CASE("whether our own option was given by its letter") {
  using sarray::commands::is_letter_given;
  for (const Words& words : {Words{"-t", "3"}, {"-t3"}, {"calls", "-nt", "3"}}) CHECK(is_letter_given(words, 't'));
  for (const Words& words : {Words{"--throttle", "-t"}, {"-o", "-t"}, {"-otxt"}, {"--", "-t"}, {"--throttle=3"}, {}})
    CHECK_FALSE(is_letter_given(words, 't'));
}

TEST_CASE("a command is told apart from the options before it") {
  const auto split = [](Words words) {
    auto command = sarray::commands::take_command(words);
    return std::pair(words, command);
  };
  CHECK(split({"make", "-j", "4"}) == std::pair(Words{}, Words{"make", "-j", "4"}));
  CHECK(split({"--", "make", "--", "x"}) == std::pair(Words{}, Words{"make", "--", "x"}));
  CHECK(split({"-t", "4", "-p", "long", "-plong", "make"}) == std::pair(Words{"-t", "4", "-p", "long", "-plong"}, Words{"make"}));
  CHECK(split({"-nt", "4", "make"}) == std::pair(Words{"-nt", "4"}, Words{"make"}));
  CHECK(split({"-nt4", "make"}) == std::pair(Words{"-nt4"}, Words{"make"}));
  CHECK(split({"-o", "--", "make"}) == std::pair(Words{"-o", "--"}, Words{"make"}));  // a file of that name
  CHECK(split({"--mem=1G", "--exclusive", "--time", "5", "--record-only", "-n", "make", "-n"}) ==
        std::pair(Words{"--mem=1G", "--exclusive", "--time", "5", "--record-only", "-n"}, Words{"make", "-n"}));
  CHECK(split({"--nosuch", "make"}) == std::pair(Words{"--nosuch"}, Words{"make"}));
  CHECK(split({"-t"}) == std::pair(Words{"-t"}, Words{}));
  CHECK(split({"-n", "--"}) == std::pair(Words{"-n"}, Words{}));
  CHECK(split({}) == std::pair(Words{}, Words{}));
}
