#include <doctest/doctest.h>

#include "answer/words.hpp"

namespace sarray::answer {

using slurm::Tool;
using List = std::vector<std::string>;

TEST_CASE("a call is passed on at once unless its words can mean a job of ours") {
  const auto ours = [](Tool tool, const List& words) { return may_concern_ours(tool, words); };
  CHECK_FALSE(ours(Tool::squeue, {"-j", "17"}));
  CHECK_FALSE(ours(Tool::squeue, {"--jobs=17,18", "-h", "-o", "%t"}));
  CHECK_FALSE(ours(Tool::squeue, {"-hj17"}));
  CHECK_FALSE(ours(Tool::squeue, {"--version"}));
  CHECK_FALSE(ours(Tool::squeue, {"--nosuch"}));
  CHECK(ours(Tool::squeue, {}));
  CHECK(ours(Tool::squeue, {"-u", "ada"}));
  CHECK(ours(Tool::squeue, {"--me", "-t", "PD"}));
  CHECK(ours(Tool::squeue, {"-j", "17,2000000003_4"}));
  CHECK_FALSE(ours(Tool::sacct, {"-j", "17", "-n"}));
  CHECK(ours(Tool::sacct, {"-X", "-S", "now-1day"}));
  CHECK_FALSE(ours(Tool::scancel, {"17", "18_3"}));
  CHECK_FALSE(ours(Tool::scancel, {"-s", "USR1", "17"}));
  CHECK(ours(Tool::scancel, {"-n", "train"}));
  CHECK(ours(Tool::scancel, {"2000000003"}));
  CHECK(ours(Tool::scancel, {"--me"}));
  CHECK_FALSE(ours(Tool::scontrol, {"show", "node"}));
  CHECK_FALSE(ours(Tool::scontrol, {"show", "job", "17"}));
  CHECK_FALSE(ours(Tool::scontrol, {"show", "config"}));
  CHECK(ours(Tool::scontrol, {"show", "job"}));
  CHECK(ours(Tool::scontrol, {"-o", "show", "jobs"}));
  CHECK(ours(Tool::scontrol, {"update", "JobId=2000000003", "TimeLimit=5"}));
  CHECK_FALSE(ours(Tool::srun, {"-n", "2", "./a.out"}));
  CHECK(ours(Tool::srun, {"--jobid=2000000003", "true"}));
}

TEST_CASE("words are read as getopt_long reads them") {
  const auto words = read_words(Tool::squeue, {"-ho%i %j", "--user=ada", "-t", "PD", "-j", "17", "rest", "--noc"});
  CHECK(words.unknown.empty());
  CHECK(words.has("noheader"));
  REQUIRE(words.value("format") != nullptr);
  CHECK(*words.value("format") == "%i %j");
  CHECK(*words.value("states") == "PD");
  CHECK(*words.value("job") == "17");
  CHECK(words.operands == List{"rest"});
  CHECK(words.has("noconvert"));
  // --use is --user and --users, which are one option; --us is --usage, too.
  CHECK(read_words(Tool::squeue, {"--us=ada"}).unknown == "--us=ada");
  CHECK(read_words(Tool::squeue, {"--use=ada"}).value("user") != nullptr);
  CHECK(read_words(Tool::squeue, {"--state=R"}).value("states") != nullptr);
  CHECK(read_words(Tool::squeue, {"--zz"}).unknown == "--zz");
  CHECK(read_words(Tool::scancel, {"-t"}).unknown == "-t");
  CHECK(read_words(Tool::scancel, {"--", "-t"}).operands == List{"-t"});
  CHECK(write_words({{"noheader", std::nullopt}, {"format", "%i"}}, {"x"}) == List{"--noheader", "--format=%i", "x"});
}

TEST_CASE("a virtual id is found in any word, and no other number is one") {
  CHECK(names_virtual_id("JobId=2000000003,5"));
  CHECK(names_virtual_id("afterok:2147483647"));
  CHECK(names_virtual_id("2000000003_4.batch"));
  CHECK_FALSE(names_virtual_id("2000000000"));
  CHECK_FALSE(names_virtual_id("2147483648"));
  CHECK_FALSE(names_virtual_id("20000000031"));
  CHECK_FALSE(names_virtual_id("x12000000003"));
  CHECK_FALSE(names_virtual_id(""));
}

}  // namespace sarray::answer
