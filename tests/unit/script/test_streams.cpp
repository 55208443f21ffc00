#include <doctest/doctest.h>

#include <map>

#include "plan_support.hpp"
#include "script/streams.hpp"

using namespace sarray;
using script::ArrayStreams;
using script::late_pattern;
using script::link_target;
using script::Links;
using script::Stream;
using test::Words;

namespace {

struct Planned {
  plan::Plan plan;
  plan::PlanOptions options = test::make_options();
  ArrayStreams streams;
  [[nodiscard]] const plan::MergedArray& array() const { return plan.arrays.front(); }
};

Planned plan_calls(const std::vector<slurm::Call>& calls, plan::Names names = plan::Names::task) {
  Planned planned;
  planned.options.names = names;
  auto plan = plan::make_plan(test::resolve(calls), planned.options);
  REQUIRE(plan);
  planned.plan = std::move(*plan);
  planned.streams = script::plan_streams(planned.plan, planned.array(), planned.options);
  return planned;
}

Planned plan_words(const std::vector<Words>& words, plan::Names names = plan::Names::task) {
  std::vector<slurm::Call> calls;
  for (const auto& own : words) calls.push_back(test::make_call(own));
  return plan_calls(calls, names);
}

/// The array's pattern of a stream, "links", or "(not given)".
std::string pattern(const Planned& planned, Stream stream = Stream::output) {
  const auto& own = planned.streams.streams.at(static_cast<std::size_t>(stream));
  CHECK(own.stream == stream);
  const auto links = std::string("/state/links/") + stream_name(stream) + "/%a";
  if (own.links == Links::files) {
    CHECK(own.pattern == links);
    return "links";
  }
  if (own.links == Links::folders) {
    REQUIRE(own.pattern->starts_with(links + "/"));
    return "folders " + own.pattern->substr(links.size() + 1);
  }
  return own.pattern.value_or("(not given)");
}

std::string pattern(const std::vector<Words>& words, Stream stream = Stream::output) {
  return pattern(plan_words(words), stream);
}

/// The same with Slurm's own pair in the names.
std::string slurms_pattern(const std::vector<Words>& words) { return pattern(plan_words(words, plan::Names::slurm)); }

/// What the script says for who submits it by hand, "opened" by the dispatcher, or "(not given)".
std::string by_hand(const std::vector<Words>& words, Stream stream = Stream::output) {
  const auto planned = plan_words(words);
  const auto& own = planned.streams.streams.at(static_cast<std::size_t>(stream));
  return own.opened_by_hand ? "opened" : own.script_pattern.value_or("(not given)");
}

std::map<std::string, std::string> links(const Planned& planned) {
  std::map<std::string, std::string> made;
  visit_links(
      planned.plan, planned.array(), planned.streams, planned.options,
      [&](const std::string& path, const std::string& target, const std::string&) { CHECK(made.emplace(path, target).second); });
  return made;
}

using Made = std::map<std::string, std::string>;

}  // namespace

TEST_CASE("nothing given: the default by the task's own ids, as alone, and no error or input file") {
  CHECK(pattern({{"j"}}) == "/home/ada/slurm-%j.out");
  CHECK(pattern({{"j"}}, Stream::error) == "(not given)");
  CHECK(pattern({{"j"}}, Stream::input) == "(not given)");
  CHECK(pattern({{"-D", "/tmp/100%", "j"}}) == "/tmp/100%%/slurm-%j.out");
  CHECK(links(plan_words({{"j"}, {"j"}})).empty());
  CHECK(links(plan_words({{"-a5-6", "j"}})) == Made{{"/state/links/output/5", "/home/ada/slurm-2000000001_5.out"},
                                                    {"/state/links/output/6", "/home/ada/slurm-2000000001_6.out"}});
  const auto mixed = plan_words({{"j"}, {"-a3", "j"}});
  CHECK(links(mixed) == Made{{"/state/links/output/0", "/home/ada/.sarray-hidden-0.output"},
                             {"/state/links/output/1", "/home/ada/slurm-2000000002_3.out"}});
  CHECK(late_pattern(mixed.plan.jobs[0], Stream::output, mixed.options) == "/home/ada/slurm-%j.out");
}

TEST_CASE("names that only the folders tell apart: links to these, and Slurm makes the name") {
  const auto planned = plan_words({{"-D", "/a", "j"}, {"-D", "/b", "j"}});
  CHECK(pattern(planned) == "folders slurm-%j.out");
  CHECK(links(planned) == Made{{"/state/links/output/0", "/a"}, {"/state/links/output/1", "/b"}});
  CHECK(pattern({{"-J", "x", "-o", "%x/%A.o", "j"}, {"-J", "y", "-o", "%x/%j.o", "j"}}) == "folders %j.o");
  CHECK(links(plan_words({{"-a1-2", "-o", "%A/%a/%j", "j"}})) ==
        Made{{"/state/links/output/1", "/home/ada/2000000001/1"}, {"/state/links/output/2", "/home/ada/2000000001/2"}});
  CHECK(links(plan_words({{"-o", "/%j", "j"}, {"-o", "/x/%j", "j"}})) ==
        Made{{"/state/links/output/0", "/"}, {"/state/links/output/1", "/x"}});
  CHECK(pattern({{"-o", "%j/%j", "j"}, {"-o", "x/%j", "j"}}) == "links");  // a folder that only the task knows
  CHECK(pattern({{"-J", "x", "-o", "%x-%j", "j"}, {"-J", "y", "-o", "%x-%j", "j"}}) == "links");
}

TEST_CASE("--names=slurm: by what squeue shows") {
  CHECK(slurms_pattern({{"j"}, {"-a0-3", "j"}}) == "/home/ada/slurm-%A_%a.out");
  CHECK(slurms_pattern({{"-o", "/x/%A_%a.out", "-a1-2", "j"}, {"-o", "/x/%A_%a.out", "j"}}) == "/x/%A_%a.out");
  CHECK(slurms_pattern({{"-o", "%A.out", "j"}, {"-o", "%A.out", "j"}}) == "/home/ada/%j.out");
  CHECK(slurms_pattern({{"-a3-4", "-o", "%a", "j"}, {"-a3-4", "-o", "%a", "j"}}) == "links");
}

TEST_CASE("the script itself never names links: by hand it is as with --names=slurm, or the dispatcher opens the files") {
  CHECK(by_hand({{"j"}, {"-a0-3", "j"}}) == "/home/ada/slurm-%A_%a.out");
  CHECK(by_hand({{"-o", "/x/%A_%a", "-a5-6", "j"}}) == "/x/%A_%a");
  CHECK(by_hand({{"-o", "log", "j"}, {"-o", "log", "j"}}) == "/home/ada/log");
  CHECK(by_hand({{"-o", "a", "j"}, {"-o", "b", "j"}}) == "opened");
  CHECK(by_hand({{"-D", "/a", "j"}, {"-D", "/b", "j"}}) == "opened");
  CHECK(by_hand({{"-e", "a", "j"}, {"-e", "b", "j"}}, Stream::error) == "opened");
  const auto planned = plan_words({{"-D", "/a%", "-o", "x", "-e", "y", "j"}, {"-D", "/b", "j"}});
  CHECK(planned.streams.streams[0].script_pattern == "/a%%/slurm-%A_%a.out");
  CHECK_FALSE(planned.streams.streams[1].script_pattern);
}

TEST_CASE("one pattern that means the same for all goes to Slurm, absolute") {
  CHECK(pattern({{"-o", "log", "j"}, {"-o", "log", "j"}}) == "/home/ada/log");
  CHECK(pattern({{"-o", "%j.out", "j"}, {"-o", "%j.out", "-a1-2", "j"}}) == "/home/ada/%j.out");
  CHECK(pattern({{"-o", "%u-%N", "j"}, {"-o", "%u-%N", "j"}}) == "/home/ada/%u-%N");
  CHECK(pattern({{"-D", "sub", "-o", "log", "j"}}) == "/home/ada/sub/log");
  CHECK(pattern({{"-e", "err", "j"}, {"-e", "err", "j"}}, Stream::error) == "/home/ada/err");
  CHECK(pattern({{"-i", "in", "j"}, {"-i", "in", "j"}}, Stream::input) == "/home/ada/in");
}

TEST_CASE("a plain job's %A is its own id, not the array's, and its %a the number of no task") {
  CHECK(pattern({{"-o", "%A.out", "j"}, {"-o", "%A.out", "j"}}) == "/home/ada/%j.out");
  CHECK(pattern({{"-o", "%5A%%A.out", "j"}}) == "/home/ada/%5j%%A.out");
  CHECK(pattern({{"-o", "%A_%a.out", "j"}}) == "/home/ada/%j_4294967294.out");
}

TEST_CASE("an array's %A is the id that its sbatch answered") {
  CHECK(links(plan_words({{"-a7,9", "-o", "/x/%A_%3a", "j"}, {"-a1", "-o", "%12A", "j"}})) ==
        Made{{"/state/links/output/0", "/x/2000000001_007"},
             {"/state/links/output/1", "/x/2000000001_009"},
             {"/state/links/output/2", "/home/ada/2000000002"}});
}

TEST_CASE("%a alone: Slurm's where indices are the job's own ids, links where not") {
  CHECK(pattern({{"-a0-4", "-o", "%a.out", "j"}}) == "/home/ada/%a.out");
  CHECK(pattern({{"-a1-4", "-o", "%a.out", "j"}}) == "/home/ada/%a.out");
  CHECK(pattern({{"-a0-4:2", "-o", "%a.out", "j"}}) == "links");
  CHECK(pattern({{"-a0-4", "-o", "%a.out", "j"}, {"-a0-4", "-o", "%a.out", "j"}}) == "links");
  CHECK(links(plan_words({{"-a3,7", "-o", "%a.out", "j"}, {"-o", "%a.out", "j"}})) ==
        Made{{"/state/links/output/0", "/home/ada/3.out"},
             {"/state/links/output/1", "/home/ada/7.out"},
             {"/state/links/output/2", "/home/ada/4294967294.out"}});
}

TEST_CASE("names that differ are links") {
  CHECK(links(plan_words({{"-o", "one", "j"}, {"-a0-1", "-o", "/x/%a", "j"}, {"-o", "one", "j"}})) ==
        Made{{"/state/links/output/0", "/home/ada/one"},
             {"/state/links/output/1", "/x/0"},
             {"/state/links/output/2", "/x/1"},
             {"/state/links/output/3", "/home/ada/one"}});
}

TEST_CASE("a folder that differs makes one relative name two") {
  auto elsewhere = test::make_call({"-o", "log", "j"});
  elsewhere.directory = "/other";
  const auto planned = plan_calls({test::make_call({"-o", "log", "j"}), elsewhere});
  CHECK(pattern(planned) == "links");
  CHECK(links(planned) == Made{{"/state/links/output/0", "/home/ada/log"}, {"/state/links/output/1", "/other/log"}});
}

TEST_CASE("a job that gives no pattern among others that do has its default, by a link") {
  const auto planned = plan_words({{"-o", "log", "j"}, {"j"}});
  CHECK(pattern(planned) == "links");
  CHECK(links(planned).at("/state/links/output/1").starts_with("/home/ada/.sarray-"));  // %j is known to the task only
  CHECK(late_pattern(planned.plan.jobs[1], Stream::output, planned.options) == "/home/ada/slurm-%j.out");
}

TEST_CASE("%x: the array's name where all share it, links where not") {
  CHECK(pattern({{"-J", "a", "-o", "%x.out", "j"}, {"-J", "a", "-o", "%x.out", "j"}}) == "/home/ada/%x.out");
  CHECK(links(plan_words({{"-J", "a", "-o", "%x.out", "j"}, {"-J", "b", "-o", "%x.out", "j"}})) ==
        Made{{"/state/links/output/0", "/home/ada/a.out"}, {"/state/links/output/1", "/home/ada/b.out"}});
}

TEST_CASE("none and /dev/null") {
  CHECK(pattern({{"-o", "none", "j"}, {"-o", "NONE", "j"}, {"-o", "/dev/null", "j"}}) == "/dev/null");
  CHECK(pattern({{"-e", "/dev/null", "j"}, {"-e", "none", "j"}}, Stream::error) == "/dev/null");
  CHECK(links(plan_words({{"-o", "none", "j"}, {"-o", "x", "j"}})).at("/state/links/output/0") == "/dev/null");
  CHECK(pattern({{"-o", "nonesuch", "j"}}) == "/home/ada/nonesuch");
}

TEST_CASE("an error stream that some give: the others' follows their output") {
  const auto planned = plan_words({{"-o", "o1", "-e", "e1", "j"}, {"-o", "o2", "j"}});
  CHECK(links(planned) == Made{{"/state/links/output/0", "/home/ada/o1"},
                               {"/state/links/output/1", "/home/ada/o2"},
                               {"/state/links/error/0", "/home/ada/e1"},
                               {"/state/links/error/1", "/home/ada/o2"}});
}

TEST_CASE("an input that some give: the others read nothing") {
  CHECK(links(plan_words({{"-i", "in-%a", "-o", "x", "-a5", "j"}, {"-o", "x", "j"}})) ==
        Made{{"/state/links/input/0", "/home/ada/in-5"}, {"/state/links/input/1", "/dev/null"}});
}

TEST_CASE("what only the running task knows: a hidden name in the same folder, and the rest left to the dispatcher") {
  const auto planned =
      plan_words({{"-o", "logs/%x-%j-%N.out", "-J", "a%b", "j"}, {"-a4-5", "-o", "/x/%a.%J", "-e", "/x/%a.%J", "j"}});
  const auto& jobs = planned.plan.jobs;
  CHECK(links(planned) == Made{{"/state/links/output/0", "/home/ada/logs/.sarray-hidden-0.output"},
                               {"/state/links/output/1", "/x/.sarray-hidden-1.output"},
                               {"/state/links/output/2", "/x/.sarray-hidden-2.output"},
                               {"/state/links/error/0", "/home/ada/logs/.sarray-hidden-0.output"},
                               {"/state/links/error/1", "/x/.sarray-hidden-1.output"},
                               {"/state/links/error/2", "/x/.sarray-hidden-2.output"}});
  CHECK(late_pattern(jobs[0], Stream::output, planned.options) == "/home/ada/logs/a%%b-%j-%N.out");
  CHECK(late_pattern(jobs[1], Stream::output, planned.options) == "/x/%a.%J");
  CHECK(late_pattern(jobs[1], Stream::error, planned.options) == "/x/%a.%J");
  CHECK(script::is_hidden(jobs[0], Stream::output, planned.streams.streams[0], planned.options));
  const auto known = plan_words({{"-o", "%a-%x-%u", "j"}, {"-o", "x", "j"}});
  CHECK_FALSE(script::is_hidden(known.plan.jobs[0], Stream::output, known.streams.streams[0], known.options));
}

TEST_CASE("a conversion in the folder's name is expanded for the hidden name, too") {
  const auto planned = plan_words({{"-J", "a", "-o", "%x/%j.out", "j"}, {"-J", "b", "-o", "%x/%j.err", "j"}});
  CHECK(links(planned).at("/state/links/output/1") == "/home/ada/b/.sarray-hidden-1.output");
}

TEST_CASE("a pattern with a backslash is literal") {
  CHECK(links(plan_words({{"-o", "/x/a\\%j", "j"}, {"-o", "other", "j"}})).at("/state/links/output/0") == "/x/a%j");
}

TEST_CASE("open modes: all the same, or appended and emptied by the dispatcher") {
  CHECK(plan_words({{"j"}}).streams.open_mode == slurm::OpenMode::site_default);
  CHECK(plan_words({{"--open-mode=append", "j"}, {"--open-mode=a", "j"}}).streams.open_mode == slurm::OpenMode::append);
  for (const auto& words :
       {std::vector<Words>{{"--open-mode=append", "j"}, {"--open-mode=truncate", "j"}}, {{"--open-mode=truncate", "j"}, {"j"}}}) {
    const auto mixed = plan_words(words);
    CHECK(mixed.streams.mixed_open_modes);
    CHECK(mixed.streams.open_mode == slurm::OpenMode::append);
  }
}

TEST_CASE("no open mode where Slurm appends (JobFileAppend=1): appended to, also beside a job that truncates") {
  auto planned = plan_words({{"j"}, {"--open-mode=truncate", "j"}});
  CHECK_FALSE(script::appends(planned.plan.jobs[0].job, planned.options));
  planned.options.job_file_append = true;
  CHECK(script::appends(planned.plan.jobs[0].job, planned.options));
  CHECK_FALSE(script::appends(planned.plan.jobs[1].job, planned.options));
}

TEST_CASE("a link folder with a percent sign") {
  auto planned = plan_words({{"-o", "a", "j"}, {"-o", "b", "j"}});
  planned.options.link_folder = "/state/50%";
  const auto streams = script::plan_streams(planned.plan, planned.array(), planned.options);
  CHECK(streams.streams[0].pattern == "/state/50%%/output/%a");
}
