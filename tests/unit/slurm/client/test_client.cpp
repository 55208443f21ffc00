#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "../../support.hpp"
#include "slurm/client/arrays.hpp"
#include "slurm/client/client.hpp"
#include "slurm/client/task_state.hpp"
#include "util/fd.hpp"

using namespace sarray;

namespace {

void write_script(const std::string& path, const std::string& lines) {
  auto* file = std::fopen(path.c_str(), "w");
  REQUIRE(file != nullptr);
  std::fputs(("#!/bin/sh\n" + lines).c_str(), file);
  std::fclose(file);
  REQUIRE(::chmod(path.c_str(), 0755) == 0);
}

}  // namespace

TEST_CASE("a sacct that is slow to fail is asked once, and said once, for all attempts") {
  test::TemporaryFolder folder;
  const auto count = folder.path() + "/count";
  write_script(folder.path() + "/sacct", "echo x >>" + count + "\nsleep 2.1\necho 'slurmdbd: no answer' >&2\nexit 1\n");
  write_script(folder.path() + "/squeue", "echo 'slurm_load_jobs error: Invalid job id specified' >&2\nexit 1\n");
  write_script(folder.path() + "/scontrol", "echo 'MinJobAge               = 2 sec'\n");
  const slurm::Client client(util::Environment::from_entries({"PATH=/usr/bin:/bin"}), folder.path() + "/sbatch");
  const auto copy = client;
  CHECK_FALSE(client.accounted_script("3"));
  const auto states = copy.states({{"3", 2}, {"5", 1}}, false);
  REQUIRE(states);
  CHECK(
      states->notes ==
      std::vector<std::string>{
          "the queue has forgotten all tasks of job 3, all tasks of job 5, and accounting cannot be asked: slurmdbd: no answer"});
  CHECK(*util::read_file(count) == "x\n");
}

TEST_CASE("usage that accounting has of a task that still runs there is not its usage yet") {
  test::TemporaryFolder folder;
  write_script(
      folder.path() + "/squeue",
      "printf '%-14s%-14s%-14s%-20s%-12s%-24s%-24s%-20s%-70s%-12s%-24s%-60s\\n' 3 0 4 COMPLETED 0 2026-11-23T17:31:31 2026-11-23T17:31:33 "
      "0:02 n1 0 2026-11-23T17:30:00 None\n");
  const slurm::Client client(util::Environment::from_entries({"PATH=/usr/bin:/bin"}), folder.path() + "/sbatch");
  const auto answer = [&](const std::string& state) {
    write_script(folder.path() + "/sacct", "echo '3_0|4|" + state + "|0:0|2026-11-23T17:31:31|Unknown|2|n1|1|100M|00:00:00|'\n");
    auto states = client.states({{"3", 1}}, true);
    REQUIRE(states);
    return std::move(*states);
  };
  const auto early = answer("RUNNING");
  CHECK_FALSE(early.tasks[0][0].usage);
  CHECK(early.without_usage == 1);
  CHECK(early.notes == std::vector<std::string>{"accounting does not have the usage of 1 task yet"});
  const auto late = answer("COMPLETED");
  CHECK(late.tasks[0][0].usage);
  CHECK(late.notes.empty());
}

TEST_CASE("no other Slurm's command is asked if the own one cannot be looked at") {
  test::TemporaryFolder folder;
  for (const char* name : {"own", "other"}) REQUIRE(::mkdir((folder / name).c_str(), 0700) == 0);
  const auto environment = util::Environment::from_entries({"PATH=" + folder.path() + "/other:/usr/bin:/bin"});
  for (const char* name : {"sbatch", "squeue"}) write_script(folder / ("other/" + std::string(name)), "echo other\n");
  REQUIRE(::symlink("squeue", (folder / "own/squeue").c_str()) == 0);  // of itself: ELOOP
  const auto beside = slurm::Client(environment, folder / "own/sbatch").commands_in_queue();
  REQUIRE_FALSE(beside);
  CHECK(beside.error().what == folder / "own/squeue");
  CHECK(beside.error().why == "Too many levels of symbolic links");
  // Nor anything at all if it is not known which sbatch is the real one.
  const slurm::Client lost(environment, util::fail(folder / "own/sbatch", "Input/output error"));
  CHECK(lost.has_sbatch());
  const auto answer = lost.commands_in_queue();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().what == folder / "own/sbatch");
  CHECK(lost.submit({}).error().why == "Input/output error");
}

namespace {

constexpr const char* whole = "MaxArraySize = 1001\nMinJobAge = 300 sec\nClusterName = x\nSlurmctld(primary) at vm is DOWN\n";

slurm::Client with_scontrol(const test::TemporaryFolder& folder, const std::string& lines) {
  write_script(folder / "scontrol", lines);
  return slurm::Client(util::Environment::from_entries({"PATH=/usr/bin:/bin"}), folder / "sbatch");
}

}  // namespace

TEST_CASE("a configuration that is whole is believed, also if the ping after it was not answered") {
  const test::TemporaryFolder folder;
  const auto client = with_scontrol(folder, "echo x >>" + (folder / "count") + "\nprintf '" + whole + "'\nexit 1\n");
  const auto copy = client;
  for (const auto& asked : {client, copy, client}) {
    const auto configuration = asked.configuration();
    REQUIRE(configuration);
    CHECK(configuration->max_array_size == 1001);
    CHECK(configuration->cluster_name == "x");
  }
  CHECK(*util::read_file(folder / "count") == "x\n");
}

TEST_CASE("of a configuration that is not whole scontrol's own words are told, on whichever stream") {
  const test::TemporaryFolder folder;
  const auto client =
      with_scontrol(folder,
                    "printf 'a = 1\nb = 2\nMaxArraySize = 1001\nMinJobAge = 3 sec\nslurm_load_ctl_conf: no luck\n'\n"
                    "echo 'scontrol: error: rate limited' >&2\nexit 1\n");
  const auto configuration = client.configuration();
  REQUIRE_FALSE(configuration);
  CHECK(configuration.error().what == "scontrol");
  CHECK(configuration.error().why == "it failed with status 1");
  CHECK(configuration.error().body ==
        "MaxArraySize = 1001\nMinJobAge = 3 sec\nslurm_load_ctl_conf: no luck\nscontrol: error: rate limited\n");
}

TEST_CASE("a failure is not kept: the next question is asked") {
  const test::TemporaryFolder folder;
  const auto client = with_scontrol(folder, "exit 1\n");
  CHECK_FALSE(client.configuration());
  write_script(folder / "scontrol", "printf '" + std::string(whole) + "'\n");
  CHECK(client.configuration());
}

TEST_CASE("what a configuration must hold to be whole") {
  CHECK(slurm::is_whole_configuration(whole));
  const std::string text = whole;
  for (std::size_t end = 0; end + 30 < text.size(); ++end) CHECK_FALSE(slurm::is_whole_configuration(text.substr(0, end)));
  CHECK_FALSE(slurm::is_whole_configuration(""));
}

TEST_CASE("questions do not see what filters their answers; the submission sees all") {
  const test::TemporaryFolder folder;
  for (const auto* name : {"squeue", "sacct", "scontrol", "scancel", "sbatch"})
    write_script(
        folder / name,
        "echo \"$(basename \"$0\") ${SQUEUE_PARTITION-} ${SCANCEL_PARTITION-} ${SACCT_FORMAT-} ${SLURM_TIME_FORMAT-}\" >>" +
            (folder / "seen") + "\n");
  const auto environment = util::Environment::from_entries(
      {"PATH=/usr/bin:/bin", "SQUEUE_PARTITION=p", "SCANCEL_PARTITION=p", "SACCT_FORMAT=f", "SLURM_TIME_FORMAT=relative"});
  const slurm::Client client(environment, folder / "sbatch");
  CHECK(client.arrays_of_user(0));
  CHECK(client.cancel({"17"}));
  CHECK(client.hold({"17"}));
  slurm::Submission submission;
  submission.environment = environment;
  submission.script = "/dev/null";
  submission.directory = "/";
  submission.limits.fill(slurm::unlimited);
  CHECK(client.submit(submission));
  CHECK(*util::read_file(folder / "seen") == "squeue    \nsacct    \nscancel    \nscontrol    \nsbatch p p f relative\n");
}
