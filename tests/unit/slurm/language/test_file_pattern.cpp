#include <doctest/doctest.h>

#include "slurm/language/file_pattern.hpp"

using namespace sarray::slurm;

namespace {

PatternValues values() {
  PatternValues values;
  values.array_job_id = "42";
  values.array_task_id = 7;
  values.job_id = "49";
  values.job_name = "train";
  values.user = "ada";
  values.node = "n1";
  values.release = {22, 5};
  return values;
}

std::string expand(std::string_view pattern) { return expand_pattern(pattern, values()).value_or("(unknown)"); }

}  // namespace

TEST_CASE("conversions, as observed on 22.05") {
  CHECK(expand("slurm-%A_%a.out") == "slurm-42_7.out");
  CHECK(expand("%j.%J") == "49.49");
  CHECK(expand("%n%t %N %s %u %x") == "00 n1 batch ada train");
  CHECK(expand("100%%") == "100%");
  CHECK(expand("%3a") == "007");
  CHECK(expand("%05j") == "00049");
  CHECK(expand("%12a") == "0000000007");
  CHECK(expand("%0a") == "7");
  CHECK(expand("%9x") == "train");
  CHECK(expand("%q") == "%q");
  CHECK(expand("%b") == "%b");
  CHECK(expand("x%") == "x%");
  CHECK(expand("%3%") == "3%");
  CHECK(expand("%2.X") == "2.X");
}

TEST_CASE("a backslash anywhere switches expansion off") {
  CHECK(expand("p%j\\%j.X") == "p%j%j.X");
  CHECK(expand("a\\\\b%j") == "a\\b%j");
}

TEST_CASE("none is the null device") {
  CHECK(expand("none") == "/dev/null");
  CHECK(expand("NONE") == "/dev/null");
}

TEST_CASE("%b is known from 24.11") {
  auto later = values();
  later.release = {24, 11};
  later.array_task_id = 17;
  CHECK(expand_pattern("%b", later) == "7");
}

TEST_CASE("what is not known yet") {
  auto early = values();
  early.job_id.reset();
  CHECK_FALSE(expand_pattern("%x-%j", early));
  CHECK(expand_partly("%x-%05j-%%", early) == "train-%05j-%%");
  early.job_name = "50%";
  CHECK(expand_partly("%x-%j", early) == "50%%-%j");
}

TEST_CASE("has_conversion reads as Slurm reads") {
  CHECK(has_conversion("a%5a", 'a'));
  CHECK_FALSE(has_conversion("%%a", 'a'));
  CHECK_FALSE(has_conversion("\\%a", 'a'));
}
