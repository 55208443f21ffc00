#include <doctest/doctest.h>

#include <memory>

#include "slurm/client/trial.hpp"

using namespace sarray;
using Kind = slurm::Trial::Kind;
using Words = std::vector<std::string>;

namespace {

slurm::TrialEnd judge(int status, const std::string& err) {
  util::Output output;
  output.status = status;
  output.err = err;
  return slurm::judge_trial(output, 1);
}

Words words_of(Words argv, slurm::ScriptSource source = slurm::ScriptSource::file) {
  slurm::Call call;
  call.argv = std::move(argv);
  call.source = source;
  call.directory = "/d";
  call.script_path = "/d/job.sh";
  call.script = std::make_shared<const std::string>("#!/bin/sh\n");
  const slurm::Dialect dialect;
  auto job = slurm::Resolver(dialect).resolve(call);
  REQUIRE(job);
  return slurm::trial_words(call, *job, dialect);
}

}  // namespace

TEST_CASE("a certain refusal has the words that sbatch has without --test-only") {
  const auto end =
      judge(1, "sbatch: error: invalid partition specified: no\nallocation failure: Invalid partition name specified\n");
  CHECK(end.trial.kind == Kind::refused);
  CHECK(end.trial.refusal.status == 1);
  CHECK(end.trial.refusal.body ==
        "sbatch: error: invalid partition specified: no\n"
        "sbatch: error: Batch job submission failed: Invalid partition name specified\n");
}

TEST_CASE("with -v only what is an error is shown") {
  const auto end = judge(1, "sbatch: Linear node selection plugin\nallocation failure: Invalid qos specification\n");
  CHECK(end.trial.refusal.body == "sbatch: error: Batch job submission failed: Invalid qos specification\n");
}

TEST_CASE("what sbatch may take passes") {
  CHECK(judge(0, "sbatch: Job 7 to start at 2026-11-26T12:55:49 using 2 processors\n").trial.kind == Kind::passes);
  CHECK(judge(1, "allocation failure: Unspecified error\n").trial.kind == Kind::passes);
  CHECK(judge(1, "site: no quota\n").trial.kind == Kind::passes);
  const auto nodes = judge(1, "allocation failure: Requested node configuration is not available\n");
  CHECK(nodes.trial.kind == Kind::passes);
  CHECK(nodes.is_about_nodes);
}

TEST_CASE("a limit on the number of jobs refuses nothing, one on a job's size does") {
  const std::string policy =
      "allocation failure: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)\n";
  CHECK(judge(1, policy).trial.kind == Kind::passes);
  for (const auto* limit : {"QOSMaxSubmitJobPerUserLimit", "AssocGrpSubmitJobsLimit", "AssocMaxJobsLimit"}) {
    CAPTURE(limit);
    CHECK(judge(1, "sbatch: error: " + std::string(limit) + "\n" + policy).trial.kind == Kind::passes);
  }
  CHECK(judge(1, "sbatch: error: QOSMaxCpuPerJobLimit\n" + policy).trial.kind == Kind::refused);
}

TEST_CASE("no answer is not a refusal") {
  util::Output late;
  late.timed_out = true;
  late.status = 137;
  CHECK(slurm::judge_trial(late, 1).trial.kind == Kind::unknown);
  CHECK(judge(1, "allocation failure: Unable to contact slurm controller (connect failure)\n").trial.kind == Kind::unknown);
  CHECK(judge(1, "allocation failure: Socket timed out on send/recv operation\n").trial.kind == Kind::unknown);
}

TEST_CASE("a call is tried without its dependency, its script and its smaller indices") {
  CHECK(words_of({"sbatch", "-p", "gpu", "job.sh", "-p", "other"}) == Words{"--test-only", "-p", "gpu", "--job-name=job.sh"});
  CHECK(words_of({"sbatch", "-dafterok:17", "--array=0-99:3%2", "-J", "x", "--", "job.sh"}) ==
        Words{"--test-only", "-dafterok:17", "--array=0-99:3%2", "-J", "x", "--dependency=", "--array=99", "--job-name=x"});
  CHECK(words_of({"sbatch", "--comment", "--", "job.sh"}) == Words{"--test-only", "--comment", "--", "--job-name=job.sh"});
  CHECK(words_of({"sbatch", "--wrap", "true"}, slurm::ScriptSource::wrap) == Words{"--test-only", "--wrap", "true"});
  CHECK(words_of({"sbatch"}, slurm::ScriptSource::standard_input) == Words{"--test-only"});
}

TEST_CASE("the largest node of several kinds") {
  CHECK(slurm::largest_number("8000\n128000\n64000\n") == 128000);
  CHECK(slurm::largest_number("8000+\n") == 8000);
  CHECK(slurm::largest_number("0\n") == 0);
  CHECK_FALSE(slurm::largest_number("N/A\n"));
}
