#include <doctest/doctest.h>

#include <string>

#include "../plan_support.hpp"
#include "plan/graph.hpp"
#include "plan/plan.hpp"

using namespace sarray;
using test::arrays_of;

namespace {

const std::string v = "200000000";  // with a digit, the virtual id of the job with that number

plan::Plan plan_of(const std::vector<test::Words>& calls, plan::PlanOptions options = test::make_options()) {
  auto plan = plan::make_plan(test::make_jobs(calls), options);
  REQUIRE_MESSAGE(plan, "refused: ", plan ? "" : plan.error().what + ": " + plan.error().why);
  return std::move(*plan);
}

std::string why_not(const std::vector<test::Words>& calls, const plan::PlanOptions& options = test::make_options()) {
  const auto plan = plan::make_plan(test::make_jobs(calls), options);
  return plan ? "planned" : plan.error().what + ": " + plan.error().why;
}

/// "1: 0-2 afterok:@0_1; ...": what the tasks of each array wait for.
std::string waits_of(const plan::Plan& plan, const plan::OutsideJobs& outside = {}) {
  const auto places = plan::find_places(plan, outside);
  std::string text;
  for (std::size_t number = 0; number < plan.arrays.size(); ++number) {
    const auto& array = plan.arrays[number];
    for (const auto& wait : plan::find_task_waits(plan.jobs, array.placements, array.tasks, places)) {
      text += (text.empty() ? "" : "; ") + std::to_string(number) + ": ";
      text += (wait.indices.empty() ? "all" : plan::format_ranges(wait.indices)) + " " + wait.condition;
    }
  }
  return text;
}

}  // namespace

TEST_CASE("jobs of a stage share an array, whatever the options of other stages are") {
  const auto plan = plan_of({{"a"},
                             {"-c2", "-d", "afterok:" + v + "1", "b"},
                             {"a"},
                             {"-c2", "-d", "afterok:" + v + "3", "b"},
                             {"-t9", "-d", "afterany:" + v + "2:" + v + "4", "c"}});
  CHECK(plan.is_pipeline);
  CHECK(arrays_of(plan) == "1,3 | 2,4 | 5");
  CHECK(waits_of(plan) == "1: 0 afterok:@0_0; 1: 1 afterok:@0_1; 2: all afterany:@1");
}

TEST_CASE("a plan whose jobs wait for nothing, or all for the same jobs of Slurm's own, is no pipeline") {
  CHECK_FALSE(plan_of({{"a"}, {"b"}}).is_pipeline);
  const auto same = plan_of({{"-d", "afterok:17,afterany:18_2", "a"}, {"-d", "afterok:17,afterany:18_2", "b"}});
  CHECK_FALSE(same.is_pipeline);
  REQUIRE(same.arrays.size() == 1);
  REQUIRE(same.arrays[0].settings.size() == 1);
  CHECK(same.arrays[0].settings[0].value == "afterok:17,afterany:18_2");
  const auto different = plan_of({{"-d", "afterok:17", "a"}, {"-d", "afterok:18", "b"}});
  CHECK(different.is_pipeline);
  CHECK(arrays_of(different) == "1,2");
  CHECK(waits_of(different) == "0: 0 afterok:17; 0: 1 afterok:18");
}

TEST_CASE("tasks that wait for the same are told together, and tasks of one array are one condition") {
  const auto plan = plan_of({{"-a0-2", "a"},
                             {"x"},
                             {"-a1,3", "-d", "afterok:" + v + "1", "b"},
                             {"-d", "afterok:" + v + "1_1:" + v + "2", "c"},
                             {"-d", "afterok:" + v + "1", "d"},
                             {"e"}});
  CHECK(arrays_of(plan) == "1,2,6 | 3-5");
  CHECK(waits_of(plan) == "1: 0-1,3 afterok:@0_[0-2]; 1: 2 afterok:@0_[1,3]");
}

TEST_CASE("aftercorr: each task waits for its own, and one without a twin for all") {
  const auto plan = plan_of({{"x"},
                             {"-a1-3", "a"},
                             {"-a2-4", "-d", "aftercorr:" + v + "2", "b"},
                             {"-d", "aftercorr:" + v + "2", "c"},
                             {"-a0-1", "-d", "aftercorr:" + v + "1", "d"}});
  CHECK(waits_of(plan) == "1: 0 afterok:@0_2; 1: 1 afterok:@0_3; 1: 2-3 afterok:@0_[1-3]; 1: 4-5 afterok:@0_0");
  CHECK(why_not({{"-a0-3", "a"}, {"-a0-3", "-d", "aftercorr:" + v + "1_2", "b"}}).find("does not say which task") !=
        std::string::npos);
}

TEST_CASE("of what Slurm has for whole arrays only, the parent is an array by itself") {
  const auto notok = plan_of({{"-a0-2", "a"}, {"x"}, {"-d", "afternotok:" + v + "1", "b"}, {"-d", "afternotok:" + v + "2", "c"}});
  CHECK(arrays_of(notok) == "1 | 2 | 3,4");
  CHECK(waits_of(notok) == "2: 0 afternotok:@0; 2: 1 afternotok:@1");
  const auto any = plan_of({{"-a0-2", "a"}, {"x"}, {"y"}, {"-d", "afterok:" + v + "1?afterok:" + v + "2", "b"}});
  CHECK(arrays_of(any) == "1 | 2,3 | 4");
  CHECK(waits_of(any) == "2: all afterok:@0?afterok:@1_0");
  const auto two = plan_of({{"x"}, {"y"}, {"-d", "afterok:" + v + "1?afterok:" + v + "2", "b"}});
  CHECK(waits_of(two) == "1: all afterok:@0_0?afterok:@0_1");
  const auto large = plan_of({{"-a0-99", "a"}, {"x"}, {"-d", "afterok:" + v + "1", "b"}});
  CHECK(arrays_of(large) == "1 | 2 | 3");
  CHECK(waits_of(large) == "2: all afterok:@0");
}

TEST_CASE("minutes are said for each task: Slurm takes those of a list for its last one") {
  const auto plan = plan_of({{"-a0-1", "a"}, {"x"}, {"-d", "after:" + v + "1+5", "b"}});
  CHECK(waits_of(plan) == "1: all after:@0_0+5,after:@0_1+5");
}

TEST_CASE("a task that its parent does not have counts as satisfied, or is refused, as in that release") {
  CHECK(waits_of(plan_of({{"-a0-2", "a"}, {"-d", "afterok:" + v + "1_7", "b"}})).empty());
  CHECK(waits_of(plan_of({{"a"}, {"-d", "afterok:" + v + "1_1", "b"}})).empty());
  CHECK(waits_of(plan_of({{"a"}, {"x"}, {"-d", "afterok:" + v + "1_1?afterok:" + v + "2", "b"}})).empty());
  CHECK(waits_of(plan_of({{"a"}, {"x"}, {"-d", "afterok:" + v + "1_1,afterok:" + v + "2", "b"}})) == "1: all afterok:@0_1");
  auto options = test::make_options();
  options.release = {24, 11};
  CHECK(why_not({{"a"}, {"-d", "afterok:" + v + "1_1", "b"}}, options).find("no such task") != std::string::npos);
  CHECK(why_not({{"a"}, {"-d", "afterany:" + v + "1_1", "b"}}, options) == "planned");
}

TEST_CASE("a job that is nowhere, or comes later, is refused by name") {
  const auto words = why_not({{"-d", "afterok:" + v + "2", "a"}, {"b"}});
  CHECK(words.find("job 1: --dependency=afterok:" + v + "2: job 2000000002 is neither in the queue nor in Slurm") == 0);
  CHECK(why_not({{"-d", "afterok:2000000077", "a"}}).find("neither in the queue") != std::string::npos);
}

TEST_CASE("singleton is an order among the jobs of a name, and those of Slurm's own") {
  plan::OutsideJobs outside;
  outside.by_name["n"] = {17};
  auto options = test::make_options();
  options.outside = outside;
  const auto plan =
      plan_of({{"-Jn", "a"}, {"-Jm", "x"}, {"-Jn", "-dsingleton", "b"}, {"-Jn", "-dsingleton", "c"}, {"-Jm", "-dsingleton", "d"}},
              options);
  CHECK(arrays_of(plan) == "1,2 | 3 | 5 | 4");
  CHECK(waits_of(plan, outside) == "1: all afterany:17,afterany:@0_0; 2: all afterany:@0_1; 3: all afterany:@1");
  for (std::size_t i = 1; i < 4; ++i) CHECK(plan.arrays[i].name == (i == 2 ? "m" : "n"));
}

TEST_CASE("no task waits for another of its array, on any release") {
  for (const auto& release : {slurm::Release{20, 11}, slurm::Release{22, 5}, slurm::Release{25, 11}}) {
    auto options = test::make_options();
    options.release = release;
    const auto lane = plan_of({{"-Jn", "-dsingleton", "b"}, {"-Jn", "-dsingleton", "c"}, {"-Jn", "-dsingleton", "d"}}, options);
    CHECK(arrays_of(lane) == "1 | 2 | 3");
    CHECK(waits_of(lane) == "1: all afterany:@0; 2: all afterany:@1");
  }
}

TEST_CASE("jobs of earlier submissions are waited for where Slurm has them") {
  auto options = test::make_options();
  options.outside.submitted = {{1999999999U, "17"}};
  plan::SubmittedJob before{2000000050, "33", 4, 10, 3, 20, slurm::ArrayIds::from_ids({5, 6, 7})};
  plan::SubmittedJob own{2000000060, "34", 5, 0, 3, 3, slurm::ArrayIds::from_ids({5, 6, 7})};
  options.outside.submitted = {before, own};
  const auto plan = plan_of({{"-d", "afterok:2000000050", "a"},
                             {"-d", "afterok:2000000050_6", "b"},
                             {"-a6-7", "-d", "aftercorr:2000000050", "c"},
                             {"-d", "afternotok:2000000060", "d"}},
                            options);
  CHECK(waits_of(plan, options.outside) ==
        "0: 0 afterok:33_[10-12]; 0: 1-2 afterok:33_11; 0: 3 afterok:33_12; 0: 4 afternotok:34");
  CHECK(why_not({{"-d", "afternotok:2000000050", "a"}}, options).find("share array 33 with other jobs") != std::string::npos);
}

TEST_CASE("of what was retried the newest attempt is waited for") {
  auto options = test::make_options();
  plan::SubmittedJob before{2000000050, "33", 4, 10, 3, 20, slurm::ArrayIds::from_ids({5, 6, 7})};
  before.retried[1] = {"40", 0, 2, 0};
  plan::SubmittedJob plain{2000000060, "34", 5, 0, 1, 1};
  plain.retried[0] = {"41", 0, 1, 0};
  options.outside.submitted = {before, plain};
  const auto plan = plan_of({{"-d", "afterok:2000000050", "a"},
                             {"-d", "afterok:2000000050_6", "b"},
                             {"-a6-7", "-d", "aftercorr:2000000050", "c"},
                             {"-d", "afternotok:2000000060", "d"}},
                            options);
  CHECK(waits_of(plan, options.outside) ==
        "0: 0 afterok:33_[10,12],afterok:40_0; 0: 1-2 afterok:40_0; 0: 3 afterok:33_12; 0: 4 afternotok:41");
  CHECK(why_not({{"-d", "afternotok:2000000050", "a"}}, options).find("whole arrays only") != std::string::npos);
}

TEST_CASE("what is satisfied already is not waited for") {
  auto options = test::make_options();
  options.outside.satisfied = {{slurm::DependencyType::afterok, 17, std::nullopt, 0}};
  CHECK(waits_of(plan_of({{"-d", "afterok:17,afterok:18", "a"}, {"-d", "afterok:17", "b"}}, options)) == "0: 0 afterok:18");
  CHECK(waits_of(plan_of({{"-d", "afterok:17?afterok:18", "a"}}, options)).empty());
}

TEST_CASE("aftercorr on an array of Slurm's own is said task by task") {
  CHECK(why_not({{"-a1-2", "-d", "aftercorr:17", "a"}}).find("it is not known which tasks that job has") != std::string::npos);
  auto options = test::make_options();
  options.outside.submitted = {{17, "17", 0, 0, 2, 2, slurm::ArrayIds::from_ids({1, 5})}};
  CHECK(waits_of(plan_of({{"-a1-2", "-d", "aftercorr:17", "a"}}, options), options.outside) ==
        "0: 1 afterok:17_1; 0: 2 afterok:17");
}

TEST_CASE("options that differ within a stage still need --split, and the table shows that stage") {
  const std::vector<test::Words> calls = {
      {"-c1", "a"}, {"-c2", "-d", "afterok:" + v + "1", "b"}, {"-c3", "-d", "afterok:" + v + "1", "b"}};
  const auto refused = plan::make_plan(test::make_jobs(calls), test::make_options());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().body.find("cpus-per-task") != std::string::npos);
  CHECK(refused.error().body.find("\n                 1 ") == std::string::npos);
  CHECK(refused.error().hint.find("would submit 3 arrays") != std::string::npos);
  auto options = test::make_options();
  options.split = true;
  CHECK(arrays_of(plan_of(calls, options)) == "1 | 2 | 3");
}

TEST_CASE("a --dependency given to submit does not replace what jobs wait for among themselves") {
  auto options = test::make_options();
  options.overrides = {test::make_override("dependency", "afterok:17")};
  CHECK(why_not({{"a"}, {"-d", "afterok:" + v + "1", "b"}}, options).find("it would replace what job 2 waits for") !=
        std::string::npos);
  CHECK(why_not({{"a"}, {"-d", "afterok:18", "b"}}, options) == "planned");
  options.overrides = {test::make_override("dependency", "aftercorr:17")};
  CHECK(why_not({{"a"}}, options).find("only what all jobs wait for together") != std::string::npos);
}

TEST_CASE("a thousand chains of three stages are three arrays") {
  std::vector<test::Words> calls;
  for (int i = 0; i < 1000; ++i) {
    const auto id = [&](int n) { return std::to_string(2000000000 + 3 * i + n); };
    calls.push_back({"a"});
    calls.push_back({"-d", "afterok:" + id(1), "b"});
    calls.push_back({"-d", "afterok:" + id(2), "c"});
  }
  const auto plan = plan_of(calls);
  CHECK(plan.arrays.size() == 3);
  const auto places = plan::find_places(plan, {});
  CHECK(plan::find_task_waits(plan.jobs, plan.arrays[2].placements, 1000, places).size() == 1000);
}
