#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

#include "plan/plan.hpp"
#include "plan_support.hpp"

using namespace sarray;
using plan::make_plan;
using plan::Plan;
using plan::PlanOptions;
using test::make_jobs;
using test::make_options;
using test::make_override;
using test::with_size;
using test::Words;

namespace {

Plan plan_of(const std::vector<Words>& words, const PlanOptions& options = make_options()) {
  auto plan = make_plan(make_jobs(words), options);
  REQUIRE_MESSAGE(plan, (plan ? "" : plan.error().body + plan.error().what + ": " + plan.error().why));
  return std::move(*plan);
}

util::Error refused(const std::vector<Words>& words, const PlanOptions& options = make_options()) {
  auto plan = make_plan(make_jobs(words), options);
  REQUIRE_FALSE(plan);
  return plan.error();
}

/// "1:0 2:4 | 3:0": number and first index of each job, array by array.
std::string layout(const Plan& plan) {
  std::string text;
  for (const auto& array : plan.arrays) {
    if (!text.empty()) text += " | ";
    for (const auto& placement : array.placements) {
      if (!text.empty() && text.back() != ' ') text += ' ';
      text += std::to_string(plan.jobs[placement.job].number) + ":" + std::to_string(placement.first_index);
    }
  }
  return text;
}

std::string settings_of(const plan::MergedArray& array) {
  std::string text;
  for (const auto& setting : array.settings) {
    text += std::string(text.empty() ? "" : " ") + "--" + std::string(setting.option->name);
    if (setting.has_value) text += "=" + setting.value;
  }
  return text;
}

}  // namespace

TEST_CASE("indices count up from 0 without gaps, a job's tasks in a row") {
  const auto plan = plan_of({{"j"}, {"--array=5-9", "j"}, {"j"}, {"-a0-99:10", "j"}});
  CHECK(layout(plan) == "1:0 2:1 3:6 4:7");
  CHECK(plan.arrays.front().tasks == 17);
  CHECK(plan.notes.empty());
}

TEST_CASE("equal by meaning shares an array; the first job's text is given to Slurm") {
  const auto plan = plan_of({{"--mem=1G", "-t60", "j"}, {"--mem=1024M", "--time=1:00:00", "j"}});
  CHECK(plan.arrays.size() == 1);
  CHECK(settings_of(plan.arrays.front()) == "--mem=1G --time=60");
}

TEST_CASE("the tasks' own options may differ") {
  const auto plan = plan_of({{"-J", "a", "-o", "x", "-e", "y", "-i", "z", "-D", "/tmp", "--open-mode=append", "j", "1"},
                             {"-J", "b", "--export=ALL", "j"}});
  CHECK(plan.arrays.size() == 1);
  CHECK(settings_of(plan.arrays.front()).empty());
  CHECK(plan.arrays.front().name == "sarray");
  CHECK(plan_of({{"-J", "same", "j"}, {"-J", "same", "j"}}).arrays.front().name == "same");
}

TEST_CASE("one option apart: the table, and the two ways out") {
  const auto error = refused({{"-t5", "j"}, {"-t5", "j"}, {"j"}, {"-t", "1-0", "j"}, {"--time=5:00", "j"}});
  CHECK(error.body ==
        "  option  value        jobs   from\n"
        "  time    (not given)  3\n"
        "          5            1,2,5  command line\n"
        "          1-0          4      command line\n");
  CHECK(error.what == "the jobs cannot share one array");
  CHECK(error.why == "they differ in 1 option that an array has only once");
  CHECK(error.hint ==
        "make --time equal, or give it to sarray submit, and one array holds all; sarray submit --split would submit 3 arrays");
}

TEST_CASE("memory and time apart: the line to type, and what it wastes") {
  const std::vector<test::Words> jobs = {
      {"--mem=1G", "-t5", "j"}, {"--mem=2048M", "-t5", "j"}, {"--mem=2G", "-t", "0:12:00", "j"}};
  CHECK(
      refused(jobs).hint ==
      "sarray submit --mem=2048M --time=0:12:00 makes it one array, with the largest of each (2 of 3 jobs asked for less; their "
      "tasks see another SLURM_MEM_PER_NODE); sarray submit --split would submit 3 arrays");
  auto options = make_options();
  options.command = "sarray submit 'my calls'";
  options.release = {23, 2};
  auto planned = make_plan(test::make_jobs({{"--time=unlimited", "j"}, {"--time=1-0", "j"}, {"-t0", "j"}}), options);
  REQUIRE_FALSE(planned);
  CHECK(
      planned.error().hint ==
      "sarray submit 'my calls' --time=unlimited makes it one array, with the largest of each (1 of 3 jobs asked for less; their "
      "tasks see another SLURM_JOB_END_TIME); sarray submit 'my calls' --split would submit 3 arrays");
  // A default that nobody here knows, or another option beside them.
  CHECK(refused({{"--mem=1G", "j"}, {"j"}}).hint.find("--mem equal") != std::string::npos);
  CHECK(refused({{"--mem=1G", "j"}, {"--mem=2G", "--exclusive", "j"}}).hint == "sarray submit --split would submit 2 arrays");
}

TEST_CASE("--merge=largest: one array of what differs in memory and time only, and the others as before") {
  auto options = make_options();
  options.merge_largest = true;
  const auto plan =
      make_plan(test::make_jobs({{"--mem=1G", "-t5", "j"}, {"--mem=3G", "-t2", "j"}, {"--mem=2G", "-t5", "j"}}), options);
  REQUIRE(plan);
  CHECK(plan->arrays.size() == 1);
  CHECK(settings_of(plan->arrays.front()) == "--mem=3G --time=5");
  CHECK(plan->notes == std::vector<std::string>{"jobs 1-3 get --mem=3G --time=5, the largest: 3 of 3 jobs asked for less; their "
                                                "tasks see another SLURM_MEM_PER_NODE"});
  options.split = true;
  const auto split =
      make_plan(test::make_jobs({{"-p", "a", "-t5", "j"}, {"-p", "b", "-t7", "j"}, {"-p", "a", "-t9", "j"}, {"j"}}), options);
  REQUIRE(split);
  REQUIRE(split->arrays.size() == 3);
  CHECK(settings_of(split->arrays[0]) == "--partition=a --time=9");
  CHECK(settings_of(split->arrays[1]) == "--partition=b --time=7");
  CHECK(settings_of(split->arrays[2]).empty());
  options.split = false;
  CHECK_FALSE(make_plan(test::make_jobs({{"-t5", "j"}, {"-t7", "--exclusive", "j"}}), options));
}

TEST_CASE("several options apart, flags, and where they came from") {
  auto call = test::make_call({"--exclusive", "j"}, "#!/bin/sh\n#\n#SBATCH -p long\n");
  auto other = test::make_call({"j"});
  other.environment.set("SBATCH_PARTITION", "short");
  const auto plan = make_plan(test::resolve({call, other, other}), make_options());
  REQUIRE_FALSE(plan);
  CHECK(plan.error().body ==
        "  option     value        jobs  from\n"
        "  exclusive  (not given)  2,3\n"
        "             given        1     command line\n"
        "  partition  long         1     line 3\n"
        "             short        2,3   SBATCH_PARTITION\n");
  CHECK(plan.error().why == "they differ in 2 options that an array has only once");
  CHECK(plan.error().hint == "sarray submit --split would submit 2 arrays");
}

TEST_CASE("the table stays aligned and short, and no value commands the terminal") {
  const auto error = refused(
      {{"--comment=\xe6\x97\xa5\xe6\x9c\xac", "j"}, {"--comment=\x1b[2J", "j"}, {"--comment=" + std::string(60, 'x'), "j"}});
  CHECK(error.body ==
        "  option   value                                     jobs  from\n"
        "  comment  \xe6\x97\xa5\xe6\x9c\xac                                      1     command line\n"
        "           \\x1b[2J                                   2     command line\n"
        "           xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...  3     command line\n");
  std::vector<Words> many;
  for (int i = 1; i <= 20; ++i) many.push_back({"--comment=" + std::to_string(i), "j"});
  const auto body = refused(many).body;
  CHECK(body.find("... and 8 other values\n") != std::string::npos);
  CHECK(std::count(body.begin(), body.end(), '\n') == 14);
}

TEST_CASE("the login environment is loaded for all tasks or for none") {
  const auto error = refused({{"--export=NONE", "j"}, {"j"}});
  CHECK(error.body ==
        "  option             value               jobs  from\n"
        "  login environment  (not given)         2\n"
        "                     loaded on the node  1     --export or --get-user-env\n");
  CHECK(error.hint.find("make --") == std::string::npos);  // it is no option's name
  CHECK(plan_of({{"--export=NONE", "j"}, {"--export=A=1", "j"}}).arrays.front().login);
  CHECK_FALSE(plan_of({{"--export=ALL", "j"}, {"j"}}).arrays.front().login);
}

TEST_CASE("throttles add up, and that is said") {
  const auto plan = plan_of({{"-a0-9%2", "j"}, {"-a0-9%3", "j"}});
  CHECK(plan.arrays.front().throttle == 5);
  REQUIRE(plan.notes.size() == 1);
  CHECK(plan.notes.front() ==
        "the merged throttle is the sum of the jobs' own: %5; a job by itself may run more tasks at once than its own % says");
  const auto alone = plan_of({{"-a0-9%2", "j"}});
  CHECK(alone.arrays.front().throttle == 2);
  CHECK(alone.notes.empty());
}

TEST_CASE("throttled and unthrottled jobs do not mix, but for -t") {
  const auto error = refused({{"-a0-9%2", "j"}, {"-a0-9", "j"}, {"j"}});
  CHECK(error.body ==
        "  option          value        jobs  from\n"
        "  array throttle  (not given)  2,3\n"
        "                  %2           1     --array\n");
  CHECK(error.hint == "sarray submit -t N throttles all of them together; sarray submit --split would submit 2 arrays");
  auto options = make_options();
  options.throttle = 7;
  auto plan = plan_of({{"-a0-9%2", "j"}, {"j"}}, options);
  CHECK(plan.arrays.front().throttle == 7);
  CHECK(plan.notes.empty());
  options.throttle = 0;
  CHECK(plan_of({{"-a0-9%2", "j"}, {"j"}}, options).arrays.front().throttle == 0);
}

TEST_CASE("MaxArraySize: an exact fit, and one over") {
  CHECK(layout(plan_of({{"-a0-4", "j"}, {"-a0-3", "j"}, {"j"}}, with_size(10))) == "1:0 2:5 3:9");
  const auto error = refused({{"-a0-4", "j"}, {"-a0-3", "j"}, {"j"}, {"j"}}, with_size(10));
  CHECK(error.what == "too many tasks for one array");
  CHECK(error.why == "11 tasks, and this cluster allows 10 (MaxArraySize=10)");
  CHECK(error.hint == "sarray submit --split would submit 2 arrays");
  auto options = with_size(10);
  options.limits.max_array_tasks = 4;
  CHECK(refused({{"-a0-2", "j"}, {"j"}, {"j"}}, options).why ==
        "5 tasks, and this cluster allows 4 (MaxArraySize=10, max_array_tasks=4)");
  options.limits.known = false;
  CHECK(plan_of({{"-a0-2", "j"}, {"j"}, {"j"}}, options).arrays.size() == 1);
}

TEST_CASE("a job that no array can hold is named, --split or not") {
  for (const bool split : {false, true}) {
    const auto error = refused({{"j"}, {"-a0-10", "j"}}, with_size(10, split));
    CHECK(error.what == "job 2");
    CHECK(error.why == "11 tasks, and this cluster allows 10 in one array");
    CHECK(error.hint == "drop it from the queue: sarray drop 2");
  }
}

TEST_CASE("--split: arrays in order of their first job, jobs in order within them") {
  auto options = make_options();
  options.split = true;
  const auto plan = plan_of({{"-t5", "j"}, {"-t6", "j"}, {"-t5", "-a0-1", "j"}, {"-t6", "j"}, {"-t5", "j"}}, options);
  CHECK(layout(plan) == "1:0 3:1 5:3 | 2:0 4:1");
  CHECK(settings_of(plan.arrays[0]) == "--time=5");
  CHECK(settings_of(plan.arrays[1]) == "--time=6");
  CHECK(plan.notes.empty());
}

TEST_CASE("--split by size: a job's tasks stay together, and room that is left is used") {
  CHECK(layout(plan_of({{"-a0-5", "j"}, {"-a0-5", "j"}, {"-a0-3", "j"}, {"-a0-3", "j"}}, with_size(10, true))) ==
        "1:0 3:6 | 2:0 4:6");
  CHECK(layout(plan_of({{"-a0-9", "j"}, {"j"}, {"-a0-9", "j"}, {"j"}}, with_size(10, true))) == "1:0 | 2:0 4:1 | 3:0");
  const std::vector<Words> plain(25, {"j"});
  const auto plan = plan_of(plain, with_size(10, true));
  REQUIRE(plan.arrays.size() == 3);
  CHECK(plan.arrays[2].tasks == 5);
}

TEST_CASE("--split: each array has the throttle and the name of its own jobs") {
  const auto plan =
      plan_of({{"-J", "a", "-a0-5%2", "j"}, {"-J", "b", "-a0-5%3", "j"}, {"-J", "b", "-a0-3%1", "j"}}, with_size(10, true));
  CHECK(layout(plan) == "1:0 3:6 | 2:0");
  CHECK(plan.arrays[0].throttle == 3);
  CHECK(plan.arrays[0].name == "sarray");
  CHECK(plan.arrays[1].throttle == 3);
  CHECK(plan.arrays[1].name == "b");
  CHECK(plan.notes.size() == 1);
}

TEST_CASE("options given to submit replace the jobs' own") {
  auto options = make_options();
  options.overrides = {make_override("time", "9"), make_override("job-name", "all"), make_override("partition", "p")};
  const auto plan = plan_of({{"-t5", "-J", "a", "j"}, {"-t6", "-J", "b", "j"}, {"j"}}, options);
  CHECK(settings_of(plan.arrays.front()) == "--partition=p --time=9");
  CHECK(plan.arrays.front().name == "all");
  CHECK(plan.jobs[0].job.name == "a");  // tasks keep their names
}

TEST_CASE("options given to submit: files, folder, mode") {
  auto options = make_options();
  options.overrides = {make_override("output", "o-%a"), make_override("error", "e"), make_override("input", "i"),
                       make_override("chdir", "/tmp"), make_override("open-mode", "Append")};
  const auto plan = plan_of({{"-o", "own", "-D", "/own", "j"}, {"j"}}, options);
  for (const auto& planned : plan.jobs) {
    CHECK(planned.job.output == "o-%a");
    CHECK(planned.job.error == "e");
    CHECK(planned.job.input == "i");
    CHECK(planned.job.work_directory == "/tmp");
    CHECK(planned.job.open_mode == slurm::OpenMode::append);
  }
}

TEST_CASE("options given to submit replace those that exclude them, and do not gather") {
  const auto merged = [](const Words& words, std::vector<slurm::Setting> overrides) {
    auto options = make_options();
    options.overrides = std::move(overrides);
    return settings_of(plan_of({words, {"j"}}, options).arrays.front());
  };
  CHECK(merged({"--mem-per-cpu=5", "j"}, {make_override("mem", "1G")}) == "--mem=1G");
  CHECK(merged({"--requeue", "j"}, {make_override("no-requeue", std::nullopt)}) == "--no-requeue");
  CHECK(merged({"--exclusive", "j"}, {make_override("oversubscribe", std::nullopt)}) == "--oversubscribe");
  CHECK(merged({"--mail-type=END", "j"}, {make_override("mail-type", "FAIL")}) == "--mail-type=FAIL");
  CHECK(merged({"-t5", "j"}, {make_override("time", "6"), make_override("time", "7")}) == "--time=7");
}

TEST_CASE("no jobs are no arrays") { CHECK(plan_of({}).arrays.empty()); }

TEST_CASE("job numbers as a person writes them") {
  CHECK(plan::format_numbers({}) == "");
  CHECK(plan::format_numbers({7}) == "7");
  CHECK(plan::format_numbers({1, 2}) == "1,2");
  CHECK(plan::format_numbers({1, 2, 3, 5, 7, 8, 9}) == "1-3,5,7-9");
}

TEST_CASE("100,000 jobs are planned") {
  auto jobs = make_jobs({{"-a0-4", "-t5", "j"}});
  jobs.resize(100000, jobs.front());
  const auto plan = make_plan(std::move(jobs), with_size(6, true));
  REQUIRE(plan);
  CHECK(plan->arrays.size() == 100000);
}

TEST_CASE("an array is cut in two, its jobs in their order") {
  auto plan = plan_of({{"-a0-2", "j"}, {"j"}, {"-a5,7", "j"}, {"j"}, {"-J", "other", "j"}});
  cut_array(plan, 0, 2, false, make_options());
  CHECK(layout(plan) == "1:0 2:3 | 3:0 4:2 5:3");
  CHECK(plan.arrays[0].tasks == 4);
  CHECK(plan.arrays[1].tasks == 4);
  CHECK(plan.arrays[0].name == "job.sh");
  CHECK(plan.arrays[1].name == "sarray");
  cut_array(plan, 1, 100, false, make_options());
  CHECK(layout(plan) == "1:0 2:3 | 3:0 4:2 | 5:0");
  cut_array(plan, 0, 0, true, make_options());
  CHECK(layout(plan) == "1:0 | 2:0 3:1 4:3 | 5:0");
}

TEST_CASE("calls with another SLURM_CONF go to another cluster, and into another array") {
  std::vector<slurm::Call> calls = {test::make_call({}), test::make_call({}), test::make_call({})};
  calls[1].environment.set("SLURM_CONF", "/etc/other/slurm.conf");
  const auto refused = plan::make_plan(test::resolve(calls), test::make_options());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().body ==
        "  option                 value                  jobs  from\n"
        "  SLURM_CONF (variable)  (not given)            1,3\n"
        "                         /etc/other/slurm.conf  2     environment\n");
  CHECK(refused.error().hint == "sarray submit --split would submit 2 arrays");
  auto options = test::make_options();
  options.split = true;
  const auto plan = plan::make_plan(test::resolve(calls), options);
  REQUIRE(plan);
  REQUIRE(plan->arrays.size() == 2);
  CHECK(plan->arrays[1].placements.front().job == 1);
  for (auto& call : calls) call.environment.set("SLURM_CONF", "/etc/other/slurm.conf");
  CHECK(plan::make_plan(test::resolve(calls), test::make_options()));
}
