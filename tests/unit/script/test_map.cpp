#include <doctest/doctest.h>

#include <algorithm>

#include "plan_support.hpp"
#include "script/map.hpp"
#include "script/render.hpp"
#include "script/variables.hpp"
#include "slurm/language/intake.hpp"
#include "util/crc32.hpp"
#include "util/shell_quote.hpp"

using namespace sarray;
using test::make_call;
using test::Words;

namespace {

struct Both {
  plan::Plan plan;
  std::string script;
};

Both render_jobs(std::vector<plan::PlannedJob> jobs, std::uint64_t max_script_size = 0) {
  auto options = test::make_options();
  options.limits.known = max_script_size > 0;
  options.limits.max_script_size = max_script_size;
  auto plan = plan::make_plan(std::move(jobs), options);
  REQUIRE(plan);
  auto rendered = script::render(*plan, plan->arrays.front(), options);
  REQUIRE(rendered);
  return {std::move(*plan), std::move(rendered->script)};
}

script::Map read(const std::string& script) {
  auto map = script::read_map(script);
  const auto why = map ? std::string() : map.error().what + ": " + map.error().why;
  REQUIRE_MESSAGE(map, why);
  return std::move(*map);
}

void check_same(const Both& both) {
  const auto map = read(both.script);
  const auto& array = both.plan.arrays.front();
  REQUIRE(map.jobs.size() == array.placements.size());
  CHECK(map.tasks == array.tasks);
  CHECK(map.name == array.name);
  for (std::size_t i = 0; i < map.jobs.size(); ++i) {
    const auto& mapped = map.jobs[i];
    const auto& planned = both.plan.jobs[array.placements[i].job];
    CHECK(mapped.number == planned.number);
    CHECK(mapped.id == planned.id);
    CHECK(mapped.first_index == array.placements[i].first_index);
    CHECK(mapped.tasks == planned.tasks());
    CHECK(mapped.ids.has_value() == planned.job.ids.has_value());
    if (mapped.ids) CHECK(mapped.ids->text() == planned.job.ids->text());
    CHECK(mapped.name == planned.job.name);
    CHECK(mapped.source == planned.call->source);
    if (mapped.source == slurm::ScriptSource::file) CHECK(mapped.script_path == planned.call->script_path);
    CHECK(script::read_script(mapped, both.script).value() == *planned.job.script);
    CHECK(mapped.arguments == planned.job.arguments);
    CHECK(mapped.directory == planned.job.work_directory);
  }
}

}  // namespace

TEST_CASE("a script read back says what was rendered") {
  check_same(render_jobs(
      test::make_jobs({{"-a4-6", "-J", "na me", "j", "arg", ""}, {"--wrap=true"}, {"-D", "/tmp", "j"}, {"-J", "", "j"}})));
  check_same(render_jobs(test::make_jobs({{"j"}})));
}

TEST_CASE("a copy in which a database has made question marks of all but ASCII says the same") {
  const std::string script = "#!/bin/sh\n# \xe6\xbc\xa2\xe5\xad\x97 and a \\ backslash\necho 'na\xc3\xafve \\0303' \xff";
  std::vector<slurm::Call> calls;
  calls.push_back(test::make_call(
      {"-J", "\xd0\xb8\xd0\xbc\xd1\x8f 'q' \\", "-D", "/tmp/\xe6\xbc\xa2", "-o", "\xc3\xa9-%a", "j", "\xf0\x9f\x98\x80", "\xff"},
      script));
  calls.push_back(
      test::make_call({"-J", "\xd0\xb8\xd0\xbc\xd1\x8f 'q' \\", "-D", "/tmp/\xe6\xbc\xa2", "-o", "\xc3\xa9-%a", "j", "plain"},
                      "#!/bin/sh\nexit \\0\n"));
  const auto both = render_jobs(test::resolve(std::move(calls)));
  check_same(both);
  const auto data = both.script.find("\nexit 125\n");
  CHECK(util::is_ascii(std::string_view(both.script).substr(data)));
  std::string copy;
  for (const char c : both.script) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 && byte < 0xc0) continue;
    copy += byte >= 0x80 ? '?' : c;
  }
  REQUIRE(copy.size() < both.script.size());
  check_same({both.plan, copy});
  const auto map = read(copy);
  CHECK(map.jobs.front().output == read(both.script).jobs.front().output);
  CHECK(map.option("chdir")->value == "/tmp/\xe6\xbc\xa2");
}

TEST_CASE("names, arguments and scripts of any bytes, over several pages") {
  test::RandomBytes random(7);
  std::vector<slurm::Call> calls;
  for (int i = 0; i < 300; ++i) {
    Words words = {"-J", random.text(12)};
    if (random.number(3) == 0)
      words.push_back("-a" + std::to_string(random.number(5)) + "," + std::to_string(6 + random.number(9)) + "-20:3");
    if (random.number(4) == 0) words.push_back("-o/home/ada/" + std::to_string(random.number(3)) + "%a_%x");
    words.push_back("j");
    for (auto n = random.number(3); n > 0; --n) words.push_back(random.text(20));
    calls.push_back(make_call(words, "#!/bin/sh\n" + random.text(30)));
    if (random.number(5) == 0) calls.back().source = slurm::ScriptSource::standard_input;
  }
  // NUL and \r\n cannot stand in a script; the tests' bytes hold no NUL.
  check_same(render_jobs(test::resolve(calls)));
}

TEST_CASE("indices and local ids, both ways") {
  const auto map = read(render_jobs(test::make_jobs({{"j"}, {"-a1,5-9:2", "j"}, {"j"}})).script);
  REQUIRE(map.jobs.size() == 3);
  const auto& array = map.jobs[1];
  CHECK(map.job_at(0) == map.jobs.data());
  CHECK(map.job_at(4) == &array);
  CHECK(map.job_at(5) == &map.jobs[2]);
  CHECK(map.job_at(6) == nullptr);
  CHECK(array.local_id(1) == 1);
  CHECK(array.local_id(4) == 9);
  CHECK(array.index_of(7) == 3);
  CHECK_FALSE(array.index_of(6));
  CHECK_FALSE(array.index_of(std::nullopt));
  CHECK_FALSE(map.jobs[0].local_id(0));
  CHECK(map.jobs[2].index_of(std::nullopt) == 5);
  CHECK_FALSE(map.jobs[2].index_of(5));
}

TEST_CASE("patterns of output files: the array's one, the jobs' own, and what is left of those that only the task knows") {
  const auto uniform = read(render_jobs(test::make_jobs({{"-o", "logs/%A_%a.out", "j"}, {"-o", "logs/%A_%a.out", "j"}})).script);
  CHECK(uniform.jobs[1].output == "/home/ada/logs/%j_4294967294.out");  // what it means in a plain job
  CHECK_FALSE(uniform.jobs[1].error);
  const auto links = read(
      render_jobs(test::make_jobs({{"-o", "%x.out", "-J", "a", "j"}, {"-a1-2", "-o", "b-%j", "-e", "b.%a.err", "j"}})).script);
  CHECK(links.jobs[0].output == "/home/ada/a.out");
  CHECK(links.jobs[1].output == "/home/ada/b-%j");
  CHECK(links.jobs[1].error == "/home/ada/b.%a.err");
  CHECK(links.link_folder == "/state/links");
  CHECK(links.names == plan::Names::task);
  const auto plain = read(render_jobs(test::make_jobs({{"j"}, {"j"}})).script);
  CHECK(plain.jobs[1].output == "/home/ada/slurm-%j.out");  // and the script says slurm-%A_%a.out, for who submits it by hand
  CHECK(plain.jobs[1].record.unnamed);
}

TEST_CASE("options of the array come back unquoted") {
  const auto map = read(render_jobs(test::make_jobs({{"--comment=a\"b\\c #d", "--exclusive", "j"}})).script);
  REQUIRE(map.option("comment") != nullptr);
  CHECK(map.option("comment")->value == "a\"b\\c #d");
  REQUIRE(map.option("exclusive") != nullptr);
  CHECK_FALSE(map.option("exclusive")->value);
  CHECK(map.option("time") == nullptr);
}

TEST_CASE("a heading in front of the script is passed over") {
  const auto script = render_jobs(test::make_jobs({{"j"}})).script;
  const auto text = "Batch Script for 17\n------\n" + script;
  const auto at = script::find_batch_script(text);
  REQUIRE(at != std::string::npos);
  CHECK(read(text.substr(at) + "\n\n").jobs.size() == 1);
  CHECK(script::find_batch_script("NONE\n") == std::string::npos);
}

TEST_CASE("whatever the bytes are, reading them ends with a map or an error") {
  const auto script =
      render_jobs(test::make_jobs({{"-a1-3", "-J", "x", "j", "arg"}, {"-o", "a%j", "j"}, {"-D", "/tmp", "j"}})).script;
  for (std::size_t length = 0; length < script.rfind('\f'); length += 7)  // which ends the table
    CHECK_FALSE(script::read_map(std::string_view(script).substr(0, length)));
  test::RandomBytes random(11);
  for (int round = 0; round < 3000; ++round) {
    auto hostile = script;
    for (auto n = 1 + random.number(4); n > 0; --n) {
      const auto at =
          random.number(2) == 0 ? random.number(static_cast<unsigned>(hostile.size())) : hostile.size() - 1 - random.number(300);
      hostile[at] = static_cast<char>(random.number(2) == 0 ? '0' + random.number(10) : random.number(256));
    }
    const auto map = script::read_map(hostile);
    if (!map) continue;
    for (const auto& job : map->jobs) CHECK(job.script_offset + job.script_length <= hostile.size());
  }
}

TEST_CASE("a table that says impossible things is refused, also with right checksums") {
  CHECK_FALSE(script::read_map(""));
  CHECK_FALSE(script::read_map("#!/bin/sh\necho\n"));
  CHECK_FALSE(script::read_map("#!/bin/bash -p\n\nSARRAY_DATA=99999999999999999999\n"));
  const std::string head = "#!/bin/bash -p\n#SBATCH --array=0\n\n";
  CHECK_FALSE(script::read_map(head + "SARRAY_PAGES=''\nSARRAY_DATA=0000000001\n"));
  CHECK_FALSE(script::read_map(head + "SARRAY_PAGES='0 0\n"));
  // A job without a script: a retry of it would be an array that cannot run.
  const auto with_job = [](const std::string& fields, const std::string& script, const std::string& rows = "1\n") {
    const auto page = "page 0 2000000001\n=1\t" + fields + "\n" + rows;
    auto text = "#!/bin/bash -p\nSARRAY_PAGES='0 " + std::to_string(script.size()) + "\n1 " +
                std::to_string(script.size() + page.size()) + "\n'\nSARRAY_SUMS='" + std::to_string(util::posix_cksum(page)) +
                "\n'\nSARRAY_DATA=";
    const auto place = std::to_string(text.size() + 11 + 9);
    return text + std::string(10 - place.size(), '0') + place + "\nexit 125\n" + script + page;
  };
  CHECK(script::read_map(with_job("script=0 5 shell 1\targ=a", "true\n")));
  CHECK_FALSE(script::read_map(with_job("script=0 0 shell 1\targ=a", "true\n")));
  CHECK_FALSE(script::read_map(with_job("arg=a", "true\n")));
  CHECK_FALSE(script::read_map(with_job("script=0 5 shell 1", "true\n", "")));  // a page of no rows
  const auto no_ids = script::read_map(with_job("script=0 5 shell 1\tids=x", "true\n"));
  REQUIRE_FALSE(no_ids);
  CHECK(no_ids.error().why == "a job has no task ids");  // and not sbatch's words about --array
}

TEST_CASE("a script whose data was packed is read all the same") {
  const auto jobs = test::make_jobs({{"-a0-4", "-t5", "j", "a b"}, {"-t5", "-o", "x%j", "j", "\n\xff"}});
  auto packed = render_jobs(jobs, 100);
  REQUIRE(packed.script != render_jobs(jobs).script);
  auto plain = script::unpack_script(packed.script);
  REQUIRE(plain);
  packed.script = *plain;
  check_same(packed);
  CHECK_FALSE(script::unpack_script("#!/bin/sh\n"));
}

TEST_CASE("a job without a file says what it runs") {
  const auto map = read(render_jobs(test::make_jobs({{"j"}})).script);
  CHECK(map.jobs[0].command.empty());
  auto wrapped = make_call({"--wrap=python3 -c '1/0.1'"}, slurm::wrap_script("python3 -c '1/0.1'"));
  wrapped.source = slurm::ScriptSource::wrap;
  auto piped = make_call({}, "#!/bin/sh\n#SBATCH -J x\nset -e\npython \xc3\xa9.py 3\n");
  piped.source = slurm::ScriptSource::standard_input;
  const auto both = read(render_jobs(test::resolve({wrapped, piped})).script);
  CHECK(both.jobs[0].command == "python3 -c '1/0.1'");
  CHECK(both.jobs[1].command == "python \xc3\xa9.py 3");
}

TEST_CASE("the variables in which jobs differ, and what each has: those of the first job are in no record") {
  std::vector<slurm::Call> calls;
  for (const char* value : {"0.1", "0.2", ""}) {
    auto call = make_call({"j"});
    call.environment.set("SAME", "x");
    call.environment.set("PWD", std::string("/elsewhere/") + value);
    if (*value != '\0') call.environment.set("LR", value);
    if (*value == '\0') call.environment.set("ONLY", "three");
    calls.push_back(call);
  }
  const auto map = read(render_jobs(test::resolve(calls)).script);
  CHECK(script::find_differing_variables(map) == std::vector<std::string>{"LR", "ONLY"});
  const auto& base = calls.front().environment;
  CHECK(script::value_of(map.jobs[0], "LR", &base).value == "0.1");
  CHECK(script::value_of(map.jobs[1], "LR", &base).value == "0.2");
  CHECK_FALSE(script::value_of(map.jobs[2], "LR", &base).is_set);
  CHECK_FALSE(script::value_of(map.jobs[0], "ONLY", &base).is_set);
  CHECK(script::value_of(map.jobs[2], "ONLY", &base).value == "three");
  // Without the record of the submission the first job's value is not known.
  CHECK(script::value_of(map.jobs[0], "LR", nullptr).is_set);
  CHECK_FALSE(script::value_of(map.jobs[0], "LR", nullptr).value);
}
