#include <doctest/doctest.h>

#include <set>

#include "slurm/language/option.hpp"

using namespace sarray::slurm;

TEST_CASE("the table is sorted, and its letters and variables are unique") {
  std::set<char> letters;
  std::set<std::string_view> variables;
  std::string_view before;
  for (const auto& option : option_table()) {
    CAPTURE(option.name);
    CHECK(before < option.name);
    before = option.name;
    if (option.letter != 0) CHECK(letters.insert(option.letter).second);
    for (const auto variable : option.variables) {
      if (!variable.empty()) CHECK(variables.insert(variable).second);
    }
    CHECK((option.kind == ValueKind::flag) == (option.arity == Arity::none));
  }
}

TEST_CASE("a dialect has its release's options and the site's own") {
  const auto dialect = Dialect::from_help("slurm-wlm 22.05.8\n",
                                          "  -A, --account=name          charge job to specified account\n"
                                          "      --x11-lite[=mode]       a site's own, see --help\n"
                                          "      --watch                 another\n");
  CHECK(dialect.release() == Release{22, 5});
  CHECK(dialect.find("prefer") != nullptr);     // 22.05
  CHECK(dialect.find("tres-bind") == nullptr);  // 23.11
  CHECK(dialect.find("power") != nullptr);      // to 23.11
  REQUIRE(dialect.find("x11-lite") != nullptr);
  CHECK(dialect.find("x11-lite")->arity == Arity::optional);
  CHECK(dialect.find("watch")->arity == Arity::none);
  const auto again = Dialect::deserialize(dialect.serialize());
  REQUIRE(again);
  CHECK(again->serialize() == dialect.serialize());
  CHECK(again->find("x11-lite")->arity == Arity::optional);
}

TEST_CASE("without Slurm every option of every release is known") {
  const Dialect dialect;
  CHECK(dialect.options().size() == option_table().size());
}
