#include <doctest/doctest.h>

#include <sstream>

#include "plan_support.hpp"
#include "report/queue.hpp"
#include "slurm/language/intake.hpp"
#include "util/user_text.hpp"

using namespace sarray;
using test::make_call;
using test::make_jobs;
using test::resolve;
using test::Words;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

slurm::Call make_wrap(const std::string& command, const Words& words = {}) {
  auto call = make_call(words, slurm::wrap_script(command));
  call.argv.push_back("--wrap=" + command);
  call.source = slurm::ScriptSource::wrap;
  call.script_path.clear();
  return call;
}

slurm::Call make_heredoc(const std::string& script) {
  auto call = make_call({}, script);
  call.source = slurm::ScriptSource::standard_input;
  call.script_path.clear();
  return call;
}

/// Forty trainings that differ in name, time and seed.
std::vector<plan::PlannedJob> make_sweep() {
  std::vector<Words> words;
  for (int i = 1; i <= 40; ++i) {
    const auto seed = std::to_string(i);
    words.push_back({"--job-name=lr0.001-s" + seed, "--mem=100M", "--cpus-per-task=4", "--output=logs/%x-%j.out",
                     i % 2 == 0 ? "--time=20" : "--time=10", "train.sh", "--lr", "0.001", "--seed", seed});
  }
  return make_jobs(words);
}

}  // namespace

TEST_CASE("one line per job: what all share is said once, what differs is seen in 80 columns") {
  const auto lines = lines_of(report::queue_text(make_sweep(), 80));
  REQUIRE(lines.size() == 42);
  CHECK(lines[0] == "in /home/ada, all with --cpus-per-task=4 --mem=100M --output=logs/%x-%j.out");
  CHECK(lines[1] == "job          id  --time  name         script and arguments");
  CHECK(lines[2] == "  1  2000000001  10      lr0.001-s1   job.sh --lr 0.001 --seed 1");
  CHECK(lines[41] == " 40  2000000040  20      lr0.001-s40  job.sh --lr 0.001 --seed 40");
}

TEST_CASE("values that mean the same do not differ; an option that only some jobs have does") {
  const auto lines = lines_of(
      report::queue_text(make_jobs({{"--mem=1G", "--time=60", "x"}, {"--mem=1024M", "--time=1:00:00", "--exclusive", "x"}}), 0));
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] == "in /home/ada, all with --mem=1G --time=60");
  CHECK(lines[1] == "job          id  --exclusive  script and arguments");
  CHECK(lines[2] == "  1  2000000001  -            job.sh");
  CHECK(lines[3] == "  2  2000000002  yes          job.sh");
}

TEST_CASE("columns that say nothing are not there: tasks and array only if there is one") {
  const auto lines = lines_of(report::queue_text(make_jobs({{"--array=0-4", "x"}, {"-J", "eval", "x"}}), 80));
  CHECK(lines[1] == "job          id  tasks  array  name    script and arguments");
  CHECK(lines[2] == "  1  2000000001      5  0-4    job.sh  job.sh");
  CHECK(lines[3] == "  2  2000000002      1  -      eval    job.sh");
}

TEST_CASE("jobs without a file are told apart by what they run") {
  const auto lines = lines_of(report::queue_text(
      resolve({make_wrap("python3 -c '1/(0.1-0.01)'"), make_heredoc("#!/bin/bash\n#SBATCH -n1\nset -e\n# x\npython a.py 3\n"),
               make_wrap("echo \033[31mred")}),
      0));
  REQUIRE(lines.size() == 5);
  CHECK(lines[2] == "  1  2000000001  -         $ python3 -c '1/(0.1-0.01)'");
  CHECK(lines[3].ends_with("  << python a.py 3"));
  CHECK(lines[4].ends_with("  $ echo \\x1b[31mred"));
}

TEST_CASE("however many options differ, none is left out, and no line is wider than the terminal") {
  std::vector<Words> words;
  for (const char* i : {"1", "2"}) {
    const std::string n = i;
    words.push_back({"--mem=" + n + "00M", "--time=" + n, "--cpus-per-task=" + n, "--partition=partition-number-" + n,
                     "--nice=" + n, "--output=" + std::string(60, 'o') + "/result-" + n, "--comment=number " + n,
                     "--account=acc" + n, "--qos=q" + n, "job.sh", std::string(100, 'a')});
  }
  for (const std::size_t width : {40, 60, 80, 100}) {
    const auto text = report::queue_text(make_jobs(words), width);
    for (const auto& line : lines_of(text)) CHECK_MESSAGE(util::display_width(line) <= width, line);
    for (const char* option :
         {"--mem", "--time", "--cpus-per-task", "--partition", "--nice", "--output", "--comment", "--account", "--qos"})
      CHECK_MESSAGE(text.find(option) != std::string::npos, option);
    for (const char* value : {"100M", "200M", "number-2", "result-1", "acc1", "acc2", "q1", "q2"})
      CHECK_MESSAGE(text.find(value) != std::string::npos, value);
  }
}

TEST_CASE("-l: all of each job, and where each option was set") {
  auto call = make_call({"--time=10", "x", "a b"}, "#!/bin/sh\n#SBATCH --mem=1G\n");
  call.environment.set("SBATCH_PARTITION", "long");
  call.argv.insert(call.argv.begin() + 1, "--array=3-5");
  const auto text = report::queue_details(resolve({call}), 60);
  CHECK(report::queue_details(resolve({call}), 20).find("     command line:\n     --array=3-5\n     --time=10\n") !=
        std::string::npos);
  CHECK(text ==
        "job 1 job.sh: 2000000001_[3-5], 3 tasks\n"
        "     job.sh 'a b'\n"
        "     in /home/ada\n"
        "     command line: --array=3-5 --time=10\n"
        "     SBATCH_PARTITION: --partition=long\n"
        "     line 2: --mem=1G\n");
}

TEST_CASE("JSON says what a job without a file runs") {
  const auto json = report::queue_json(resolve({make_call({"x"}), make_wrap("hostname -f")}));
  CHECK(json["jobs"][0]["command"].is_null());
  CHECK(json["jobs"][1]["command"] == "hostname -f");
  CHECK(json["jobs"][1]["script"].is_null());
}
