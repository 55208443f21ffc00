#include <doctest/doctest.h>

#include "slurm/client/waiting.hpp"

using namespace sarray;
using slurm::DependencyType;
using slurm::TaskState;

TEST_CASE("squeue's lines say what each task waits for, and whether it is held") {
  const auto tasks = slurm::parse_waiting(
      "17|3|0|PENDING|afterok:12_1(unfulfilled),afterany:13_*(unfulfilled)\n"
      "17|4|4294901759|PENDING|(null)\n18|N/A|5|RUNNING|NULL\nslurm_load_jobs error|\n");
  REQUIRE(tasks.size() == 3);
  CHECK(tasks[0].array_id == "17");
  CHECK(tasks[0].index == 3);
  CHECK(tasks[0].is_held);
  CHECK(tasks[0].state == TaskState::pending);
  CHECK(tasks[0].shown == "afterok:12_1(unfulfilled),afterany:13_*(unfulfilled)");
  CHECK_FALSE(tasks[1].is_held);
  CHECK(tasks[1].shown.empty());
  CHECK(tasks[1].waits.conditions.empty());
  CHECK(tasks[2].index == slurm::TaskRecord::plain_job);
  CHECK(tasks[2].state == TaskState::running);
  CHECK(tasks[2].shown.empty());
}

TEST_CASE("what tasks wait for, as squeue shows it") {
  const auto tasks = slurm::parse_waiting(
      "17|3|1|PENDING|afterok:16_3(unfulfilled),after:15_*+5(unfulfilled)\n"
      "18|N/A|1|CANCELLED|afterok:17_3(failed)?afterany:12(unfulfilled)\n"
      "19|N/A|1|PENDING|what no release shows\n"
      "20|N/A|1|PENDING|singleton(unfulfilled)\n");
  REQUIRE(tasks.size() == 4);
  CHECK(tasks[0].array_id == "17");
  CHECK(tasks[0].index == 3);
  const auto& first = tasks[0].waits;
  CHECK_FALSE(first.any);
  REQUIRE(first.conditions.size() == 2);
  CHECK(slurm::format_condition(first.conditions[0]) == "afterok:16_3");
  CHECK_FALSE(first.conditions[0].has_failed);
  CHECK(slurm::format_condition(first.conditions[1]) == "after:15+5");
  CHECK(tasks[1].index == slurm::TaskRecord::plain_job);
  CHECK(tasks[1].state == TaskState::cancelled);
  CHECK(tasks[1].waits.any);
  REQUIRE(tasks[1].waits.conditions.size() == 2);
  CHECK(tasks[1].waits.conditions[0].has_failed);
  CHECK_FALSE(tasks[1].waits.conditions[1].has_failed);
  CHECK(tasks[2].shown == "what no release shows");
  CHECK(tasks[2].waits.conditions.empty());
  REQUIRE(tasks[3].waits.conditions.size() == 1);
  CHECK(tasks[3].waits.conditions[0].type == DependencyType::singleton);
}

TEST_CASE("aftercorr is about the task of the same index, in an array") {
  const auto target = [](const char* line) {
    const auto tasks = slurm::parse_waiting(line);
    REQUIRE(tasks.size() == 1);
    return slurm::target_index(tasks.front(), tasks.front().waits.conditions.front());
  };
  CHECK(target("17|3|1|PENDING|aftercorr:16_*(unfulfilled)\n") == 3U);
  CHECK(target("17|3|1|PENDING|aftercorr:16_5(unfulfilled)\n") == 5U);
  CHECK(target("17|3|1|PENDING|afterok:16_*(unfulfilled)\n") == std::nullopt);
  CHECK(target("17|N/A|1|PENDING|aftercorr:16_*(unfulfilled)\n") == std::nullopt);
}
