#include <doctest/doctest.h>

#include "follow/repoint.hpp"
#include "report/support.hpp"
#include "slurm/client/waiting.hpp"

using namespace sarray;
using slurm::TaskState;
using test::make_attempt;
using test::make_mapped;

namespace {

/// Array 20 of two plain jobs and an array of two, of which job 2 and task 5 of job 3 were retried as 30_0 and 30_1.
follow::History make_history(TaskState plain, TaskState task) {
  follow::History history;
  history.attempts.push_back(make_attempt("20",
                                          {make_mapped(1, 0, "", "a"), make_mapped(2, 1, "", "b"), make_mapped(3, 2, "4-5", "c")},
                                          {TaskState::completed, TaskState::failed, TaskState::completed, TaskState::failed}));
  history.attempts.push_back(make_attempt("30", {make_mapped(2, 0, "", "b"), make_mapped(3, 1, "5", "c")}, {plain, task}));
  follow::find_latest_attempts(history);
  return history;
}

slurm::WaitingTask make_waiting(const std::string& array, std::uint32_t index, const std::string& shown) {
  const auto waits = slurm::parse_shown_dependency(shown);
  REQUIRE(waits);
  return {array, index, TaskState::pending, false, shown, *waits};
}

/// "40_[0,1]=DEPENDENCY" of each group.
std::string repointed(const follow::History& history, const std::vector<slurm::WaitingTask>& waiting) {
  std::string text;
  for (const auto& group : follow::find_repointed(history, waiting)) {
    text += (text.empty() ? "" : " ") + group.array_id;
    for (const auto index : group.indices) text += "_" + std::to_string(index);
    text += "=" + group.dependency;
  }
  return text;
}

}  // namespace

TEST_CASE("a task waits for the later attempt of what has failed") {
  const auto history = make_history(TaskState::pending, TaskState::running);
  CHECK(repointed(history, {make_waiting("40", 1, "afterok:20_1(failed)"), make_waiting("40", 0, "afterok:20_1(failed)"),
                            make_waiting("40", 2, "afterok:20_3(failed),afterok:20_0(unfulfilled)")}) ==
        "40_0_1=afterok:30_0 40_2=afterok:30_1,afterok:20_0");
}

TEST_CASE("what has completed in the meantime is waited for no longer") {
  const auto history = make_history(TaskState::completed, TaskState::running);
  CHECK(repointed(history, {make_waiting("40", 1, "afterok:20_1(failed)")}) == "40_1=");
  CHECK(repointed(history, {make_waiting("40", 1, "afterok:20_*(failed)")}) == "40_1=afterok:30_1");
  CHECK(repointed(history, {make_waiting("40", 1, "afterok:20_1(failed)?afterok:20_3(failed)")}) == "40_1=");
}

TEST_CASE("what is right already, or waits for something else, is left as it is") {
  const auto history = make_history(TaskState::pending, TaskState::running);
  CHECK(
      repointed(history, {make_waiting("40", 0, "afterok:30_0(unfulfilled)"), make_waiting("40", 1, "afterany:20_1(unfulfilled)"),
                          make_waiting("40", 2, "afternotok:20_1(unfulfilled)"), make_waiting("40", 3, "afterok:99(failed)"),
                          make_waiting("40", 4, "afterok:20_0(unfulfilled)")})
          .empty());
  auto cancelled = make_waiting("40", 1, "afterok:20_1(failed)");
  cancelled.state = TaskState::cancelled;
  CHECK(repointed(history, {cancelled}).empty());
}

TEST_CASE("aftercorr means the twin") {
  const auto history = make_history(TaskState::pending, TaskState::pending);
  CHECK(repointed(history, {make_waiting("40", 3, "aftercorr:20_*(failed)")}) == "40_3=afterok:30_1");
}
