#include <doctest/doctest.h>

#include "plan_support.hpp"
#include "script/retry.hpp"

using namespace sarray;
using test::Words;

namespace {

struct First {
  plan::Plan plan;
  std::string script;
  script::Map map;
};

First submit(std::vector<plan::PlannedJob> jobs) {
  const auto options = test::make_options();
  auto plan = plan::make_plan(std::move(jobs), options);
  REQUIRE(plan);
  auto rendered = script::render(*plan, plan->arrays.front(), options);
  REQUIRE(rendered);
  auto map = script::read_map(rendered->script);
  REQUIRE(map);
  return {std::move(*plan), std::move(rendered->script), std::move(*map)};
}

/// A task that the second attempt did not have.
constexpr std::uint32_t special_index = 4;

util::Result<script::Retry> try_retry(const First& first, const std::vector<std::uint32_t>& indices,
                                      std::vector<slurm::Setting> overrides = {}) {
  auto options = test::make_options();
  options.link_folder = "/state/retry";
  options.retry_of = {"17", "19"};
  options.overrides = std::move(overrides);
  options.names = first.map.names;
  std::vector<script::RetryTask> tasks;
  for (const auto index : indices) tasks.push_back({index, index == special_index ? 1U : 2U});
  return script::plan_retry(first.map, first.script, tasks, {}, test::dialect(), options);
}

script::Map retry(const First& first, const std::vector<std::uint32_t>& indices, std::vector<slurm::Setting> overrides = {}) {
  const auto retried = try_retry(first, indices, std::move(overrides));
  REQUIRE(retried);
  auto map = script::read_map(retried->rendered.script);
  REQUIRE(map);
  return std::move(*map);
}

std::string value_of(const script::MappedJob& job, std::string_view tag) {
  for (const auto& field : script::encode(job.record).fields) {
    if (field.tag == tag) return field.value;
  }
  return "(none)";
}

}  // namespace

TEST_CASE("the chosen tasks, with their ids, and the counts of the whole job") {
  auto wrapped = test::make_call({"-J", "c", "--wrap=true"});
  wrapped.source = slurm::ScriptSource::wrap;
  const auto first = submit(
      test::resolve({test::make_call({"-a4-12:2", "-J", "a", "j", "x"}), test::make_call({"-J", "b", "j", "y"}), wrapped}));
  const auto map = retry(first, {1, 3, 6});
  REQUIRE(map.jobs.size() == 2);
  CHECK(map.tasks == 3);
  const auto& a = map.jobs[0];
  CHECK(a.ids->text() == "6,10");
  CHECK(a.local_id(1) == 10);
  CHECK(value_of(a, "array") == "5 4 12 2");
  CHECK(a.id == 2000000001);
  CHECK(a.number == 1);
  CHECK(a.name == "a");
  CHECK(a.arguments == Words{"x"});
  CHECK(map.jobs[1].id == 2000000003);
  CHECK(map.jobs[1].name == "c");
  CHECK(map.jobs[1].source == slurm::ScriptSource::wrap);
  CHECK(map.retry_of == Words{"17", "19"});
  CHECK(map.option("array")->value == "0-2");
}

TEST_CASE("all other fields of a record stay as they are") {
  auto calls = std::vector{test::make_call({"-a1-3", "-o", "%x_%a", "-D", "/tmp", "j", "a b", ""}),
                           test::make_call({"-J", "z", "-o", "z.%j", "j"})};
  calls[1].umask = 077;
  calls[1].environment.set("LANG", "C.UTF-8");
  calls[1].environment.set("A.B", "odd");
  calls[0].environment.unset("HOME");
  const auto first = submit(test::resolve(calls));
  const auto map = retry(first, {0, 2, 3});
  REQUIRE(map.jobs.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto fields = script::encode(first.map.jobs[i].record).fields;
    for (const auto& field : fields) {
      if (field.tag == "ids" || field.tag == "script") continue;
      CHECK_MESSAGE(value_of(map.jobs[i], field.tag) != "(none)", field.tag);
      if (field.tag != "arg") CHECK_MESSAGE(value_of(map.jobs[i], field.tag) == field.value, field.tag);
    }
    CHECK(script::encode(map.jobs[i].record).fields.size() == fields.size());
    CHECK(map.jobs[i].arguments == first.map.jobs[i].arguments);
    CHECK(map.jobs[i].output == first.map.jobs[i].output);
  }
}

TEST_CASE("a job that had the array to itself gets links, where its %a would now be the index") {
  const auto first = submit(test::make_jobs({{"-a0-4", "-o", "out_%a", "j"}}));
  CHECK(first.map.link_folder.empty());
  const auto retried = try_retry(first, {1, 4});
  REQUIRE(retried);
  std::vector<std::string> links;
  plan::PlanOptions options = test::make_options();
  options.link_folder = "/state/retry";
  script::visit_links(
      retried->plan, retried->plan.arrays.front(), retried->rendered.streams, options,
      [&](const std::string& path, const std::string& target, const std::string&) { links.push_back(path + " " + target); });
  CHECK(links == std::vector<std::string>{"/state/retry/output/0 /home/ada/out_1", "/state/retry/output/1 /home/ada/out_4"});
}

TEST_CASE("names with an array's own id are those of the attempt before: the dispatcher gives its files other names first") {
  const auto first = submit(test::make_jobs({{"-a0-5", "-o", "out_%A_%a", "-e", "err", "j"}, {"j"}}));
  const auto retried = try_retry(first, {1, 4, 5, 6});
  REQUIRE(retried);
  std::vector<std::string> links;
  auto options = test::make_options();
  options.link_folder = "/state/retry";
  options.retry_of = {"17", "19"};
  script::visit_links(
      retried->plan, retried->plan.arrays.front(), retried->rendered.streams, options,
      [&](const std::string& path, const std::string& target, const std::string&) { links.push_back(path + " " + target); });
  CHECK(std::count_if(links.begin(), links.end(),
                      [](const auto& link) { return link.find(".sarray-hidden-") != std::string::npos; }) == 5);
  const auto map = script::read_map(retried->rendered.script);
  REQUIRE(map);
  REQUIRE(map->jobs.size() == 4);  // one that ran in another attempt before
  CHECK(value_of(map->jobs[0], "earlier") == "2");
  CHECK(value_of(map->jobs[0], "hidden") == "output");
  CHECK(value_of(map->jobs[1], "earlier") == "1");
  CHECK(value_of(map->jobs[2], "earlier") == "2");
  CHECK(value_of(map->jobs[3], "earlier") == "(none)");
  CHECK(map->jobs[1].id == map->jobs[0].id);
  CHECK(map->jobs[0].output == "/home/ada/out_%A_%a");
  CHECK(map->jobs[3].output == "/home/ada/slurm-%j.out");
  CHECK(retried->written_again == 3);
}

TEST_CASE("what is appended to has no other name first, and nothing is lost of it") {
  const auto first = submit(test::make_jobs({{"-a0-1", "--open-mode=append", "-o", "out_%A_%a", "-e", "err", "j"}}));
  const auto retried = try_retry(first, {1});
  REQUIRE(retried);
  CHECK(retried->written_again == 0);
  CHECK(retried->rendered.script.find("\thidden") == std::string::npos);
}

TEST_CASE("the links and patterns of the first submission's own sbatch are not those of its retry") {
  const auto first = submit(test::make_jobs({{"-a0-5", "-o", "out_%A_%a", "j"}}));
  slurm::Start start;
  start.arguments = {"--output=/state/links/output/%a", "--comment=two\nlines"};
  auto options = test::make_options();
  options.link_folder = "/state/retry";
  const auto retried = script::plan_retry(first.map, first.script, {{1, 1}}, start, test::dialect(), options);
  REQUIRE(retried);
  CHECK(retried->rendered.arguments == Words{"--output=/state/retry/output/%a", "--comment=two\nlines"});
}

TEST_CASE("options of the array stay, given ones replace them, and a job's own are refused") {
  const auto first = submit(test::make_jobs(
      {{"--mem-per-cpu=1G", "-t5", "--exclusive", "-a1-3%2", "j"}, {"--mem-per-cpu=1G", "-t5", "--exclusive", "-a1%2", "j"}}));
  const auto map = retry(first, {1}, {test::make_override("mem", "32G"), test::make_override("job-name", "again")});
  CHECK(map.option("mem")->value == "32G");
  CHECK(map.option("mem-per-cpu") == nullptr);
  CHECK(map.option("time")->value == "5");
  CHECK(map.option("exclusive") != nullptr);
  CHECK(map.option("array")->value == "0%4");
  CHECK(map.name == "again");
  CHECK(map.jobs[0].name == "job.sh");
  CHECK(value_of(map.jobs[0], "set:SLURM_JOB_NAME") == "job.sh");
  for (const char* option : {"output", "chdir", "export"}) {
    const auto refused = try_retry(first, {1}, {test::make_override(option, "x")});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().what == std::string("--") + option);
  }
}

TEST_CASE("a retry of a retry is a retry of the first") {
  const auto first = submit(test::make_jobs({{"-a0-9", "-o", "o%a", "j"}, {"-J", "n", "-o", "p%j", "j"}}));
  const auto once = try_retry(first, {2, 5, 7, 10});
  REQUIRE(once);
  const First second{once->plan, once->rendered.script, *script::read_map(once->rendered.script)};
  const auto map = retry(second, {1, 3});
  CHECK(map.jobs[0].ids->text() == "5");
  CHECK(value_of(map.jobs[0], "array") == "10 0 9 1");
  CHECK(map.jobs[0].output == "/home/ada/o%a");
  CHECK(map.jobs[1].output == "/home/ada/p%j");
}

TEST_CASE("a task with the translator has it in the retry too") {
  const auto first = submit(
      test::resolve({test::make_call({"j"}, "#!/bin/sh\nscancel $SLURM_JOB_ID\n"), test::make_call({"j"}, "#!/bin/sh\ntrue\n")}));
  const auto retried = try_retry(first, {0});
  REQUIRE(retried);
  CHECK(retried->plan.jobs.front().translate);
  CHECK(retried->rendered.script.find("\nSARRAY_TRANSLATE=") != std::string::npos);
  const auto other = try_retry(first, {1});
  REQUIRE(other);
  CHECK_FALSE(other->plan.jobs.front().translate);
  CHECK(other->rendered.script.find("\nSARRAY_TRANSLATE=") == std::string::npos);
}
