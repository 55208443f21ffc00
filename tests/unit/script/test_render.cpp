#include <doctest/doctest.h>

#include <algorithm>

#include "plan_support.hpp"
#include "script/render.hpp"
#include "util/crc32.hpp"

using namespace sarray;
using test::make_call;
using test::Words;

namespace {

script::Rendered render_jobs(std::vector<plan::PlannedJob> jobs, const plan::PlanOptions& options = test::make_options()) {
  auto plan = plan::make_plan(std::move(jobs), options);
  REQUIRE(plan);
  auto rendered = script::render(*plan, plan->arrays.front(), options);
  REQUIRE(rendered);
  return std::move(*rendered);
}

script::Rendered render_words(const std::vector<Words>& words) { return render_jobs(test::make_jobs(words)); }

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// The lines that sbatch reads as options, without "#SBATCH ".
std::vector<std::string> directives(const std::string& script) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < script.size();) {
    const auto end = script.find('\n', at);
    const auto line = script.substr(at, end - at);
    if (line.starts_with("#SBATCH ")) lines.push_back(line.substr(8));
    if (!line.starts_with('#') && !line.empty()) break;  // sbatch stops here
    at = end + 1;
  }
  return lines;
}

std::size_t data_offset(const std::string& script) { return std::stoul(script.substr(script.find("\nSARRAY_DATA=") + 13, 10)); }

}  // namespace

TEST_CASE("the same plan twice gives the same bytes") {
  const std::vector<Words> words = {{"-a1-9", "-o", "%x-%a", "j", "1"}, {"-J", "b", "j", "2"}, {"j", "3"}};
  const auto first = render_words(words);
  const auto second = render_words(words);
  CHECK(first.script == second.script);
  CHECK(first.environment.entries() == second.environment.entries());
  CHECK(first.arguments == second.arguments);
}

TEST_CASE("each distinct script stands once, byte for byte, with its length and checksum") {
  const std::string one = "#!/bin/sh\necho unmistakable-one\n";
  const std::string two = "#!/bin/sh\necho unmistakable-two";  // no newline at its end
  const auto rendered = render_jobs(test::resolve(
      {make_call({"j", "1"}, one), make_call({"j", "2"}, two), make_call({"j", "3"}, one), make_call({"j", "4"}, two)}));
  const auto& script = rendered.script;
  CHECK(occurrences(script, "unmistakable-one") == 1);
  CHECK(occurrences(script, "unmistakable-two") == 1);
  const auto data = data_offset(script);
  for (const auto& bytes : {one, two}) {
    const auto at = script.find(bytes);
    REQUIRE(at != std::string::npos);
    CHECK(script.find(std::to_string(at - data) + " " + std::to_string(bytes.size()) + " read " +
                      std::to_string(util::posix_cksum(bytes))) > data);
  }
}

TEST_CASE("SARRAY_DATA is where the data begins, behind the dispatcher's exit") {
  const auto script = render_words({{"j"}}).script;
  const auto data = data_offset(script);
  CHECK(script.substr(data, 13) == "--- script 1\n");
  CHECK(script.substr(data - 10, 10) == "\nexit 125\n");
}

TEST_CASE("the array's options as sbatch reads them") {
  CHECK(directives(render_words({{"-a1-3%2", "-J", "my job", "-t5", "--exclusive", "--comment=a\"b\\c", "j"}}).script) ==
        std::vector<std::string>{"--array=1-3%2", "--job-name=\"my job\"", "--chdir=/home/ada",
                                 "--output=/home/ada/slurm-%A_%a.out", "--export=ALL", "--comment=\"a\\\"b\\\\c\"", "--exclusive",
                                 "--time=5"});
  const auto single = directives(render_words({{"--export=NONE", "--open-mode=append", "-o", "x", "j"}}).script);
  CHECK(single.front() == "--array=0");
  CHECK(std::find(single.begin(), single.end(), "--open-mode=append") != single.end());
  CHECK(std::find(single.begin(), single.end(), "--export=ALL,SARRAY_LOGIN=1") != single.end());
}

TEST_CASE("an option that no line can hold is an argument") {
  const auto rendered = render_words({{"--comment=two\nlines", "-o", "x", "j"}});
  CHECK(rendered.arguments == std::vector<std::string>{"--comment=two\nlines"});
  for (const auto& line : directives(rendered.script)) CHECK_FALSE(line.starts_with("--comment"));
}

TEST_CASE("no name or argument of a job becomes a line of the script's head") {
  const std::string evil = "x\n#SBATCH --time=99\necho owned\n";
  const auto rendered = render_jobs(test::resolve({make_call({"-J", evil, "j", evil, "'$(id)'"})}));
  for (const auto& line : directives(rendered.script)) CHECK(line != "--time=99");
  CHECK(occurrences(rendered.script, "\necho owned\n") == 0);
}

TEST_CASE("paths with quotes stay one word of bash") {
  auto options = test::make_options();
  options.link_folder = "/it's/$(id)";
  options.scratch_folder = "/s'";
  const auto script = render_jobs(test::make_jobs({{"-o", "a", "j"}, {"-o", "b", "j"}}), options).script;
  CHECK(script.find("\nSARRAY_LINKS='/it'\\''s/$(id)'\n") != std::string::npos);
  CHECK(script.find("\nSARRAY_SCRATCH='/s'\\'''\n") != std::string::npos);
}

TEST_CASE("the overview names jobs, indices and commands, and of very many only the first") {
  const auto script = render_words({{"-a4-6", "-J", "na\tme", "j", "arg"}, {"--wrap=true"}}).script;
  CHECK(script.find("# 2 jobs (4 tasks) as one job array, merged by sarray 0.1.\n") != std::string::npos);
  CHECK(script.find("#     1  0-2 = 4-6          na\\x09me             /home/ada/job.sh arg\n") != std::string::npos);
  const auto many = render_words(std::vector<Words>(150, {"j"})).script;
  CHECK(many.find("#   ... and 130 more jobs\n") != std::string::npos);
}

TEST_CASE("the overview is in line behind wide names, and never cuts a character in two") {
  const std::string wide = "\xe6\x97\xa5\xe6\x9c\xac";
  std::string long_name;
  for (int i = 0; i < 100; ++i) long_name += wide;
  const auto script = render_words({{"-J", wide, "j"}, {"-J", long_name, "j"}}).script;
  CHECK(script.find("  " + wide + std::string(15, ' ') + "  /home/ada/job.sh\n") != std::string::npos);
  const auto line =
      script.substr(script.find("#     2  "), script.find('\n', script.find("#     2  ")) - script.find("#     2  "));
  CHECK(line.find("\\x") == std::string::npos);
  CHECK(line.ends_with("..."));
  CHECK((line.size() - 3 - line.find(wide)) % 3 == 0);
}

TEST_CASE("the environment of sbatch holds nothing that must not reach it") {
  auto call = make_call({"j"});
  call.environment =
      util::Environment::from_entries({"A=1", "_=/usr/bin/sbatch", "BASH_ENV=x", "BASH_FUNC_f%%=() { :; }", "SBATCH_TIMELIMIT=5",
                                       "LC_ALL=C", "POSIXLY_CORRECT=1", "SLURM_ARRAY_TASK_ID=3", "SHELLOPTS=x"});
  const auto rendered = render_jobs(test::resolve({call}));
  for (const auto& entry : rendered.environment.entries()) {
    CAPTURE(entry);
    const bool known = entry == "A=1" || entry.starts_with("SLURM_JOB_NAME=") || entry.starts_with("SLURM_SUBMIT_");
    CHECK(known);
  }
  CHECK(rendered.environment.get("A") == "1");
}

TEST_CASE("10,000 calls of one 3 KB script that differ in a seed: below 1 MB") {
  auto call = make_call({"-o", "logs/%j.out", "j"}, "#!/bin/sh\n" + std::string(3000, '#') + "\n");
  std::vector<std::string> entries = call.environment.entries();
  for (int i = 0; i < 80; ++i) entries.push_back("VARIABLE_" + std::to_string(i) + "=" + std::string(60, 'v'));
  call.environment = util::Environment::from_entries(entries);
  std::vector<slurm::Call> calls(10000, call);
  for (std::size_t i = 0; i < calls.size(); ++i) calls[i].argv.push_back("--seed=" + std::to_string(i));
  const auto rendered = render_jobs(test::resolve(calls));
  CHECK(rendered.script.size() < 1000000);
  CHECK(occurrences(rendered.script, std::string(3000, '#')) == 1);
}
