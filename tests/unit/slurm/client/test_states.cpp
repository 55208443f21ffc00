// Whether what Slurm shows under a job id is the array that is meant.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>

#include "../../support.hpp"
#include "slurm/client/client.hpp"
#include "slurm/client/task_state.hpp"
#include "util/fd.hpp"

using namespace sarray;
using slurm::Identity;
using slurm::TaskState;

namespace {

const std::string ours = "/home/ada/.local/state/sarray/submissions/00ff/sarray.slurm";

/// A Slurm whose squeue and sacct print what a test says.
class FakeSlurm {
 public:
  FakeSlurm() {
    program("squeue", R"(for last; do :; done
echo "squeue $last" >>"$dir/asked"
case $last in
  *,Command:*) while IFS='|' read -r id index raw state command; do
      printf '%-14s%-14s%-14s%-20s%-12s%-24s%-24s%-20s%-70s%-12s%-24s%-60s' "$id" "$index" "$raw" "$state" 0 N/A N/A 0:00 n1 0 \
        2026-11-23T17:30:00 None
      printf "%-${last##*,Command:}.${last##*,Command:}s\n" "$command"
    done <"$dir/queue" ;;
  *) while IFS='|' read -r id index raw state command; do echo "$raw|$id|$index|2026-11-23T17:30:00|$command"; done <"$dir/queue" ;;
esac
[ -s "$dir/queue" ] || { echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1; })");
    program(
        "sacct",
        R"(case $* in *SubmitLine*) [ -e "$dir/old" ] && { echo 'sacct: fatal: Invalid field requested: "SubmitLine"' >&2; exit 1; } ;; esac
cat "$dir/accounting")");
    program("scontrol",
            "printf 'MaxArraySize = 1001\\nMinJobAge = 300 sec\\nClusterName = x\\nSlurmctld(primary) at vm is UP\\n'");
    write("queue", "");
    write("accounting", "");
  }
  void write(const std::string& name, const std::string& text) { REQUIRE(util::write_file_atomically(m_folder / name, text)); }
  [[nodiscard]] slurm::ArrayStates ask(const std::vector<slurm::ArrayQuery>& arrays) const {
    const slurm::Client client(util::Environment::from_entries({"PATH=/usr/bin:/bin"}), m_folder / "sbatch");
    auto states = client.states(arrays, false);
    REQUIRE(states);
    return std::move(*states);
  }
  [[nodiscard]] std::string asked() const { return util::read_file(m_folder / "asked").value_or(""); }

 private:
  void program(const std::string& name, const std::string& lines) {
    write(name, "#!/bin/bash\ndir=" + m_folder.path() + "\n" + lines + "\n");
    REQUIRE(::chmod((m_folder / name).c_str(), 0755) == 0);
  }
  test::TemporaryFolder m_folder;
};

}  // namespace

TEST_CASE("the queue shows the array's script, under whatever name the state folder has there") {
  FakeSlurm slurm;
  slurm.write("queue", "7|0|8|RUNNING|/nfs/ada/.local/state/sarray/submissions/00ff/sarray.slurm\n7|1|7|PENDING|" + ours + "\n");
  const auto states = slurm.ask({{"7", 2, ours}});
  CHECK(states.holders[0].identity == Identity::same);
  CHECK(states.holders[0].submitted == "2026-11-23T17:30:00");
  CHECK(states.tasks[0][0].state == TaskState::running);
  CHECK(states.tasks[0][1].state == TaskState::pending);
}

TEST_CASE("another job has the id: nothing of it is taken for the array's") {
  FakeSlurm slurm;
  for (const std::string queue : {"7|0|8|RUNNING|/home/ada/precious.sh\n7|1|7|PENDING|/home/ada/precious.sh\n",  // another array
                                  "7|0|8|RUNNING|\n",                                                            // of --wrap
                                  "N/A|N/A|7|RUNNING|/home/ada/plain.sh\n",                                      // a plain job
                                  "5|3|7|RUNNING|/home/ada/other.sh\n",                                          // another's task
                                  "7|0|8|RUNNING|/home/ada/.local/state/sarray/submissions/0100/sarray.slurm\n"}) {
    CAPTURE(queue);
    slurm.write("queue", queue);
    slurm.write("accounting", "7_0|8|FAILED|1:0|||0|n1|1|1M|0||2026-11-20T10:00:00|sbatch " + ours + "\n");
    const auto states = slurm.ask({{"7", 2, ours}});
    CHECK(states.holders[0].identity == Identity::other);
    for (const auto& task : states.tasks[0]) CHECK(task.state == TaskState::unknown);
    CHECK(states.tasks[0][1].index == 1);
  }
}

TEST_CASE("two submissions of one job id are told apart") {
  FakeSlurm slurm;
  const std::string newer = "/home/ada/.local/state/sarray/submissions/0100/sarray.slurm";
  slurm.write("queue", "7|0|7|PENDING|" + newer + "\n");
  const auto states = slurm.ask({{"7", 3, ours}, {"7", 1, newer}});
  CHECK(states.holders[0].identity == Identity::other);
  CHECK(states.holders[1].identity == Identity::same);
  CHECK(states.tasks[1][0].state == TaskState::pending);
}

TEST_CASE("a path that is longer than the column is asked for whole") {
  FakeSlurm slurm;
  slurm.write("queue", "7|0|7|RUNNING|/" + std::string(300, 'x') + "/submissions/00ff/sarray.slurm\n");
  CHECK(slurm.ask({{"7", 1, ours}}).holders[0].identity == Identity::same);
  CHECK(slurm.asked().find("%o") != std::string::npos);
  slurm.write("queue", "7|0|7|RUNNING|/" + std::string(300, 'x') + "/other.sh\n");
  CHECK(slurm.ask({{"7", 1, ours}}).holders[0].identity == Identity::other);
}

TEST_CASE("what the queue has forgotten: accounting's command line, which Slurm 20.11 does not have") {
  FakeSlurm slurm;
  const std::string start = "7_0|7|FAILED|3:0|||0|n1|1|1M|0||2026-11-23T17:30:00";
  slurm.write("accounting", start + "|sbatch --ignore-pbs " + ours + "\n");
  auto states = slurm.ask({{"7", 1, ours}});
  CHECK(states.holders[0].identity == Identity::same);
  CHECK(states.tasks[0][0].exit_status == 3);
  slurm.write("accounting", start + "|sbatch precious.sh\n");
  states = slurm.ask({{"7", 1, ours}});
  CHECK(states.holders[0].identity == Identity::other);
  CHECK(states.tasks[0][0].state == TaskState::unknown);
  slurm.write("accounting", start + "\n");
  slurm.write("old", "");
  states = slurm.ask({{"7", 1, ours}});
  CHECK(states.holders[0].identity == Identity::unknown);
  CHECK(states.holders[0].submitted == "2026-11-23T17:30:00");
  CHECK(states.tasks[0][0].state == TaskState::failed);
}

TEST_CASE("the one question that is asked anyway tells the script, too") {
  FakeSlurm slurm;
  slurm.write("queue", "7|0|7|RUNNING|" + ours + "\n");
  CHECK(slurm.ask({{"7", 1, ours}}).holders[0].identity == Identity::same);
  const auto asked = slurm.asked();
  CHECK(std::count(asked.begin(), asked.end(), '\n') == 1);
}
