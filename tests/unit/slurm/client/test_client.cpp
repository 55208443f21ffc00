#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdio>

#include "../../support.hpp"
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
