#include <doctest/doctest.h>

#include <cstdlib>

#include "slurm/client/task_state.hpp"

using namespace sarray;
using slurm::TaskState;

namespace {

/// A line of squeue as queue_command() asks for it.
std::string queue_line(const std::vector<std::string>& cells, const std::string& command = "") {
  static const std::vector<std::size_t> widths = {14, 14, 14, 20, 12, 24, 24, 20, 70, 12, 24, 60};
  std::string line;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    auto cell = cells[i];
    cell.resize(widths[i], ' ');
    line += cell;
  }
  return line + command + "\n";
}

}  // namespace

TEST_CASE("Slurm's words for states, in groups") {
  CHECK(slurm::parse_task_state("PENDING") == TaskState::pending);
  CHECK(slurm::parse_task_state("COMPLETING") == TaskState::running);
  CHECK(slurm::parse_task_state("COMPLETED") == TaskState::completed);
  CHECK(slurm::parse_task_state("CANCELLED by 1000") == TaskState::cancelled);
  CHECK(slurm::parse_task_state("CANCELLED+") == TaskState::cancelled);
  CHECK(slurm::parse_task_state("OUT_OF_MEMORY") == TaskState::out_of_memory);
  CHECK(slurm::parse_task_state("NODE_FAIL") == TaskState::failed);
  CHECK(slurm::parse_task_state("DEADLINE") == TaskState::timeout);
  CHECK(slurm::parse_task_state("SOMETHING_NEW") == TaskState::unknown);
  CHECK(slurm::parse_task_state("") == TaskState::unknown);
  CHECK_FALSE(slurm::is_done(TaskState::unknown));
  CHECK(slurm::is_failure(TaskState::cancelled));
  CHECK_FALSE(slurm::is_failure(TaskState::completed));
}

TEST_CASE("squeue's columns") {
  const auto records = slurm::parse_queue(
      queue_line({"7", "1", "9", "FAILED", "768", "2026-11-23T17:31:31", "2026-11-23T17:31:33", "1-00:00:02", "n1", "2",
                  "2026-11-23T17:30:00", "NonZeroExitCode"}) +
      queue_line({"7", "2", "10", "FAILED", "9", "2026-11-23T17:31:31", "2026-11-23T17:31:33", "0:02", "n1", "0",
                  "2026-11-23T17:30:00", "None"}) +
      queue_line({"7", "3", "7", "PENDING", "0", "N/A", "NONE", "0:00", "N/A", "0", "", "ReqNodeNotAvail, UnavailableNodes:n2"}) +
      queue_line(
          {"N/A", "N/A", "8", "RUNNING", "0", "2026-11-23T17:31:31", "NONE", "0:00", "n1", "0", "2026-11-23T17:30:00", "None"}) +
      "\nsomething else\n");
  REQUIRE(records.size() == 4);
  CHECK(records[3].first == "8");
  CHECK(records[3].second.index == slurm::TaskRecord::plain_job);
  const auto& failed = records[0].second;
  CHECK(records[0].first == "7");
  CHECK(failed.index == 1);
  CHECK(failed.job_id == "9");
  CHECK(failed.state == TaskState::failed);
  CHECK(failed.exit_status == 3);
  CHECK(failed.exit_signal == 0);
  CHECK(failed.elapsed == 86402);
  CHECK(failed.restarts == "2");
  CHECK(failed.reason.empty());
  CHECK(records[1].second.exit_signal == 9);
  const auto& pending = records[2].second;
  CHECK(pending.job_id.empty());
  CHECK(pending.start.empty());
  CHECK(pending.host.empty());
  CHECK(pending.reason == "ReqNodeNotAvail, UnavailableNodes:n2");
}

TEST_CASE("a task that could not start: no exit status, from whatever source") {
  const auto queued = slurm::parse_queue(queue_line({"7", "1", "9", "FAILED", "4021", "", "", "", "", "", "", ""}));
  const auto accounted = slurm::parse_accounting("7_1|9|FAILED|0:53|||0|n1|1|1M|0|\n7_2|10|FAILED|1:9|||0|n1|1|1M|0|\n", 10);
  for (const auto& task : {queued.at(0).second, accounted.at(0).second}) {
    CHECK(task.exit_status == 0);
    CHECK(task.exit_signal == slurm::could_not_start);
  }
  CHECK(accounted.at(1).second.exit_status == 0);
  CHECK(accounted.at(1).second.exit_signal == 9);
}

TEST_CASE("newer releases may write exit codes as sacct does") {
  const auto records = slurm::parse_queue(queue_line({"7", "1", "9", "FAILED", "3:0", "", "", "", "", "", "", ""}));
  REQUIRE(records.size() == 1);
  CHECK(records[0].second.exit_status == 3);
}

TEST_CASE("accounting: tasks, their steps, blocks of pending ones") {
  const auto records = slurm::parse_accounting(
      "1_0|2|COMPLETED|0:0|2026-11-23T17:15:51|2026-11-23T17:15:53|100|n1|2|8000M|00:01:30||\n"
      "1_0.batch|2.batch|COMPLETED|0:0|2026-11-23T17:15:51|2026-11-23T17:15:53|100|n1|2||00:01:30|2048K\n"
      "1_0.0|2.0|COMPLETED|0:0|2026-11-23T17:15:51|2026-11-23T17:15:53|100|n1|2||00:01:30|3M\n"
      "1_1|3|CANCELLED by 0|0:15|2026-11-23T17:15:51|2026-11-23T17:15:53|2|n[1-2]|4|2Gc|1-00:00:01|\n"
      "1_[3-4,9%2]|1|PENDING|0:0|Unknown|Unknown|0|None assigned|0|8000M|00:00:00|\n"
      "17|17|COMPLETED|0:0|x|y|0|n1|1|1M|0|\n"
      "1_[zzz]|1|PENDING\n\n|||\n",
      10);
  REQUIRE(records.size() == 6);
  CHECK(records[5].first == "17");
  CHECK(records[5].second.index == slurm::TaskRecord::plain_job);
  const auto& done = records[0].second;
  CHECK(done.state == TaskState::completed);
  REQUIRE(done.usage);
  CHECK(done.usage->cpu_seconds == doctest::Approx(90));
  CHECK(done.usage->max_rss == 3U << 20);
  CHECK(done.usage->asked_memory == 8000ULL << 20);
  CHECK(done.elapsed == 100);
  const auto& cancelled = records[1].second;
  CHECK(cancelled.state == TaskState::cancelled);
  CHECK(cancelled.exit_signal == 15);
  CHECK(cancelled.host.empty());
  CHECK(cancelled.usage->asked_memory == 8ULL << 30);
  CHECK(cancelled.usage->cpu_seconds == doctest::Approx(86401));
  CHECK(records[2].second.index == 3);
  CHECK(records[4].second.index == 9);
  CHECK(records[4].second.state == TaskState::pending);
}

TEST_CASE("what tells a job's script, with any bytes in it") {
  const std::vector<std::string> cells = {"7", "1", "9", "RUNNING", "0", "", "", "", "n1", "0", "2026-11-23T17:30:00", "None"};
  const auto queued =
      slurm::parse_queue(queue_line(cells, "/home/a b/submissions/00ff/sarray.slurm   ") +
                         queue_line(cells, "/home/new\nline/submissions/00ff/sarray.slurm  ") + queue_line(cells));
  REQUIRE(queued.size() == 3);
  CHECK(queued[0].second.command == "/home/a b/submissions/00ff/sarray.slurm");
  CHECK(queued[1].second.command == "/home/new\nline/submissions/00ff/sarray.slurm");
  CHECK(queued[2].second.command.empty());
  const auto accounted = slurm::parse_accounting(
      "7_1|9|FAILED|0:9|||0|n1|1|1M|0||2026-11-23T17:30:00|sbatch --comment=a|b /home/ada/submissions/00ff/sarray.slurm\n"
      "7_2|10|FAILED|0:9|||0|n1|1|1M|0||2026-11-23T17:30:00\n",
      10);
  REQUIRE(accounted.size() == 2);
  CHECK(accounted[0].second.submitted == "2026-11-23T17:30:00");
  CHECK(accounted[0].second.command == "sbatch --comment=a|b /home/ada/submissions/00ff/sarray.slurm");
  CHECK(accounted[1].second.command.empty());
}

TEST_CASE("times are local time") {
  ::setenv("TZ", "UTC", 1);
  CHECK(slurm::parse_slurm_time("2026-11-23T17:15:51") == 1795454151);
  CHECK_FALSE(slurm::parse_slurm_time("Unknown"));
  CHECK_FALSE(slurm::parse_slurm_time(""));
}

TEST_CASE("times that no clock shows are none") {
  for (const std::string_view time : {"nan", "inf", "1e999", "1:1e300", "4294967295-00:00:00"}) {
    CAPTURE(time);
    const auto queued =
        slurm::parse_queue(queue_line({"7", "1", "9", "FAILED", "768", "", "", std::string(time), "n1", "2", "", ""}));
    CHECK(queued.at(0).second.elapsed == 0);
    const auto accounted =
        slurm::parse_accounting("1_0|2|COMPLETED|0:0|||9223372036854775807|n1|2|infM|" + std::string(time) + "|nan\n", 10);
    CHECK(accounted.at(0).second.elapsed == 0);
    CHECK(accounted.at(0).second.usage->cpu_seconds == 0);
  }
}

TEST_CASE("what is left of an array whose pending tasks were cancelled has no index") {
  const auto records = slurm::parse_queue(
      queue_line({"7", "N/A", "7", "CANCELLED", "0:0", "", "", "", "n/a", "0", "2026-11-23T17:30:00", "Resources"}));
  REQUIRE(records.size() == 1);
  CHECK(records[0].second.index == slurm::TaskRecord::no_index);
  CHECK(records[0].second.host.empty());
  CHECK(records[0].second.submitted == "2026-11-23T17:30:00");
}
