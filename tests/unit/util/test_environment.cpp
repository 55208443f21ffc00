#include <doctest/doctest.h>

#include "util/environment.hpp"

using namespace sarray;
using util::Environment;

namespace {

std::vector<std::string> seen(const Environment& environment, std::string_view prefix) {
  std::vector<std::string> entries;
  environment.visit_prefix(prefix, [&](std::string_view name, std::string_view value) {
    entries.push_back(std::string(name) + "=" + std::string(value));
  });
  return entries;
}

using Entries = std::vector<std::string>;

}  // namespace

TEST_CASE("of two entries with one name the first counts, as for getenv") {
  const auto environment = Environment::from_entries({"B=1", "A=first", "B=2", "A=second"});
  CHECK(environment.get("A") == "first");
  CHECK(environment.get("B") == "1");
  CHECK(environment.entries() == Entries{"A=first", "B=1"});
}

TEST_CASE("entries without a name or without = are kept out; a value may hold =") {
  const auto environment = Environment::from_entries({"=x", "nothing", "A=b=c", "E="});
  CHECK(environment.entries() == Entries{"A=b=c", "E="});
  CHECK(environment.get("E") == "");
  CHECK_FALSE(environment.get("nothing"));
  CHECK_FALSE(environment.get(""));
}

TEST_CASE("changes: set, unset, and back to what the base says") {
  auto environment = Environment::from_entries({"A=1", "B=2"});
  environment.set("A", "9");
  environment.set("C", "3");
  environment.unset("B");
  CHECK(environment.get("A") == "9");
  CHECK(environment.get("C") == "3");
  CHECK_FALSE(environment.get("B"));
  CHECK(environment.changes().size() == 3);
  CHECK(environment.entries() == Entries{"A=9", "C=3"});

  environment.set("A", "1");
  environment.set("B", "2");
  environment.unset("C");
  CHECK(environment.changes().empty());
  environment.unset("none");
  CHECK(environment.changes().empty());
  environment.set("A", "");
  CHECK(environment.get("A") == "");
  CHECK(environment.changes().size() == 1);
}

TEST_CASE("a copy's changes do not reach the original, and the block is shared") {
  auto environment = Environment::from_entries({"A=1"});
  auto copy = environment;
  copy.set("A", "2");
  CHECK(environment.get("A") == "1");
  CHECK(copy.base() == environment.base());
}

TEST_CASE("visit goes through base and changes in order of name") {
  auto environment = Environment::from_entries({"M=1", "A=1", "Z=1"});
  environment.set("B", "2");
  environment.set("ZZ", "2");
  environment.set("M", "2");
  environment.unset("A");
  CHECK(environment.entries() == Entries{"B=2", "M=2", "Z=1", "ZZ=2"});
}

TEST_CASE("visit_prefix takes the names that begin so, and no others") {
  auto environment = Environment::from_entries({"SLURM=0", "SLURM_A=1", "SLURMX=2", "SLURM_C=3", "SLURL_=4", "S=5", "T=6"});
  environment.set("SLURM_B", "new");
  environment.set("SLURN", "no");
  environment.unset("SLURM_A");
  CHECK(seen(environment, "SLURM_") == Entries{"SLURM_B=new", "SLURM_C=3"});
  CHECK(seen(environment, "U").empty());
  CHECK(seen(environment, "").size() == 8);
}

TEST_CASE("names sort by their own bytes, whatever stands behind the =") {
  // 'A-B' sorts before 'A' as whole entries ('-' is below '='), but after it by name.
  const auto environment = Environment::from_entries({"A=1", "A-B=2", "A!=3", "AB=4"});
  CHECK(environment.entries() == Entries{"A=1", "A!=3", "A-B=2", "AB=4"});
  CHECK(environment.get("A-B") == "2");
  CHECK(seen(environment, "A-") == Entries{"A-B=2"});
}

TEST_CASE("names that begin alike for eight bytes and more, and bytes above 127, are told apart") {
  const auto environment =
      Environment::from_entries({"BENCH_MODULE_10=c", "BENCH_MODULE_1=b", "BENCH_MO=a", "BENCH_M=z", "\xff=h", "a=l"});
  CHECK(environment.get("BENCH_MODULE_1") == "b");
  CHECK(environment.get("BENCH_MODULE_10") == "c");
  CHECK(environment.get("BENCH_MO") == "a");
  CHECK(environment.get("BENCH_M") == "z");
  CHECK(environment.get("\xff") == "h");
  CHECK_FALSE(environment.get("BENCH_MODULE_2"));
  CHECK_FALSE(environment.get("BENCH_MODULE"));
  CHECK_FALSE(environment.get(""));
  CHECK(environment.entries() ==
        std::vector<std::string>{"BENCH_M=z", "BENCH_MO=a", "BENCH_MODULE_1=b", "BENCH_MODULE_10=c", "a=l", "\xff=h"});
}
