#include <doctest/doctest.h>

#include "slurm/language/export.hpp"
#include "slurm/language/intake.hpp"
#include "slurm/language/job.hpp"

using namespace sarray;
using namespace sarray::slurm;

namespace {

struct Given {
  std::vector<std::string> argv = {"sbatch", "job.sh"};
  std::vector<std::string> environment = {};
  std::string script = "#!/bin/sh\n";
  ScriptSource source = ScriptSource::file;
};

util::Result<Job> resolve(const Given& given) {
  Call call;
  call.argv = given.argv;
  call.environment = util::Environment::from_entries(given.environment);
  call.directory = "/home/ada";
  call.source = given.source;
  call.script_path = "/home/ada/job.sh";
  call.script = std::make_shared<const std::string>(given.script);
  static const Dialect dialect = Dialect::from_help("slurm 22.05.8", "");
  return Resolver(dialect).resolve(call);
}

std::string value(const Given& given, const char* option) {
  const auto job = resolve(given);
  if (!job) return "error: " + job.error().body + job.error().what;
  const auto* setting = job->find(option);
  return setting == nullptr ? "(unset)" : setting->value;
}

}  // namespace

TEST_CASE("later wins: script, environment, command line") {
  const std::string script = "#!/bin/sh\n#SBATCH -t 5\n";
  CHECK(value({{"sbatch", "j"}, {}, script}, "time") == "5");
  CHECK(value({{"sbatch", "j"}, {"SBATCH_TIMELIMIT=9"}, script}, "time") == "9");
  CHECK(value({{"sbatch", "-t3", "j"}, {"SBATCH_TIMELIMIT=9"}, script}, "time") == "3");
}

TEST_CASE("a setting knows where it came from") {
  const auto job = resolve({{"sbatch", "-t3", "j"}, {"SBATCH_PARTITION=p"}, "#!/bin/sh\n# words\n#SBATCH --comment=a\n"});
  REQUIRE(job);
  CHECK(job->find("time")->source.text() == "command line");
  CHECK(job->find("partition")->source.text() == "SBATCH_PARTITION");
  CHECK(job->find("comment")->source.text() == "line 3");
}

TEST_CASE("directive lines as sbatch splits them, as observed on 22.05") {
  const auto comment = [](const std::string& head) { return value({{"sbatch", "j"}, {}, "#!/bin/sh\n" + head}, "comment"); };
  CHECK(comment("#SBATCH --comment=A\n") == "A");
  CHECK(comment("#SBATCH--comment=A\n") == "A");
  CHECK(comment("##SBATCH --comment=A\n") == "(unset)");
  CHECK(comment(" #SBATCH --comment=A\n") == "(unset)");
  CHECK(comment("# SBATCH --comment=A\n") == "(unset)");
  CHECK(comment("#sbatch --comment=A\n") == "(unset)");
  CHECK(comment("\n  \t\n#SBATCH --comment=A\n") == "A");
  CHECK(comment("echo\n#SBATCH --comment=A\n") == "(unset)");
  CHECK(comment(":\n#SBATCH --comment=A\n") == "(unset)");
  CHECK(comment("#SBATCH --comment\n#SBATCH B\n") == "B");
  CHECK(comment("#SBATCH --comment=A#B -n 3\n") == "A");
  CHECK(comment("#SBATCH --comm\"ent=A B\"C\n") == "A BC");
  CHECK(comment("#SBATCH --comment='A\\nB\\\\C'\n") == "AnB\\C");
  CHECK(comment("#SBATCH --comment=\\#\n") == "#");
  CHECK(comment("#SBATCH --comment=A # words\n") == "A");
  CHECK(comment("#SBATCH --comment=A") == "A");
  CHECK(comment("#SBATCH\n#SBATCH --comment=A\n") == "A");
  CHECK(comment("#SBATCH -N 1 \"\" --comment=A\n") == "(unset)");
  CHECK(comment("#SBATCH --comment=\xc3\xa9$HOME\n") == "\xc3\xa9$HOME");
}

TEST_CASE("directive lines that sbatch refuses") {
  const auto error = [](const std::string& head) {
    const auto job = resolve({{"sbatch", "j"}, {}, "#!/bin/sh\n" + head});
    return job ? std::string("taken") : job.error().body + std::to_string(job.error().status);
  };
  CHECK(error("#SBATCHX foo\n") == "sbatch: error: Invalid directive found in batch script: X\n255");
  CHECK(error("#SBATCH foo\n") == "sbatch: error: Invalid directive found in batch script: foo\n255");
  CHECK(error("#SBATCH --nope\n") == "sbatch: unrecognized option '--nope'\nTry \"sbatch --help\" for more information\n255");
  CHECK(error("#SBATCH --comment=A\\ B\n") == "sbatch: error: Invalid directive found in batch script: B\n255");
  CHECK(error("#SBATCH --time=soon\n") == "sbatch: error: Invalid --time specification\n255");
}

TEST_CASE("the command line is getopt_long's") {
  CHECK(value({{"sbatch", "--time-m=5", "j"}}, "time-min") == "5");
  CHECK(value({{"sbatch", "--exclusive=user", "j"}}, "exclusive") == "user");
  CHECK(value({{"sbatch", "-Hn2", "j"}}, "ntasks") == "2");
  CHECK(value({{"sbatch", "--tasks-per-node=2", "j"}}, "ntasks-per-node") == "2");
  const auto ambiguous = resolve({{"sbatch", "--ti=5", "j"}});
  REQUIRE_FALSE(ambiguous);
  CHECK(
      ambiguous.error().body ==
      "sbatch: option '--ti=5' is ambiguous; possibilities: '--time' '--time-min'\nTry \"sbatch --help\" for more information\n");
  const auto job = resolve({{"sbatch", "-n", "2", "j", "-J", "zz", "--foo"}});
  REQUIRE(job);
  CHECK(job->arguments == std::vector<std::string>{"-J", "zz", "--foo"});
}

TEST_CASE("variables of flags, and empty ones") {
  const std::string script = "#!/bin/sh\n#SBATCH --overcommit --array=1-3\n";
  CHECK(value({{"sbatch", "j"}, {"SBATCH_OVERCOMMIT=no"}, script}, "overcommit") == "(unset)");
  CHECK(value({{"sbatch", "j"}, {"SBATCH_OVERCOMMIT="}, script}, "overcommit") == "");
  CHECK(value({{"sbatch", "j"}, {"SBATCH_OVERCOMMIT=2"}, "#!/bin/sh\n"}, "overcommit") == "");
  CHECK(value({{"sbatch", "j"}, {"SBATCH_ARRAY_INX="}, script}, "array") == "(unset)");
  CHECK(value({{"sbatch", "--array=", "j"}, {}, script}, "array") == "(unset)");
}

TEST_CASE("options that gather, and options that replace one another") {
  const std::string script = "#!/bin/sh\n#SBATCH --mail-type=END --mem=1G --requeue\n";
  CHECK(value({{"sbatch", "--mail-type=FAIL", "j"}, {}, script}, "mail-type") == "END,FAIL");
  CHECK(value({{"sbatch", "--mail-type=NONE", "j"}, {}, script}, "mail-type") == "END");
  CHECK(value({{"sbatch", "--no-requeue", "j"}, {}, script}, "requeue") == "(unset)");
}

TEST_CASE("the job's name") {
  CHECK(resolve({})->name == "job.sh");
  CHECK(resolve({{"sbatch", "-J", "", "j"}})->name.empty());
  CHECK(resolve({{"sbatch"}, {}, "#!/bin/sh\n", ScriptSource::standard_input})->name == "sbatch");
  CHECK(resolve({{"sbatch", "--wrap", "true"}, {}, "#!/bin/sh\n", ScriptSource::wrap})->name == "wrap");
}

TEST_CASE("refused by name") {
  const auto refused = [](std::vector<std::string> words) {
    words.insert(words.begin(), "sbatch");
    words.emplace_back("j");
    const auto job = resolve({words});
    return job ? std::string("taken") : job.error().what;
  };
  CHECK(refused({"--wait"}) == "--wait");
  CHECK(refused({"-d", "expand:1"}) == "--dependency=expand");
  CHECK(refused({"-d", "afterburstbuffer:1"}) == "--dependency=afterburstbuffer");
  CHECK(refused({"-d", "afterok:1?singleton"}) == "--dependency=singleton");
  CHECK(refused({"-d", "singleton"}) == "taken");
  CHECK(refused({"-d", "afterok:2000000001"}) == "taken");
  CHECK(refused({"-d", "afterok:12_3:4"}) == "taken");
  CHECK(refused({"-n1", ":", "-n2"}) == "heterogeneous job");
  CHECK(refused({"--container=x"}) == "--container");
}

TEST_CASE("the real sbatch is no hint for a call that waits for a recorded one: it would run before its parent") {
  const auto hint = [](std::vector<std::string> words, const std::string& script = "#!/bin/sh\n") {
    words.insert(words.begin(), "sbatch");
    words.emplace_back("j");
    const auto job = resolve({words, {}, script});
    return job ? std::string("taken") : job.error().hint;
  };
  CHECK(hint({"--wait"}) == real_sbatch_hint);
  CHECK(hint({"--wait", "-d", "afterok:17"}) == real_sbatch_hint);
  CHECK(hint({"--wait", "-d", "afterok:17:2000000001"}) == recorded_parent_hint);
  CHECK(hint({"-n1", "-d2000000001", ":", "-n2"}) == recorded_parent_hint);
  CHECK(hint({"-d", "expand:2000000001"}) == recorded_parent_hint);
  CHECK(hint({"--bb=x"}, "#!/bin/sh\n#SBATCH -d afterany:2000000001_3\n") == recorded_parent_hint);
}

TEST_CASE("the text of --dependency is kept, also if it says that there is none") {
  CHECK(resolve({{"sbatch", "-d", "afterok:17:18", "j"}})->dependency_text == "afterok:17:18");
  CHECK(resolve({{"sbatch", "-d", "0", "j"}})->dependency_text == "0");
  CHECK_FALSE(resolve({{"sbatch", "-d", "0", "j"}})->dependency);
  CHECK(resolve({{"sbatch", "-d", "", "j"}, {}, "#!/bin/sh\n#SBATCH -d afterok:17\n"})->dependency_text == "");
  CHECK_FALSE(resolve({})->dependency_text);
  const auto job = resolve({{"sbatch", "-d", "0", "j"}});
  Call call;
  call.environment = util::Environment::from_entries({"SLURM_JOB_DEPENDENCY=afterok:1"});
  CHECK(sent_environment(call, *job, Release{22, 5}).variables.get("SLURM_JOB_DEPENDENCY") == "0");
  CHECK(sent_environment(call, *resolve({}), Release{22, 5}).variables.get("SLURM_JOB_DEPENDENCY") == "afterok:1");
}

TEST_CASE("#PBS lines count unless they are ignored") {
  const std::string script = "#!/bin/sh\n#SBATCH -J a\necho\n#PBS -N b\n#PBS -t 1-3\n";
  CHECK(resolve({{"sbatch", "j"}, {}, script})->name == "b");
  CHECK(resolve({{"sbatch", "j"}, {}, script})->ids->count() == 3);
  CHECK(resolve({{"sbatch", "--ignore-pbs", "j"}, {}, script})->name == "a");
}

TEST_CASE("the intake of scripts, in sbatch's words") {
  const auto none = util::Environment();
  const auto words = [&](std::string_view bytes) {
    const auto result = check_script(bytes, none);
    return result ? std::string("taken") : result.error().body;
  };
  CHECK(words("") == "sbatch: error: Batch script is empty!\n");
  CHECK(words(" \n\t") == "sbatch: error: Batch script contains only whitespace!\n");
  CHECK(words("echo").starts_with("sbatch: error: This does not look like a batch script.  The first\nsbatch: error: line must"));
  CHECK(words(std::string_view("#!/bin/sh\n\0", 11)).starts_with("sbatch: error: The Slurm controller does not allow"));
  CHECK(words("#!/bin/sh\r\n").starts_with("sbatch: error: Batch script contains DOS line breaks (\\r\\n)\n"));
  CHECK(words("#!/bin/sh\ra") == "taken");
  CHECK(wrap_script("a b") == "#!/bin/sh\n# This script was created by sbatch --wrap.\n\na b\n");
}

TEST_CASE("where a script is looked for") {
  const auto find = [](std::string_view operand) {
    return find_script(operand, "/cwd", std::nullopt, "/bin:/opt",
                       [](const std::string& path) { return path == "/opt/x" || path == "/cwd/y"; });
  };
  CHECK(find("x") == "/opt/x");
  CHECK(find("y") == "/cwd/y");
  CHECK(find("./x") == "./x");
  CHECK(find("/a") == "/a");
  CHECK(find("none") == "none");
}

TEST_CASE("a colon behind the script's name is dropped, as sbatch drops it") {
  const auto job = resolve({.argv = {"sbatch", "-n1", "job.sh", "a", ":", "b:", ":"}});
  REQUIRE(job);
  CHECK(job->arguments == std::vector<std::string>{"a", "b:"});
}

TEST_CASE("scripts that begin alike: what stands behind their first command still counts where it is another system's line") {
  const Dialect dialect = Dialect::from_help("slurm 22.05.8", "");
  Resolver resolver(dialect);
  const auto name_of = [&](const std::string& script) {
    Call call;
    call.argv = {"sbatch", "job.sh"};
    call.script_path = "/home/ada/job.sh";
    call.script = std::make_shared<const std::string>(script);
    const auto job = resolver.resolve(call);
    REQUIRE(job);
    return job->name;
  };
  const std::string head = "#!/bin/sh\n#SBATCH -J first\n\ntrue\n";
  CHECK(name_of(head) == "first");
  CHECK(name_of(head + "#PBS -N other\n") == "other");
  CHECK(name_of(head + "#PBS -N third\n") == "third");
  CHECK(name_of(head + "true\n#SBATCH -J no\n") == "first");
  CHECK(name_of("#!/bin/sh\n#SBATCH -J second\n\ntrue\n") == "second");
}

TEST_CASE("calls of one script: what differs in words, variables or the script's fault is told apart, in any order") {
  const Dialect dialect = Dialect::from_help("slurm 22.05.8", "");
  Resolver resolver(dialect);
  const auto script = std::make_shared<const std::string>("#!/bin/sh\n#SBATCH -t 5\n");
  const auto faulty = std::make_shared<const std::string>("#!/bin/sh\n#SBATCH -t never\n");
  auto environment = util::Environment::from_entries({"A=1"});
  const auto time_of = [&](std::vector<std::string> argv, const std::shared_ptr<const std::string>& text) {
    Call call;
    call.argv = std::move(argv);
    call.environment = environment;
    call.script_path = "/home/ada/job.sh";
    call.script = text;
    const auto job = resolver.resolve(call);
    return job ? job->find("time")->value + " " + std::to_string(job->arguments.size()) : "error";
  };
  CHECK(time_of({"sbatch", "job.sh"}, script) == "5 0");
  CHECK(time_of({"sbatch", "job.sh", "-t7"}, script) == "5 1");
  CHECK(time_of({"sbatch", "-t7", "job.sh"}, script) == "7 0");
  CHECK(time_of({"sbatch", "job.sh"}, faulty) == "error");
  CHECK(time_of({"sbatch", "-t", "7", "job.sh"}, script) == "7 0");
  environment.set("SBATCH_TIMELIMIT", "9");
  CHECK(time_of({"sbatch", "job.sh"}, script) == "9 0");
  environment.unset("SBATCH_TIMELIMIT");
  CHECK(time_of({"sbatch", "job.sh"}, script) == "5 0");
  environment = util::Environment::from_entries({"SBATCH_TIMELIMIT=8"});
  CHECK(time_of({"sbatch", "job.sh"}, script) == "8 0");
  CHECK(time_of({"sbatch", "job.sh"}, faulty) == "error");
}
