#include <doctest/doctest.h>

#include "slurm/language/value.hpp"

using namespace sarray::slurm;

namespace {

std::string normal(const char* option, std::string_view value) { return normalize_value(*find_option(option), value); }

void check_equal(const char* option, std::initializer_list<const char*> spellings) {
  for (const auto* spelling : spellings) {
    CAPTURE(option);
    CAPTURE(spelling);
    CHECK(normal(option, spelling) == normal(option, *spellings.begin()));
  }
}

void check_different(const char* option, const char* a, const char* b) {
  CAPTURE(option);
  CHECK(normal(option, a) != normal(option, b));
}

}  // namespace

TEST_CASE("equal by meaning") {
  check_equal("mem", {"1G", "1024M", "1024", "1g", "1GB", "1048576K"});
  check_equal("time", {"60", "60:00", "1:00:00", "0-1", "0-1:0", "0-1:00:00", "59:01"});
  check_equal("time", {"UNLIMITED", "infinite", "-1"});
  check_equal("ntasks", {"4", "04", "+4"});
  check_equal("nodes", {"2", "2-2"});
  check_equal("nodelist", {"n[1-3]", "n3,n1,n2", "n1,n[2-3]"});
  check_equal("mail-type", {"ALL", "begin,end,fail,invalid_depend,requeue,stage_out"});
  check_equal("mail-type", {"END,FAIL", "fail,end"});
  check_equal("gres", {"gpu:1,tmp:2", "tmp:2,gpu:1"});
}

TEST_CASE("different by meaning") {
  check_different("mem", "1G", "1000M");
  check_different("time", "60", "61");
  check_different("time", "1:00", "1:00:00");
  check_different("constraint", "a|b", "b|a");
  check_different("constraint", "a,b", "b,a");
  check_different("nodelist", "n[01-03]", "n[1-3]");
  check_different("comment", "A", "a");
}

TEST_CASE("what cannot be read is only equal to itself") {
  CHECK(normal("mem", "1.5G") == "1.5G");
  CHECK(normal("time", "soon") == "soon");
  CHECK(normal("nodelist", "n[1-3]x") == "n[1-3]x");
}
