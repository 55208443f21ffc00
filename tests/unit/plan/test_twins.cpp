#include <doctest/doctest.h>

#include <string>

#include "../plan_support.hpp"
#include "plan/graph.hpp"
#include "plan/plan.hpp"
#include "plan/requests.hpp"
#include "plan/twins.hpp"

using namespace sarray;
using test::arrays_of;

namespace {

std::string id_of(std::size_t number) { return std::to_string(2000000000 + number); }

plan::PlanOptions limited(std::uint32_t tasks = 10) {
  auto options = test::make_options();
  options.limits.limits_requests = true;
  options.limits.correspond_after_task_cnt = tasks;
  return options;
}

/// Chains of as many stages.
std::vector<test::Words> chains(int count, int stages) {
  std::vector<test::Words> calls;
  for (int chain = 0; chain < count; ++chain) {
    for (int stage = 0; stage < stages; ++stage) {
      calls.push_back(stage == 0 ? test::Words{"a"} : test::Words{"-d", "afterok:" + id_of(calls.size()), "b"});
    }
  }
  return calls;
}

plan::Plan plan_of(const std::vector<test::Words>& calls, const plan::PlanOptions& options) {
  auto plan = plan::make_plan(test::make_jobs(calls), options);
  REQUIRE_MESSAGE(plan, "refused: ", plan ? "" : plan.error().what + ": " + plan.error().why);
  return std::move(*plan);
}

/// "1: all aftercorr:@0; ...": what the tasks of each array wait for, as Slurm is told.
std::string told(const plan::Plan& plan, const plan::PlanOptions& options) {
  const auto places = plan::find_places(plan, options.outside);
  const plan::TwinJoiner twins(places, options.limits);
  std::string text;
  for (std::size_t number = 0; number < plan.arrays.size(); ++number) {
    const auto& array = plan.arrays[number];
    for (const auto& wait : twins.join(plan::find_task_waits(plan.jobs, array.placements, array.tasks, places), array.tasks)) {
      text += (text.empty() ? "" : "; ") + std::to_string(number) + ": ";
      text += (wait.indices.empty() ? "all" : plan::format_ranges(wait.indices)) + " " + wait.condition;
    }
  }
  return text;
}

plan::Requests requests_of(const plan::Plan& plan, const plan::PlanOptions& options) {
  return plan::count_requests(plan, options.outside, options.limits);
}

}  // namespace

TEST_CASE("if requests are limited, chains are cut into arrays of ten, of which each is told with one request") {
  const auto calls = chains(50, 3);
  const auto options = limited();
  const auto plan = plan_of(calls, options);
  CHECK(plan.arrays.size() == 15);
  const auto requests = requests_of(plan, options);
  CHECK(requests.arrays == 15);
  CHECK(requests.updates == 10);
  CHECK(requests.total() == 40);
  for (const auto& array : plan.arrays) CHECK(array.tasks == 10);
  CHECK(told(plan, options) ==
        "5: all aftercorr:@0; 6: all aftercorr:@1; 7: all aftercorr:@2; 8: all aftercorr:@3; 9: all aftercorr:@4; "
        "10: all aftercorr:@5; 11: all aftercorr:@6; 12: all aftercorr:@7; 13: all aftercorr:@8; 14: all aftercorr:@9");
  REQUIRE(plan.notes.size() == 1);
  CHECK(plan.notes[0].find("15 arrays and 40 requests, and would be 3 arrays and 106 requests") != std::string::npos);
}

TEST_CASE("if requests are not limited, or an array of ten is not worth it, stages stay whole") {
  const auto whole = plan_of(chains(50, 3), test::make_options());
  CHECK(whole.arrays.size() == 3);
  CHECK(whole.notes.empty());
  CHECK(requests_of(whole, test::make_options()).total() == 106);
  const auto few = plan_of(chains(3, 2), limited());
  CHECK(arrays_of(few) == "1,3,5 | 2,4,6");
  // The arrays are small enough as they are.
  CHECK(told(few, limited()) == "1: all aftercorr:@0");
  CHECK(requests_of(few, limited()).total() == 5);
  CHECK(few.notes.empty());
}

TEST_CASE("a cluster that looks at more or fewer tasks gets arrays of so many") {
  CHECK(plan_of(chains(50, 3), limited(25)).arrays.size() == 6);
  const auto many = plan_of(chains(50, 3), limited(100));
  CHECK(many.arrays.size() == 3);
  CHECK(told(many, limited(100)) == "1: all aftercorr:@0; 2: all aftercorr:@1");
  CHECK(plan_of(chains(50, 3), limited(5)).arrays.size() == 30);
  CHECK(plan_of(chains(50, 3), limited(1)).arrays.size() == 3);  // no task would share a request with another
  auto short_arrays = limited();
  short_arrays.limits.known = true;
  short_arrays.limits.max_array_size = 1001;
  CHECK(plan_of(chains(50, 3), short_arrays).arrays.size() == 15);
}

TEST_CASE("the children's order need not be their parents'") {
  std::vector<test::Words> calls(20, test::Words{"a"});
  for (std::size_t i = 20; i > 0; --i) calls.push_back({"-d", "afterok:" + id_of(i), "b"});
  const auto plan = plan_of(calls, limited());
  CHECK(arrays_of(plan) == "1-10 | 11-20 | 40,39,38,37,36,35,34,33,32,31 | 30,29,28,27,26,25,24,23,22,21");
  CHECK(told(plan, limited()) == "2: all aftercorr:@0; 3: all aftercorr:@1");
  CHECK(plan.arrays[2].placements.front().job == 39);  // the child of job 1
}

TEST_CASE("chains of another shape, joins and what waits in another way stay as they are") {
  auto calls = chains(20, 2);
  std::string all;
  for (std::size_t i = 2; i <= 40; i += 2) all += ":" + id_of(i);
  calls.push_back({"-d", "afterok" + all, "c"});         // 41: a join
  calls.push_back({"-d", "afterany:" + id_of(1), "d"});  // 42: is not an afterok
  calls.push_back({"-d", "afterok:" + id_of(3) + "?afterok:" + id_of(5), "d"});
  const auto plan = plan_of(calls, limited());
  CHECK(plan.arrays.size() == 6);
  CHECK(arrays_of(plan) ==
        "1,3,5,7,9,11,13,15,17,19 | 21,23,25,27,29,31,33,35,37,39 | 42,43 | 2,4,6,8,10,12,14,16,18,20 | "
        "22,24,26,28,30,32,34,36,38,40 | 41");
  CHECK(told(plan, limited()) ==
        "2: 0 afterany:@0_0; 2: 1 afterok:@0_1?afterok:@0_2; 3: all aftercorr:@0; 4: all aftercorr:@1; "
        "5: all afterok:@3_[0-9],afterok:@4_[0-9]");
}

TEST_CASE("twins that wait for something else, too, are told together if it is the same for all") {
  std::vector<test::Words> calls = {{"-c2", "-d", "afterany:17", "p"}};
  for (int i = 0; i < 10; ++i) {
    calls.push_back({"-d", "afterok:" + id_of(1), "a"});
    calls.push_back({"-d", "afterok:" + id_of(calls.size()) + ",afterany:17", "b"});
  }
  const auto plan = plan_of(calls, limited());
  CHECK(told(plan, limited()) == "0: all afterany:17; 1: all afterok:@0; 2: all afterany:17,aftercorr:@1");
}

TEST_CASE("small job arrays that wait task by task stay whole, and share an array if there is room") {
  std::vector<test::Words> calls;
  for (int i = 0; i < 12; ++i) {
    calls.push_back({"-a1-4", "a"});
    calls.push_back({"-a1-4", "-d", "aftercorr:" + id_of(calls.size()), "b"});
  }
  const auto plan = plan_of(calls, limited());
  CHECK(plan.arrays.size() == 12);
  for (const auto& array : plan.arrays) CHECK(array.tasks == 8);
  CHECK(requests_of(plan, limited()).updates == 6);
  // More tasks than Slurm looks at: each one is told.
  const auto large = plan_of({{"-a1-30", "a"}, {"-a1-30", "-d", "aftercorr:" + id_of(1), "b"}}, limited());
  CHECK(large.arrays.size() == 2);
  CHECK(requests_of(large, limited()).updates == 30);
}

TEST_CASE("a throttle is one for all tasks: its array is not cut") {
  auto options = limited();
  options.throttle = 5;
  CHECK(plan_of(chains(50, 3), options).arrays.size() == 3);
  std::vector<test::Words> calls;
  for (int i = 0; i < 12; ++i) {
    calls.push_back({"-a1-4%1", "a"});
    calls.push_back({"-a1-4%1", "-d", "aftercorr:" + id_of(calls.size()), "b"});
  }
  CHECK(plan_of(calls, limited()).arrays.size() == 2);
}

TEST_CASE("what is left of a submission that was cut off goes with the arrays that Slurm has") {
  auto options = limited();
  // Twenty parents are in two arrays of an earlier submission, the second one first.
  for (std::uint32_t i = 0; i < 20; ++i)
    options.outside.submitted.push_back({2000000100 + i, i < 10 ? "18" : "17", i + 1, i % 10, 1, 10});
  std::vector<test::Words> calls;
  for (int i = 19; i >= 0; --i) {
    calls.push_back({"-d", "afterok:" + std::to_string(2000000100 + i), "b"});
    calls.push_back({"-d", "afterok:" + id_of(calls.size()), "c"});
  }
  const auto plan = plan_of(calls, options);
  CHECK(told(plan, options) == "0: all aftercorr:17; 1: all aftercorr:18; 2: all aftercorr:@0; 3: all aftercorr:@1");
  // A parent that has a new attempt is waited for where that is.
  options.outside.submitted[3].retried[0] = {"40", 0, 2, 0};
  const auto retried = told(plan_of(calls, options), options);
  CHECK(retried.find("aftercorr:17") != std::string::npos);
  CHECK(retried.find("afterok:40_0") != std::string::npos);
  CHECK(retried.find("aftercorr:18") == std::string::npos);
}

TEST_CASE("tasks are joined only if each waits for its twin") {
  const auto options = limited();
  plan::Places places;
  places[2000000001] = {"7", 0, 1, 3};
  places[2000000002] = {"8", 0, 1, 30};
  const plan::TwinJoiner twins(places, options.limits);
  const auto text = [&](std::vector<plan::TaskWait> waits, std::uint32_t tasks) {
    std::string said;
    for (const auto& wait : twins.join(std::move(waits), tasks))
      said += plan::format_ranges(wait.indices) + " " + wait.condition + ";";
    return said;
  };
  CHECK(text({{{{0, 0}}, "afterok:7_0"}, {{{1, 1}}, "afterok:7_1"}}, 2) == " aftercorr:7;");
  CHECK(text({{{{0, 0}}, "afterok:7_1"}, {{{1, 1}}, "afterok:7_0"}}, 2) == "0 afterok:7_1;1 afterok:7_0;");
  CHECK(text({{{{0, 0}}, "afterok:7_0"}, {{{1, 1}}, "afterok:7_1"}}, 3) ==
        "0 afterok:7_0;1 afterok:7_1;");  // one waits for nothing
  CHECK(text({{{{0, 0}}, "afterok:8_0"}, {{{1, 1}}, "afterok:8_1"}}, 2) == "0 afterok:8_0;1 afterok:8_1;");  // too large
  CHECK(text({{{{0, 0}}, "afterany:7_0"}, {{{1, 1}}, "afterany:7_1"}}, 2) == "0 afterany:7_0;1 afterany:7_1;");
  CHECK(text({{{{0, 0}}, "afterok:7_0?afterok:9"}, {{{1, 1}}, "afterok:7_1?afterok:9"}}, 2).find("aftercorr") ==
        std::string::npos);
  CHECK(text({{{{0, 0}}, "afterok:7_0,afterok:9"}, {{{1, 1}}, "afterok:7_1"}}, 2).find("aftercorr") == std::string::npos);
  CHECK(text({{{{0, 0}}, "afterok:9,afterok:7_0"}, {{{1, 1}}, "afterok:7_1,afterok:9"}}, 2) == " aftercorr:7,afterok:9;");
}
