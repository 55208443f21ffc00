#include <doctest/doctest.h>

#include "slurm/language/array_ids.hpp"

using sarray::slurm::ArrayIds;

namespace {

constexpr std::uint32_t max_size = 10001;

/// "ids %throttle /step count", "plain" or "refused": one line for each spec, as observed on 22.05.
std::string read(const std::string& spec) {
  const auto ids = ArrayIds::parse(spec, max_size);
  if (!ids) return "refused";
  if (!*ids) return "plain";
  const auto& value = **ids;
  auto text = value.text() + " x" + std::to_string(value.count());
  if (value.step() != 1) text += " /" + std::to_string(value.step());
  if (value.throttle() != 0) text += " %" + std::to_string(value.throttle());
  return text;
}

}  // namespace

TEST_CASE("array specs that slurmctld takes") {
  CHECK(read("5") == "5 x1");
  CHECK(read("0") == "0 x1");
  CHECK(read("0-0") == "0 x1");
  CHECK(read("1,3,5") == "1,3,5 x3");
  CHECK(read("7,3") == "3,7 x2");
  CHECK(read("1,1,2") == "1-2 x2");
  CHECK(read("1-3,2-5") == "1-5 x5");
  CHECK(read("1-7:2") == "1-7:2 x4 /2");
  CHECK(read("1-5:10") == "1 x1 /10");
  CHECK(read("010") == "10 x1");
  CHECK(read(" 1-2") == "1-2 x2");
  CHECK(read("+1") == "1 x1");
  CHECK(read("1-+3") == "1-3 x3");
  CHECK(read("[1-2]") == "1-2 x2");
  CHECK(read("[1-2") == "1-2 x2");
  CHECK(read("1-2]") == "1-2 x2");
  CHECK(read("[1-3]%1") == "1-3 x3 %1");
  CHECK(read("[1-3%1]") == "1-3 x3 %1");
  CHECK(read("1,") == "1 x1");
  CHECK(read(",1") == "1 x1");
  CHECK(read("1-2,") == "1-2 x2");
  CHECK(read("0-") == "0 x1");
  CHECK(read("-") == "0 x1");
  CHECK(read("%") == "0 x1");
  CHECK(read("%5") == "0 x1 %5");
  CHECK(read("0-10000") == "0-10000 x10001");
}

TEST_CASE("array specs that mean a plain job") {
  CHECK(read("") == "plain");
  CHECK(read(",") == "plain");
}

TEST_CASE("array specs that slurmctld refuses") {
  for (const auto* spec : {"3-1", "5-1:2", "0x10", "1 -2", "1-", "-3", "1:2", "1.5", "a", "1-5:0", "1-5:-1", "1-3:1x", "1-3\n",
                           "[1,2][3]", "10001", "0-10001", "99999999999999999999"}) {
    CAPTURE(spec);
    CHECK(read(spec) == "refused");
  }
  const auto refused = ArrayIds::parse("3-1", max_size);
  CHECK(refused.error().body == "sbatch: error: Batch job submission failed: Invalid job array specification\n");
  CHECK(refused.error().status == 1);
}

TEST_CASE("the throttle stands behind the first %") {
  CHECK(read("1-2%0") == "1-2 x2");
  CHECK(read("1-2%x") == "1-2 x2");
  CHECK(read("1-2%") == "1-2 x2");
  CHECK(read("1-2%-1") == "1-2 x2");
  CHECK(read("1-2%0x2") == "1-2 x2");
  CHECK(read("1%1,2") == "1-2 x2 %1");
  CHECK(read("1-2%1%1") == "1-2 x2 %1");
  CHECK(read("1-2%99999") == "1-2 x2 %99999");
}

TEST_CASE("the step is the number behind the first colon, whatever the ids are") {
  CHECK(read("2,4,8") == "2,4,8 x3");
  CHECK(read("1-6:2,2") == "1-3,5 x4 /2");
}

TEST_CASE("overlapping stepped ranges are a set") {
  CHECK(read("1-9:2,2-8:2") == "1-9 x9 /2");
  CHECK(read("0-20:5,3,10-12") == "0,3,5,10-12,15,20 x8 /5");
}

TEST_CASE("a million ids cost three numbers") {
  const auto ids = ArrayIds::parse("0-999999", 1000001);
  REQUIRE(ids);
  CHECK((*ids)->ranges().size() == 1);
  CHECK((*ids)->nth(999999) == 999999);
}

TEST_CASE("nth, contains, and the text reads back") {
  for (const auto* spec : {"0-4", "1-7:2,20", "3,9,27", "0-20:5,3,10-12"}) {
    const auto ids = ArrayIds::parse(spec, max_size);
    REQUIRE(ids);
    const auto again = ArrayIds::parse((*ids)->text(), max_size);
    REQUIRE(again);
    CHECK((*again)->ranges() == (*ids)->ranges());
    for (std::uint32_t n = 0; n < (*ids)->count(); ++n) CHECK((*ids)->contains((*ids)->nth(n)));
  }
  CHECK_FALSE((*ArrayIds::parse("1-7:2", max_size))->contains(2));
}
