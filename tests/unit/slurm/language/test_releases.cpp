// What sbatch's releases take and refuse: each option and value that came, went or changed between 20.11 and 26.11.
#include <doctest/doctest.h>

#include "slurm/language/directive.hpp"
#include "slurm/language/export.hpp"
#include "slurm/language/file_pattern.hpp"
#include "slurm/language/job.hpp"
#include "slurm/language/keyword.hpp"
#include "slurm/language/validate.hpp"

using namespace sarray;
using namespace sarray::slurm;

namespace {

constexpr Release v20_11{20, 11};
constexpr Release v22_05{22, 5};
constexpr Release v23_02{23, 2};
constexpr Release v23_11{23, 11};
constexpr Release v24_05{24, 5};
constexpr Release v24_11{24, 11};
constexpr Release v25_05{25, 5};
constexpr Release v25_11{25, 11};
constexpr Release v26_05{26, 5};
constexpr Release v26_11{26, 11};

Dialect dialect_of(const Release& release) {
  return Dialect::from_help("slurm " + std::to_string(release.year) + "." + std::to_string(release.month) + ".1", "");
}

/// "255 words", or "" if that release takes the value.
std::string fault(const Release& release, const char* option, const char* value) {
  const auto found = find_fault(*find_option(option), value, release);
  return found ? std::to_string(found->status) + " " + found->body : "";
}

std::string error(int status, const std::string& text) { return std::to_string(status) + " sbatch: error: " + text + "\n"; }
std::string fatal(const std::string& text) { return "1 sbatch: fatal: " + text + "\n"; }

util::Result<Job> resolve(const Release& release, std::vector<std::string> words, std::vector<std::string> environment = {},
                          const std::string& script = "#!/bin/sh\n") {
  Call call;
  call.argv = std::move(words);
  call.argv.insert(call.argv.begin(), "sbatch");
  call.argv.emplace_back("a.sh");
  call.environment = util::Environment::from_entries(environment);
  call.directory = "/home/ada";
  call.script_path = "/home/ada/a.sh";
  call.script = std::make_shared<const std::string>(script);
  const auto dialect = dialect_of(release);
  return Resolver(dialect).resolve(call);
}

/// As fault(), of a whole call; what sarray refuses itself is "what: why".
std::string refusal(const Release& release, std::vector<std::string> words, std::vector<std::string> environment = {}) {
  const auto job = resolve(release, std::move(words), std::move(environment));
  if (job) return "";
  if (job.error().body.empty()) return job.error().what + ": " + job.error().why;
  return std::to_string(job.error().status) + " " + job.error().body;
}

/// A setting's value as the call came to have it; "-" if there is none.
std::string value(const Release& release, const char* option, std::vector<std::string> words,
                  std::vector<std::string> environment = {}) {
  const auto job = resolve(release, std::move(words), std::move(environment));
  REQUIRE(job);
  const auto* setting = job->find(option);
  return setting == nullptr ? "-" : setting->value;
}

std::string no_argument(const std::string& option) {
  return "255 sbatch: option '--" + option + "' doesn't allow an argument\nTry \"sbatch --help\" for more information\n";
}

}  // namespace

TEST_CASE("a release that is not known yet has every option that was not taken away") {
  const auto later = dialect_of({29, 5});
  CHECK(later.find("partition") != nullptr);
  CHECK(later.find("runtime") != nullptr);
  CHECK(later.find("power") == nullptr);
}

TEST_CASE("--runtime takes the place of --container-type") {
  CHECK(dialect_of(v25_11).find("container-type") == nullptr);
  CHECK(dialect_of(v26_05).find("container-type") != nullptr);
  CHECK(dialect_of(v26_05).find("runtime") == nullptr);
  CHECK(dialect_of(v26_11).find("container-type") == nullptr);
  CHECK(refusal(v26_11, {"--runtime=crun"}) == "--runtime: it needs a job of its own in Slurm");
  CHECK(refusal(v26_11, {}, {"SBATCH_RUNTIME=crun"}) == "--runtime: it needs a job of its own in Slurm");
  CHECK(refusal(v26_05, {}, {"SBATCH_RUNTIME=crun"}) == "");
}

TEST_CASE("--requeue=expedite, and its variable") {
  CHECK(refusal(v25_05, {"--requeue=expedite"}) == no_argument("requeue"));
  CHECK(value(v25_11, "requeue", {"--requeue=expedite"}) == "expedite");
  CHECK(value(v25_11, "requeue", {"--requeue=expedite", "--requeue"}) == "expedite");
  CHECK(value(v25_11, "requeue", {"--requeue=x"}) == "x");
  CHECK(refusal(v26_05, {"--requeue=x"}) == error(255, "Invalid --requeue specification"));
  CHECK(value(v26_05, "requeue", {"--requeue="}) == "");
  CHECK(value(v25_05, "requeue", {}, {"SBATCH_REQUEUE=no"}) == "-");
  CHECK(value(v25_05, "requeue", {}, {"SBATCH_REQUEUE=1"}) == "");
  CHECK(value(v26_05, "requeue", {}, {"SBATCH_REQUEUE=Expedite"}) == "Expedite");
  CHECK(refusal(v26_05, {}, {"SBATCH_REQUEUE=1"}) == error(255, "Invalid --requeue specification"));
  const auto job = resolve(v26_05, {}, {}, "#!/bin/sh\n#SBATCH --requeue=expedite\n");
  REQUIRE(job);
  CHECK(job->find("requeue")->value == "expedite");
}

TEST_CASE("--get-user-env takes no argument from 25.05 on") {
  CHECK(value(v24_11, "get-user-env", {"--get-user-env=10L"}) == "10L");
  CHECK(refusal(v25_05, {"--get-user-env=10L"}) == no_argument("get-user-env"));
  CHECK(value(v25_05, "get-user-env", {}, {"SBATCH_GET_USER_ENV=yes"}) == "");
  CHECK(value(v25_05, "get-user-env", {}, {"SBATCH_GET_USER_ENV=10L"}) == "-");
}

TEST_CASE("--nodes as a list of sizes") {
  for (const char* good : {"1,3,5", "1-5:2", "2,4-6", "1,1", "8,2", ",2", "2,"}) {
    CAPTURE(good);
    CHECK(fault(v22_05, "nodes", good) != "");
    CHECK(fault(v23_02, "nodes", good) == "");
  }
  CHECK(fault(v22_05, "nodes", "1,3,5") == error(255, "\"1,3,5\" is not a valid node count"));
  CHECK(fault(v23_02, "nodes", "1,x") == error(255, "\"x\" is not a valid node count"));
  CHECK(fault(v23_02, "nodes", "5-1:2") == error(255, "\"5-1:2\" is not a valid node count"));
  CHECK(fault(v23_02, "nodes", "1,16384") == error(255, "\"16384\" is not a valid node count"));
  CHECK(read_size_list("2,4-6")->max == 6);
  CHECK(read_size_list("1-6:2")->max == 5);
  CHECK(fault(v23_02, "nodes", "99999999999") == error(255, "\"99999999999\" is not a valid node count"));
}

TEST_CASE("--exclusive=topo and =allocation") {
  CHECK(fault(v23_11, "exclusive", "topo") == error(255, "Invalid --exclusive specification"));
  CHECK(fault(v24_05, "exclusive", "topo") == "");
  CHECK(fault(v25_11, "exclusive", "allocation") == error(255, "Invalid --exclusive specification"));
  CHECK(fault(v26_05, "exclusive", "Allocation") == "");
  CHECK(refusal(v22_05, {"--exclusive", "--oversubscribe"}) == "");
  CHECK(refusal(v23_02, {"--exclusive", "--oversubscribe"}) ==
        fatal("--exclusive and --oversubscribe options are mutually exclusive"));
  CHECK(refusal(v23_02, {"--oversubscribe"}, {"SBATCH_EXCLUSIVE=user"}) == "");
}

TEST_CASE("--gres-flags is a list from 23.11 on") {
  CHECK(fault(v23_02, "gres-flags", "multiple-tasks-per-sharing") == error(255, "Invalid --gres-flags specification"));
  CHECK(fault(v23_11, "gres-flags", "multiple-tasks-per-sharing") == "");
  CHECK(fault(v23_11, "gres-flags", "enforce-binding,one-task-per-sharing") == "");
  CHECK(fault(v23_11, "gres-flags", "") == "");
  CHECK(fault(v23_11, "gres-flags", "x") == error(255, "Invalid --gres-flags specification: x"));
  CHECK(fault(v23_11, "gres-flags", "allow-task-sharing") ==
        error(255, "--gres-flags=allow-task-sharing is only used with srun."));
  CHECK(fault(v23_11, "gres-flags", "disable-binding,enforce-binding") ==
        error(255, "Invalid --gres-flags combo: disable-binding and enforce-binding are mutually exclusive."));
  CHECK(value(v23_11, "gres-flags", {"--gres-flags=multiple-tasks-per-sharing", "--gres-flags=enforce-binding"}) ==
        "multiple-tasks-per-sharing,enforce-binding");
}

TEST_CASE("--mem-update, --oom-kill-step, --segment, --resv-ports") {
  for (const char* good : {"10@5", "1@1:00", "65535@1-0", "5@0:30"}) CHECK(fault(v26_05, "mem-update", good) == "");
  CHECK(fault(v26_05, "mem-update", "bogus") == error(255, "--mem-update requires MARGIN@DELAY format"));
  for (const char* bad : {"@5", "10@", "0@5", "10@0", "10x@5", "65536@5", "10@UNLIMITED", "10@65536", "10@x"}) {
    CAPTURE(bad);
    CHECK(fault(v26_05, "mem-update", bad) == error(255, "Invalid --mem-update specification"));
  }
  CHECK(fault(v24_11, "oom-kill-step", "1") == "");
  CHECK(fault(v24_11, "oom-kill-step", "9") == error(255, "Invalid --oom-kill-step specification"));
  CHECK(fault(v24_05, "segment", "0") == "");
  CHECK(fault(v24_05, "segment", "65535") == error(255, "Invalid --segment specification"));
  CHECK(fault(v24_05, "resv-ports", "x") == error(1, "Invalid numeric value \"x\" for --resv-port."));
  CHECK(refusal(v25_11, {"--segment=2", "-N3"}) == "");
  CHECK(refusal(v26_05, {"--segment=2", "-N3"}) ==
        fatal("--segment=2 does not fit the job size (3): node count must be evenly divisible by segment size"));
}

TEST_CASE("--mem-bind=sort went with 25.11") {
  CHECK(fault(v25_05, "mem-bind", "sort") == "");
  CHECK(fault(v25_11, "mem-bind", "sort") == error(255, "unrecognized --mem-bind argument \"sort\""));
  CHECK(fault(v25_11, "mem-bind", "nosort") != "");
}

TEST_CASE("nobody's id is refused from 25.05 on") {
  CHECK(fault(v24_11, "uid", "99") == "");
  CHECK(fault(v25_05, "uid", "99") == error(255, "Rejecting --uid as nobody specification"));
  CHECK(fault(v25_05, "gid", "99") == error(255, "Rejecting --gid as nobody specification"));
  CHECK(fault(v25_05, "gid", "100") == "");
}

TEST_CASE("--gres=gpu and --gpus-per-node exclude each other from 26.05 on") {
  const auto words = fatal("--gpus-per-node and --gres=gpu are mutually exclusive.");
  CHECK(refusal(v25_11, {"--gres=gpu:1", "--gpus-per-node=1"}) == "");
  CHECK(refusal(v26_05, {"--gres=gpu:1", "--gpus-per-node=1"}) == words);
  CHECK(refusal(v26_05, {"--gres=shard:1,gres/gpu:2"}, {"SBATCH_GPUS_PER_NODE=1"}) == words);
  CHECK(refusal(v26_05, {"--gres=shard:1", "--gpus-per-node=1"}) == "");
}

TEST_CASE("a later --mail-type takes the place of an earlier one from 25.05 on") {
  CHECK(value(v24_11, "mail-type", {"--mail-type=END", "--mail-type=FAIL"}) == "END,FAIL");
  CHECK(value(v25_05, "mail-type", {"--mail-type=END", "--mail-type=FAIL"}) == "FAIL");
}

TEST_CASE("numbers beyond an int") {
  CHECK(fault(v22_05, "ntasks", "2147483647") == "");
  CHECK(fault(v23_02, "ntasks", "2147483647") == error(1, "Numeric argument (2147483647) to big for --ntasks."));
  CHECK(fault(v23_11, "ntasks", "2147483647") == error(1, "Numeric argument (2147483647) too large for --ntasks."));
}

TEST_CASE("words that came: moments, signals, bindings, frequencies") {
  CHECK(fault(v23_11, "begin", "elevenses") != "");
  CHECK(fault(v24_05, "begin", "tomorrow elevenses") == "");
  CHECK(fault(v23_02, "signal", "CHLD") == error(255, "Invalid --signal specification"));
  CHECK(fault(v23_11, "signal", "SIGPIPE@5") == "");
  CHECK(is_signal_name("usr1 ", v22_05));
  CHECK_FALSE(is_signal_name("us", v22_05));
  CHECK(fault(v20_11, "gpu-bind", "c") == error(1, "Invalid --gpu-bind argument: gpu:c"));
  CHECK(fault(v20_11, "gpu-bind", "none") == error(1, "Invalid --gpu-bind argument: gpu:none"));
  CHECK(fault(v20_11, "gpu-bind", "verbose,map_gpu:0x1,2*3") == "");
  CHECK(fault(v20_11, "gpu-bind", "mask_gpu:1x") == error(1, "Invalid --gpu-bind argument: gpu:mask_gpu:1x"));
  CHECK(fault(v20_11, "gpu-freq", "4x") == error(1, "Invalid --gpu-freq argument: gpu:4x"));
  CHECK(fault(v20_11, "distribution", "plane=x") == error(255, "Invalid --distribution specification"));
  CHECK(fault(v20_11, "distribution", "B") == "");
  CHECK(fault(v20_11, "distribution", "x:y,nop") == "");
  CHECK(fault(v20_11, "distribution", "block:*:fcyclic") == "");
  CHECK(fault(v20_11, "distribution", "x:y") == error(255, "Invalid --distribution specification"));
  CHECK(fault(v20_11, "mem-bind", "map_mem:x") == "");
  CHECK(fault(v20_11, "mem-bind", "map_mem:1*x") == error(255, "Invalid map_mem multiplier: x"));
  CHECK(fault(v22_05, "gpu-bind", "c") == "");
  CHECK(fault(v23_02, "gpu-bind", "c") == error(255, "Invalid --gpu-bind argument: gpu:c"));
  CHECK(fault(v23_11, "gpu-bind", "c") == error(255, "Invalid --gpu-bind argument: c"));
  CHECK(fault(v23_02, "gpu-bind", "map:0,1") != "");
  CHECK(fault(v23_11, "gpu-bind", "map:0,1") == "");
  CHECK(fault(v23_11, "gpu-bind", "closest+gres/shard:none") == "");
  CHECK(fault(v23_02, "cpu-freq", "2400x") == "");
  CHECK(fault(v23_11, "cpu-freq", "2400x") ==
        error(255, "unrecognized --cpu-freq argument \"2400x\"\nsbatch: error: Invalid --cpu-freq argument"));
  CHECK(fault(v23_02, "cpu-freq", "1000:userspace") != "");
  CHECK(fault(v23_11, "cpu-freq", "1000:userspace") == "");
}

TEST_CASE("tasks, cores, threads, nodes and CPUs of a GPU against each other") {
  CHECK(refusal(v22_05, {"--ntasks-per-core=4", "--threads-per-core=2"}) == "");
  CHECK(refusal(v23_02, {"--ntasks-per-core=4", "--threads-per-core=2"}) ==
        error(1, "--ntasks-per-core (4) can not be bigger than --threads-per-core (2)"));
  CHECK(refusal(v23_02, {"-c2", "--cpus-per-gpu=2"}) == "");
  CHECK(refusal(v23_11, {"-c2", "--cpus-per-gpu=2"}) ==
        fatal("--cpus-per-task, --tres-per-task=cpu:#, and --cpus-per-gpu are mutually exclusive"));
  CHECK(value(v23_11, "cpus-per-gpu", {"-c2"}, {"SBATCH_CPUS_PER_GPU=2"}) == "-");
  CHECK(refusal(v23_02, {"-N2", "-m", "arbitrary"}) == "");
  CHECK(refusal(v23_11, {"-N2", "-m", "arbitrary"}) == error(1, "--nodes is incompatible with --distribution=arbitrary"));
  CHECK(refusal(v23_11, {"--tres-per-task=mem:1"}) == fatal("Invalid TRES for --tres-per-task: mem"));
  CHECK(refusal(v24_05, {"--tres-per-task=cpu=2", "-c2"}) ==
        fatal("You can not have --tres-per-task=cpu= and --cpus-per-task please use one or the other"));
  CHECK(refusal(v24_05, {"--tres-per-task=gres/gpu:1", "--ntasks-per-gpu=2"}) ==
        fatal("--tres-per-task is mutually exclusive with --ntasks-per-gpu and SLURM_NTASKS_PER_GPU"));
  CHECK(refusal(v25_05, {"--ntasks-per-gpu=2"}, {"SBATCH_TRES_PER_TASK=cpu=2"}) == "");
}

TEST_CASE("-v stands above SBATCH_DEBUG from 23.02 on") {
  const auto words = error(1, "don't specify both --verbose (-v) and --quiet (-Q)");
  CHECK(refusal(v22_05, {"-v", "-Q"}, {"SBATCH_DEBUG=0"}) == "");
  CHECK(refusal(v23_02, {"-v", "-Q"}, {"SBATCH_DEBUG=0"}) == words);
}

TEST_CASE("%S is a job's SLUID") {
  PatternValues values;
  values.release = v25_05;
  CHECK(expand_pattern("x-%S", values) == "x-%S");
  values.release = v25_11;
  CHECK_FALSE(expand_pattern("x-%S", values));
  CHECK(expand_partly("x-%S", values) == "x-%S");
  values.sluid = "sCHXM8B0D0GG00";
  CHECK(expand_pattern("x-%4S", values) == "x-sCHXM8B0D0GG00");
  CHECK(refusal(v25_11, {"-o", "x-%S"}) == "--output=x-%S: Slurm 25.11 does not tell a task its SLUID (%S)");
  CHECK(refusal(v26_05, {"-o", "x-%S"}) == "");
  CHECK(refusal(v25_05, {"-o", "x-%S"}) == "");
}

TEST_CASE("a dependency that has no sense is refused as Slurm refuses it") {
  const auto words = error(1, "Batch job submission failed: Job dependency problem");
  for (const char* bad : {"afterok:", "afterok:abc", "afterok", "foo:1", "afterok:1,", ",afterok:1", "afterok:1,,afterok:2", "x",
                          "afterok:0", "after:1+0", "after:1+x", "afterok:1_x", "afterok:1(failed", "afterok:1:", "1:2", ":1"}) {
    CAPTURE(bad);
    CHECK(refusal(v22_05, {"-d", bad}) == words);
    CHECK(refusal(v26_05, {"-d", bad}) == words);
  }
  for (const char* good : {"afterok:1", "AFTERANY:1:2", "after:3+5", "1", "1,2", "afterok:1,afterany:2", "afterok:1?afternotok:2",
                           "afterok:1_2", "afterok:1_*", "aftercorr:5", "afterok:1(failed)", "afterok:1_[1,3-5]:2", "0"}) {
    CAPTURE(good);
    CHECK(refusal(v22_05, {"-d", good}) == "");
    CHECK(refusal(v26_05, {"-d", good}) == "");
  }
  // From 25.11 on.
  for (const char* strict : {"afterok:1,afterany:2?afterok:3", "after:1+5x", "afterok:1(unfulfilled)x"}) {
    CAPTURE(strict);
    CHECK(refusal(v22_05, {"-d", strict}) == "");
    CHECK(refusal(v26_05, {"-d", strict}) == words);
  }
  CHECK(refusal(v22_05, {"-d", "afterok:"}, {"SLURM_EXIT_ERROR=7"}) ==
        error(7, "Batch job submission failed: Job dependency problem"));
}

TEST_CASE("--export-file alone sends nothing of the file from 26.05 on") {
  Call call;
  call.export_file = std::string("FROM_FILE=1\0", 12);
  Job job;
  CHECK(sent_environment(call, job, v25_11).variables.get("FROM_FILE") == "1");
  CHECK_FALSE(sent_environment(call, job, v26_05).variables.get("FROM_FILE"));
  job.settings.push_back({find_option("export"), "ALL", true, {}});
  CHECK(sent_environment(call, job, v26_05).variables.get("FROM_FILE") == "1");
}

TEST_CASE("20.11 wants sockets for the GPUs of a socket, and shows a line's leading blanks") {
  const auto words = error(1, "--gpus-per-socket option requires --sockets-per-node specification");
  CHECK(refusal(v20_11, {"--gpus-per-socket=2"}) == words);
  CHECK(refusal(v20_11, {"--gpus-per-socket=2", "--sockets-per-node=1"}) == "");
  CHECK(refusal(v22_05, {"--gpus-per-socket=2"}) == "");
  CHECK(refusal(v20_11, {"--ntasks-per-gpu=2", "--ntasks-per-tres=2"}) ==
        fatal("--ntasks-per-gpu and --ntasks-per-tres are mutually exclusive"));
  CHECK(refusal(v22_05, {"--ntasks-per-gpu=2", "--ntasks-per-tres=2"}) == "");
  const std::string script = "#!/bin/sh\n#SBATCH  -J'x\n";
  CHECK(resolve(v20_11, {}, {}, script).error().body == "sbatch: fatal: a.sh: line 2: Unmatched `'` in [  -J'x]\n");
  CHECK(resolve(v22_05, {}, {}, script).error().body == "sbatch: fatal: a.sh: line 2: Unmatched `'` in [-J'x]\n");
}

TEST_CASE("up to 20.11 the letters hetjob and packjob separate components wherever they stand in a line") {
  const std::string script = "#!/bin/sh\n#SBATCH --comment=PackJobs\n";
  CHECK(read_directives(script, "a.sh", v20_11)->het_job);
  CHECK_FALSE(read_directives(script, "a.sh", v22_05)->het_job);
  CHECK(read_directives("#!/bin/sh\n#SBATCH  hetjob\n", "a.sh", v22_05)->het_job);
}
