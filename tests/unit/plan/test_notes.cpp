#include <doctest/doctest.h>

#include "plan/notes.hpp"
#include "plan_support.hpp"

using namespace sarray;

namespace {

std::vector<plan::PlannedJob> jobs_of(const std::vector<std::string>& scripts) {
  std::vector<slurm::Call> calls;
  for (const auto& script : scripts) calls.push_back(test::make_call({"j"}, "#!/bin/sh\n" + script + "\n"));
  return test::resolve(calls);
}

/// The numbers of the jobs that get the translator, then the notes.
std::string translated(const std::vector<std::string>& scripts, plan::Translate translate = plan::Translate::if_named) {
  auto options = test::make_options();
  options.translate = translate;
  const auto plan = plan::make_plan(jobs_of(scripts), options);
  REQUIRE(plan);
  std::vector<std::uint32_t> numbers;
  for (const auto& job : plan->jobs) {
    if (job.translate) numbers.push_back(job.number);
  }
  auto text = plan::format_numbers(numbers);
  for (const auto& note : plan->notes) text += "\n" + note;
  return text;
}

const std::string tail =
    ": a translator is first in the tasks' PATH, so that by their own ids they reach themselves, and nobody else";

std::string first_note(const std::vector<test::Words>& words) {
  const auto plan = plan::make_plan(test::make_jobs(words), test::make_options());
  REQUIRE(plan);
  return plan->notes.empty() ? "" : plan->notes.front();
}

}  // namespace

TEST_CASE("a script that names Slurm's commands, or a framework that calls them, gets the translator") {
  CHECK(translated({"true", "scancel $SLURM_JOB_ID", "scancel ${SLURM_JOB_ID}"}) == "2,3\njobs 2,3: scancel" + tail);
  CHECK(translated({"exec scontrol requeue \"${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID\" || scancel 3"}) ==
        "1\njob 1: scancel, scontrol" + tail);
  CHECK(translated({"subprocess.run(['scontrol', 'requeue', os.environ['SLURM_JOBID']])"}) == "1\njob 1: scontrol" + tail);
  CHECK(translated({"sbatch --dependency=afterok:$SLURM_JOB_ID next.sh"}) == "1\njob 1: sbatch" + tail);
  CHECK(translated({"id=$(cat id.txt); squeue -j $id"}) == "1\njob 1: squeue" + tail);
  CHECK(translated({"exec python3 -u -m submitit.core._submit /log"}) == "1\njob 1: submitit" + tail);
  CHECK(translated({"python -m lightning.app", "import pytorch_lightning as pl"}) ==
        "1,2\njob 1: lightning" + tail + "\njob 2: pytorch_lightning" + tail);
}

TEST_CASE("and no other one") {
  CHECK(translated({"echo $SLURM_JOB_ID"}).empty());
  CHECK(translated({"echo $SLURM_JOB_ID; my-scancel x; scancel_all; x.scancel; _squeue; sbatch next.sh; relightning"}).empty());
}

TEST_CASE("a command by its path is out of reach, and said") {
  CHECK(translated({"/usr/bin/scancel $SLURM_JOB_ID"}) ==
        "\njob 1: scancel by its path, which is not translated: $SLURM_JOB_ID of the array's last task is the whole array's");
  CHECK(translated({"/usr/bin/scontrol show hostnames $SLURM_NODELIST"}).empty());
}

TEST_CASE("the user decides") {
  CHECK(translated({"true", "true"}, plan::Translate::always) ==
        "1,2\na translator of scancel, scontrol, squeue, sacct and sbatch is first in every task's PATH");
  CHECK(translated({"scancel $SLURM_JOB_ID"}, plan::Translate::never) ==
        "\njob 1: scancel: ids are not translated, so that the array's last task would name the whole array");
}

TEST_CASE("mail that would come once for all is said") {
  const std::string note =
      "jobs 1,2: --mail-type mails once for the whole merged array, not for each job; with ARRAY_TASKS in it, for each task";
  CHECK(first_note({{"--mail-type=END", "j"}, {"--mail-type=END", "j"}}) == note);
  CHECK(first_note({{"--mail-type=END,ARRAY_TASKS", "j"}, {"--mail-type=ARRAY_TASKS,END", "j"}}).empty());
  CHECK(first_note({{"--mail-type=NONE", "j"}, {"--mail-type=NONE", "j"}}).empty());
  CHECK(first_note({{"--mail-type=END", "j"}}).empty());
}

TEST_CASE("what srun's steps see in a plain job is said") {
  auto jobs = jobs_of({"srun ./a", "true", "# nosrun srun.sh\n/usr/bin/srun -n2 b"});
  const auto plan = plan::make_plan(std::move(jobs), test::make_options());
  REQUIRE(plan);
  CHECK(
      plan->notes ==
      std::vector<std::string>{
          "jobs 1,3: what srun starts in a plain job sees SLURM_ARRAY_TASK_COUNT, _MAX, _MIN and _STEP of the merged array; the script itself does not"});
  CHECK(first_note({{"-a0-3", "j"}}).empty());
}
