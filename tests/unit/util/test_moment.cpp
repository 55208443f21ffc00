#include <doctest/doctest.h>

#include "util/moment.hpp"

using namespace sarray;
using util::Moment;
using util::seconds_between;

TEST_CASE("one start of one machine counts, whatever its clock is set to") {
  CHECK(seconds_between({1000, "a", 10}, {1007, "a", 17}) == 7);
  CHECK(seconds_between({1000, "a", 10}, {400, "a", 17}) == 7);
  CHECK(seconds_between({1000, "a", 10}, {99999, "a", 10}) == 0);
  CHECK_FALSE(seconds_between({1000, "a", 17}, {1000, "a", 10}));
}

TEST_CASE("another machine's clock, or one before a restart, says nothing") {
  CHECK_FALSE(seconds_between({1000, "a", 10}, {1007, "b", 17}));
  CHECK_FALSE(seconds_between({1000, "a", 10}, {1007, "b", 5}));
}

TEST_CASE("a time without a machine is believed, but not from the future") {
  CHECK(seconds_between({1000, "", 0}, {1007, "b", 17}) == 7);
  CHECK(seconds_between({1000, "a", 10}, {1007, "", 0}) == 7);
  CHECK_FALSE(seconds_between({1600, "", 0}, {1007, "b", 17}));
  CHECK_FALSE(seconds_between({0, "", 0}, {1007, "b", 17}));
  CHECK_FALSE(seconds_between({0, "b", 0}, {1007, "b", 17}));
}

TEST_CASE("now is on this machine") {
  const auto earlier = util::now();
  CHECK_FALSE(earlier.boot.empty());
  const auto between = seconds_between(earlier, util::now());
  REQUIRE(between);
  CHECK(*between < 600);
}
