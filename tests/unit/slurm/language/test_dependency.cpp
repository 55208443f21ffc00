#include <doctest/doctest.h>

#include <string>

#include "slurm/language/dependency.hpp"

using namespace sarray::slurm;

namespace {

constexpr Release v22_05{22, 5};
constexpr Release v26_05{26, 5};

std::string read(const std::string& text, const Release& release = v22_05) {
  const auto dependency = parse_dependency(text, release);
  if (!dependency) return "refused";
  return format_dependency(*dependency);
}

}  // namespace

TEST_CASE("a dependency is read as slurmctld reads it") {
  CHECK(read("afterok:1") == "afterok:1");
  CHECK(read("AfterOK:1:2") == "afterok:1,afterok:2");
  CHECK(read("1,2") == "afterany:1,afterany:2");
  CHECK(read("after:3+5") == "after:3+5");
  CHECK(read("afterok:17_*") == "afterok:17");
  CHECK(read("afterok:17_[1,3-5]:18_2") == "afterok:17_1,afterok:17_3,afterok:17_4,afterok:17_5,afterok:18_2");
  CHECK(read("singleton,afterany:4") == "singleton,afterany:4");
  CHECK(read("afternotok:1_2?afterany:3") == "afternotok:1_2?afterany:3");
  CHECK(read("afterok:1,afterok:1") == "afterok:1");
  CHECK(read("afterok:2000000001_3") == "afterok:2000000001_3");
}

TEST_CASE("a list of tasks with a step is without its last one") {
  CHECK(read("afterok:17_[0-9:3]") == "afterok:17_0,afterok:17_3,afterok:17_6");
  CHECK(read("afterok:17_[1-6:2]:18") == "afterok:17_1,afterok:17_3,afterok:17_5,afterok:18");
  CHECK(read("afterok:17_[0-3:1]") == "afterok:17_0,afterok:17_1,afterok:17_2");
  CHECK(read("afterok:17_[1-5:9]") == "afterok:17_1");
  for (const char* bad : {"1-5:2,7", "7,1-5:2", "2-2:1", "1-9:0", "1-9:x", "1-9:", "5:2", "1-9:2-3", "9-1:2"})
    CHECK(read("afterok:17_[" + std::string(bad) + "]") == "refused");
}

TEST_CASE("one '?' makes one condition of all enough") {
  CHECK(read("afterok:1?afterok:2,afterok:3") == "afterok:1?afterok:2?afterok:3");
  CHECK(read("afterok:1?afterok:2,afterok:3", v26_05) == "refused");
}

TEST_CASE("what squeue shows of a dependency is read as what was given") {
  CHECK(read("afterok:17_1(unfulfilled),afterany:18_*(failed)") == "afterok:17_1,afterany:18");
  CHECK(read("after:17_2+5(unfulfilled)?singleton(unfulfilled)", v26_05) == "after:17_2+5?singleton");
}

TEST_CASE("what squeue shows says which conditions can never be fulfilled") {
  const auto shown = parse_shown_dependency("afterok:17_3(failed),singleton(unfulfilled),after:18_*+5(failed)");
  REQUIRE(shown);
  REQUIRE(shown->conditions.size() == 3);
  CHECK(shown->conditions[0].has_failed);
  CHECK_FALSE(shown->conditions[1].has_failed);
  CHECK(shown->conditions[2].has_failed);
  CHECK(shown->conditions[2].minutes == 5);
  CHECK_FALSE(shown->any);
}

TEST_CASE("what is not a dependency is none") {
  for (const char* text : {"", "(null)", "afterok:", "afterok:x", "afterok:17_x"}) CHECK_FALSE(parse_shown_dependency(text));
}

TEST_CASE("what Slurm refuses by its form is refused") {
  for (const char* bad : {"",
                          "afterok",
                          "afterok:",
                          "afterok:abc",
                          "foo:1",
                          "afterok:1,",
                          "afterok:1_",
                          "afterok:1_[]",
                          "afterok:1_[3",
                          "afterok:1_[2-1]",
                          "after:1+0",
                          "singletons",
                          "afterok:0",
                          "afterok:1:",
                          "afterok:1_1-3",
                          "1_1-3",
                          "afterok:1_1%2",
                          "afterok:1x",
                          "afterok:1 ",
                          "afterok:1_2x",
                          "afterok:1_[2]x",
                          "afterok:1_*x",
                          "1x",
                          "afterok:1_[1],afterok:1_3-4"}) {
    CAPTURE(bad);
    CHECK(read(bad) == "refused");
    CHECK(read(bad, v26_05) == "refused");
  }
}

TEST_CASE("from 23.02 on Slurm refuses afterok and afternotok on what it does not know") {
  CHECK(is_refused_if_unknown(DependencyType::afterok, Release{23, 2}));
  CHECK(is_refused_if_unknown(DependencyType::afternotok, v26_05));
  CHECK_FALSE(is_refused_if_unknown(DependencyType::afterany, v26_05));
  CHECK_FALSE(is_refused_if_unknown(DependencyType::afterok, v22_05));
}
