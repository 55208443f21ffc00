// Named cases of tests/oracle: how sbatch 22.05 reads whole calls.
#include <doctest/doctest.h>

#include "slurm/language/command_line.hpp"
#include "slurm/language/intake.hpp"
#include "slurm/language/job.hpp"

using namespace sarray;
using namespace sarray::slurm;

namespace {

using Words = std::vector<std::string>;

const Dialect& dialect() {
  static const Dialect result = Dialect::from_help("slurm 22.05.8", "");
  return result;
}

util::Result<Job> resolve(const Words& options, const std::string& head, const Words& environment = {}) {
  Call call;
  call.argv = {"sbatch"};
  call.argv.insert(call.argv.end(), options.begin(), options.end());
  call.argv.emplace_back("job.sh");
  call.environment = util::Environment::from_entries(environment);
  call.directory = "/home/ada";
  call.script_path = "/home/ada/job.sh";
  call.script = std::make_shared<const std::string>("#!/bin/sh\n" + head);
  return Resolver(dialect()).resolve(call);
}

/// The option's value, "(unset)", or "status: sbatch's words".
std::string value(const char* option, const Words& options, const std::string& head = "", const Words& environment = {}) {
  const auto job = resolve(options, head, environment);
  if (!job) return std::to_string(job.error().status) + ": " + job.error().body + job.error().what;
  const auto* setting = job->find(option);
  return setting == nullptr ? "(unset)" : setting->value;
}

std::string first_pass(const Words& words, const Words& environment = {}) {
  Words argv = {"sbatch"};
  argv.insert(argv.end(), words.begin(), words.end());
  const auto intake = read_command_line(argv, util::Environment::from_entries(environment), dialect());
  if (!intake) return std::to_string(intake.error().status) + ": " + intake.error().body;
  return intake->for_real_sbatch ? "real" : "ok";
}

}  // namespace

TEST_CASE("sbatch takes its options one after another") {
  CHECK(first_pass({"--time=x", "--bogus"}) == "255: sbatch: error: Invalid --time specification\n");
  CHECK(first_pass({"--help", "--time=x"}) == "real");
  CHECK(first_pass({"--gres=help", "--bogus"}) == "real");
  CHECK(first_pass({"-Hk3"}) == "255: sbatch: error: Invalid --no-kill specification\n");
}

TEST_CASE("variables are read after the script, in sbatch's own order") {
  CHECK(first_pass({"job.sh"}, {"SBATCH_TIMELIMIT=x"}) == "ok");
  const std::string bad_script = "#SBATCH --mem=x\n";
  CHECK(value("mem", {}, bad_script, {"SBATCH_TIMELIMIT=x"}) == "255: sbatch: error: Invalid --mem specification\n");
  CHECK(value("mem", {}, "", {"SBATCH_MEM_BIND=x", "SBATCH_GRES_FLAGS=x"}) ==
        "255: sbatch: error: Invalid --gres-flags specification\n");
  CHECK(value("requeue", {}, "", {"SBATCH_REQUEUE=0", "SBATCH_NO_REQUEUE=yes"}) == "(unset)");
  CHECK(value("no-requeue", {}, "", {"SBATCH_REQUEUE=0", "SBATCH_NO_REQUEUE=yes"}) == "(unset)");
  CHECK(value("verbose", {}, "", {"SBATCH_DEBUG=yes"}) == "1: sbatch: error: Invalid numeric value \"yes\" for --verbose.\n");
}

TEST_CASE("an abbreviation of --cluster and --clusters is ambiguous, one of --tasks-per-node is not") {
  CHECK(first_pass({"--clus=x"})
            .starts_with(
                "255: sbatch: option '--clus=x' is ambiguous; possibilities: '--cluster-constraint' '--cluster' '--clusters'\n"));
  CHECK(first_pass({"--tasks-per=2"}) == "ok");
  CHECK(first_pass({"--con"}).find("'--container' '--context' '--contiguous' '--constraint'") != std::string::npos);
}

TEST_CASE("what gathers over the sources") {
  CHECK(value("signal", {"--signal=TERM@30"}, "#SBATCH --signal=B:USR1@60\n") == "B:TERM@30");
  CHECK(value("mem-bind", {"--mem-bind=nosort"}, "", {"SBATCH_MEM_BIND=rank"}) == "rank,nosort");
  CHECK(value("get-user-env", {"--get-user-env=5"}, "#SBATCH --get-user-env=10L\n") == "5L");
  CHECK(value("kill-on-invalid-dep", {"--kill-on-invalid-dep=no"}, "#SBATCH --kill-on-invalid-dep=yes\n") == "yes");
  CHECK(value("mail-type", {"--mail-type=END,NONE"}, "#SBATCH --mail-type=FAIL,x\n") == "FAIL");
}

TEST_CASE("the halves of --switches") {
  CHECK(value("switches", {}, "", {"SBATCH_REQ_SWITCH=2", "SBATCH_WAIT4SWITCH=5"}) == "2@5");
  CHECK(value("switches", {}, "", {"SBATCH_WAIT4SWITCH=5"}) == "(unset)");
  CHECK(value("switches", {"--switches=3"}, "", {"SBATCH_WAIT4SWITCH=5"}) == "3@5");
  CHECK(value("switches", {}, "#SBATCH --switches=1@9\n", {"SBATCH_REQ_SWITCH=2"}) == "2@9");
}

TEST_CASE("-B and its parts are one thing") {
  CHECK(value("sockets-per-node", {"--sockets-per-node=3", "-B", "2:1"}) == "(unset)");
  CHECK(value("extra-node-info", {"-B", "2:1", "--cores-per-socket=4"}) == "2:4:");
}

TEST_CASE("memory: the script and the command line together stand above the environment, and name one kind") {
  CHECK(value("mem", {"--mem-per-cpu=5"}, "#SBATCH --mem=1G\n") ==
        "1: sbatch: fatal: --mem, --mem-per-cpu, and --mem-per-gpu are mutually exclusive.\n");
  CHECK(value("mem-per-cpu", {}, "#SBATCH --mem=1G\n", {"SBATCH_MEM_PER_CPU=5"}) == "(unset)");
  CHECK(value("mem", {}, "#SBATCH --mem=1G\n", {"SBATCH_MEM_PER_CPU=5"}) == "1G");
  CHECK(value("mem", {}, "", {"SBATCH_MEM_PER_NODE=1", "SBATCH_MEM_PER_CPU=5"}) ==
        "1: sbatch: fatal: SLURM_MEM_PER_CPU, SLURM_MEM_PER_GPU, and SLURM_MEM_PER_NODE are mutually exclusive.\n");
}

TEST_CASE("options that cannot stand together") {
  CHECK(value("hint", {"--hint=compute_bound", "--threads-per-core=1"}) == "(unset)");
  CHECK(value("threads-per-core", {"--hint=compute_bound"}, "", {"SBATCH_THREADS_PER_CORE=1"}) == "(unset)");
  CHECK(value("hint", {"--hint=x"}, "", {"SLURM_EXIT_ERROR=7"}) ==
        "7: sbatch: error: unrecognized --hint argument \"x\", see --hint=help\n");
  CHECK(value("hold", {"-Q", "-v"}) == "1: sbatch: error: don't specify both --verbose (-v) and --quiet (-Q)\n");
  CHECK(value("core-spec", {"--thread-spec=1"}, "", {"SBATCH_CORE_SPEC=1"}) == "(unset)");
  CHECK(value("core-spec", {"--thread-spec=1", "-S1"}) ==
        "1: sbatch: fatal: -S/--core-spec and --thred-spec options are mutually exclusive\n");
  CHECK(value("ntasks", {"--ntasks-per-gpu=1", "--ntasks-per-node=1"}) ==
        "1: sbatch: fatal: --ntasks-per-node is mutually exclusive with --ntasks-per-gpu and SLURM_NTASKS_PER_GPU\n");
  CHECK(value("nodes", {"-N1", "-w", "n[1-2]"}) == "1: sbatch: error: invalid number of nodes (-N 2-1)\n");
  CHECK(value("ntasks", {"-N4", "-n2", "-m", "plane=2"}) ==
        "1: sbatch: error: Too few processes for the requested {plane,node} distribution\n");
}

TEST_CASE("complaints name the script and its line") {
  CHECK(value("time", {}, "#SBATCH -t 5 : -t 6\n") == "1: sbatch: fatal: job.sh: line 2: Unexpected `:` in [ : -t 6]\n");
  CHECK(value("time", {}, "\n#SBATCH -J 'x\n") == "1: sbatch: fatal: job.sh: line 3: Unmatched `'` in [ 'x]\n");
  CHECK(value("time", {}, "#SBATCH -t 5 hetjob -n 2\n") == "5");
}

TEST_CASE("a script that begins with a NUL is only whitespace to sbatch") {
  const auto checked = check_script(std::string_view("\n\0#!/bin/sh", 11), util::Environment());
  REQUIRE_FALSE(checked);
  CHECK(checked.error().body == "sbatch: error: Batch script contains only whitespace!\n");
}

TEST_CASE("#PBS lines") {
  const auto pbs = [](const char* option, const std::string& lines) { return value(option, {}, lines); };
  CHECK(pbs("nodes", "#PBS -l nodes=2:ppn=4,walltime=30:00\n") == "2");
  CHECK(pbs("ntasks", "#PBS -l nodes=2:ppn=4,walltime=30:00\n") == "8");
  CHECK(pbs("nodes", "#PBS -l nodes=1+9223372036854775807+9223372036854775807\n") == "1000000000");
  CHECK(pbs("ntasks", "#PBS -l nodes=9223372036854775807:ppn=9223372036854775807\n").find("invalid number of tasks") !=
        std::string::npos);
  CHECK(pbs("time", "#PBS -l nodes=2:ppn=4,walltime=30:00\n") == "30:00");
  CHECK(pbs("mem", "#PBS -l mem=4gb\n") == "4g");
  CHECK(pbs("cpus-per-task", "#PBS -l select=2:ncpus=8:mpiprocs=4\n") == "2");
  CHECK(pbs("export", "#SBATCH --export=A\n#PBS -v B=1\n") == "A,B=1");
  CHECK(pbs("gres", "#SBATCH --gres=gpu:1\n#PBS -l naccelerators=2\n") == "gpu:1,gpu:2");
  CHECK(pbs("mail-type", "#PBS -m abe\n") == "BEGIN,END,FAIL");
  CHECK(pbs("mail-type", "#PBS -m x\n") == "255: sbatch: error: Invalid --mail-type specification\n");
  CHECK(pbs("array", "#PBS -t 1-3\n") == "1-3");
  CHECK(pbs("job-name", "#PBS -N a b\n") == "1: sbatch: error: Invalid argument: b\n");
  CHECK(pbs("job-name", "#PBS -Q x\n") ==
        "1: sbatch: invalid option -- 'Q'\nsbatch: error: Unrecognized command line parameter ?\n");
  CHECK(pbs("job-name", "#SBATCH --ignore-pbs -J own\n#PBS -N other\n") == "own");
  CHECK(pbs("job-name", "#PBS -W umask=022\n").ends_with("of the script"));
  std::string commands;
  for (int i = 0; i < 99; ++i) commands += "true\n";
  CHECK(pbs("job-name", commands + "true\n#PBS -N late\n") == "late");
  CHECK(pbs("job-name", commands + "true\ntrue\n#PBS -N late\n") == "(unset)");
}

TEST_CASE("#BSUB lines") {
  const auto bsub = [](const char* option, const std::string& lines) { return value(option, {}, lines); };
  CHECK(bsub("ntasks", "#BSUB -n 2,4\n") == "4");
  CHECK(bsub("ntasks", "#BSUB -n 2,\n") == "1: sbatch: error: #BSUB -n format not correct given: '2,'\n");
  CHECK(bsub("mem-per-cpu", "#BSUB -M 1000\n") == "1000K");
  CHECK(bsub("chdir", "#BSUB -cwd /tmp\n") == "/tmp");
  CHECK(bsub("nodelist", "#BSUB -m 'n1 n2'\n") == "n1,n2");
  CHECK(bsub("job-name", "#PBS -N other\n#BSUB -n 2\n") == "(unset)");
}

TEST_CASE("the look-up of a script") {
  const auto found = [](const char* operand, std::optional<std::string_view> chdir, const char* path,
                        const std::string& existing) {
    return find_script(operand, "/home/ada", chdir, path, [&](const std::string& candidate) { return candidate == existing; });
  };
  CHECK(found("deep.sh", "sub", "", "/home/ada/sub/deep.sh") == "/home/ada/sub/deep.sh");
  CHECK(found("job.sh", std::nullopt, "./bin", "/home/ada/./bin/job.sh") == "/home/ada/./bin/job.sh");
}
