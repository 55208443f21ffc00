#include <doctest/doctest.h>

#include "follow/attempts.hpp"
#include "report/support.hpp"

using namespace sarray;
using slurm::TaskState;
using test::make_attempt;
using test::make_mapped;

namespace {

/// Array 333 of a plain job and an array of two; what failed was retried as 334.
follow::History make_history(const std::vector<TaskState>& first, const std::vector<TaskState>& second) {
  follow::History history;
  history.attempts.push_back(make_attempt("333", {make_mapped(1, 0, "", "one"), make_mapped(2, 1, "4-5", "two")}, first));
  auto retried = make_mapped(2, 1, "5", "two");
  history.attempts.push_back(make_attempt("334", {make_mapped(1, 0, "", "one"), retried}, second));
  follow::find_latest_attempts(history);
  return history;
}

std::string place_of(const follow::History& history, std::uint32_t index) {
  const auto& latest = history.latest[index];
  return history.attempts[latest.attempt].job_id + "_" + std::to_string(latest.index);
}

}  // namespace

TEST_CASE("a task stands where its last attempt does") {
  const auto history =
      make_history({TaskState::failed, TaskState::completed, TaskState::failed}, {TaskState::failed, TaskState::running});
  CHECK(place_of(history, 0) == "334_0");
  CHECK(place_of(history, 1) == "333_1");
  CHECK(place_of(history, 2) == "334_1");
  CHECK(follow::find_revived(history).empty());
}

TEST_CASE("an earlier attempt that was requeued counts") {
  const auto history =
      make_history({TaskState::pending, TaskState::completed, TaskState::running}, {TaskState::failed, TaskState::completed});
  CHECK(place_of(history, 0) == "333_0");
  CHECK(place_of(history, 2) == "333_2");
  CHECK(history.task(0).state == TaskState::pending);
  const auto summary = follow::summarize(history);
  CHECK(summary.count(TaskState::pending) == 1);
  CHECK(summary.count(TaskState::running) == 1);
  CHECK(summary.failures() == 0);
}

TEST_CASE("two runs of one task: it stands where the later is, and the earlier is known") {
  const auto history =
      make_history({TaskState::running, TaskState::completed, TaskState::failed}, {TaskState::pending, TaskState::failed});
  CHECK(place_of(history, 0) == "334_0");
  const auto revived = follow::find_revived(history);
  REQUIRE(revived.size() == 1);
  CHECK(revived[0].index == 0);
  CHECK(revived[0].run.attempt == 0);
  CHECK(revived[0].run.index == 0);
}

TEST_CASE("only the tasks that are asked about count") {
  auto history =
      make_history({TaskState::completed, TaskState::completed, TaskState::failed}, {TaskState::failed, TaskState::running});
  history.meant = {false, true, true};
  const auto summary = follow::summarize(history);
  CHECK(summary.tasks == 2);
  CHECK(summary.count(TaskState::running) == 1);
  CHECK(follow::summarize(history, history.map().jobs[0]).tasks == 0);
}
