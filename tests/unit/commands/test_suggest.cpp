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
}
