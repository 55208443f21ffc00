#include <doctest/doctest.h>

#include "report/table.hpp"

using namespace sarray;

TEST_CASE("columns are as wide as their texts, and the last one is cut") {
  report::Table table({true, false, false});
  table.add({"job", "name", "output"});
  table.add({"1", "train", "logs/train-1.out"});
  table.add({"12", "x", "y"});
  CHECK(table.text(0) == "job  name   output\n  1  train  logs/train-1.out\n 12  x      y\n");
  CHECK(table.text(22) == "job  name   output\n  1  train  logs/tr...\n 12  x      y\n");
}

TEST_CASE("a very long text moves the rest of its own line alone") {
  report::Table table({false, false});
  table.add({"arguments", "output"});
  table.add({std::string(500, 'x'), "a"});
  table.add({"--seed=1", "b"});
  CHECK(table.text(0) ==
        "arguments" + std::string(53, ' ') + "output\n" + std::string(500, 'x') + "  a\n--seed=1" + std::string(54, ' ') + "b\n");
}
