#include <doctest/doctest.h>

#include "slurm/client/waiting.hpp"

using namespace sarray;
using slurm::TaskState;

TEST_CASE("what tasks wait for, as squeue shows it") {
  const auto tasks = slurm::parse_waiting(
      "17|3|PENDING|afterok:16_3(unfulfilled),after:15_*+5(unfulfilled)\n"
      "18|N/A|CANCELLED|afterok:17_3(failed)?afterany:12(unfulfilled)\n"
      "19|N/A|PENDING|(null)\n"
      "20|N/A|PENDING|singleton(unfulfilled)\n");
  REQUIRE(tasks.size() == 3);
  CHECK(tasks[0].array_id == "17");
  CHECK(tasks[0].index == 3);
  CHECK_FALSE(tasks[0].any);
  REQUIRE(tasks[0].conditions.size() == 2);
  CHECK(slurm::condition_text(tasks[0].conditions[0]) == "afterok:16_3");
  CHECK_FALSE(tasks[0].conditions[0].has_failed);
  CHECK(slurm::condition_text(tasks[0].conditions[1]) == "after:15+5");
  CHECK(tasks[1].index == slurm::TaskRecord::plain_job);
  CHECK(tasks[1].state == TaskState::cancelled);
  CHECK(tasks[1].any);
  CHECK(tasks[1].conditions[0].has_failed);
  CHECK(tasks[2].conditions[0].type == "singleton");
}

TEST_CASE("what is not a dependency is none") {
  for (const char* text : {"", "(null)", "afterok:", "afterok:x", "afterok:17_x"})
    CHECK_FALSE(slurm::parse_shown_dependency(text));
}

TEST_CASE("aftercorr is about the task of the same index, in an array") {
  const auto target = [](const char* line) {
    const auto tasks = slurm::parse_waiting(line);
    REQUIRE(tasks.size() == 1);
    return slurm::target_index(tasks.front(), tasks.front().conditions.front());
  };
  CHECK(target("17|3|PENDING|aftercorr:16_*(unfulfilled)\n") == 3U);
  CHECK(target("17|3|PENDING|aftercorr:16_5(unfulfilled)\n") == 5U);
  CHECK(target("17|3|PENDING|afterok:16_*(unfulfilled)\n") == std::nullopt);
  CHECK(target("17|N/A|PENDING|aftercorr:16_*(unfulfilled)\n") == std::nullopt);
}
