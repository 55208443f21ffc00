#include <doctest/doctest.h>

#include <map>

#include "follow/renewal.hpp"
#include "report/support.hpp"
#include "slurm/client/waiting.hpp"

using namespace sarray;
using slurm::TaskState;
using slurm::Verdict;
using test::make_attempt;
using test::make_mapped;

namespace {

/// Array 20 of four plain jobs; the second was retried as 30_0 if `retried` is given.
follow::History make_parents(const std::vector<TaskState>& states, std::optional<TaskState> retried = {}) {
  follow::History history;
  history.attempts.push_back(make_attempt(
      "20", {make_mapped(1, 0, "", "a"), make_mapped(2, 1, "", "b"), make_mapped(3, 2, "", "c"), make_mapped(4, 3, "", "d")},
      states));
  if (retried) history.attempts.push_back(make_attempt("30", {make_mapped(2, 0, "", "b")}, {*retried}));
  follow::find_latest_attempts(history);
  return history;
}

constexpr auto completed = TaskState::completed;
constexpr auto failed = TaskState::failed;
constexpr auto pending = TaskState::pending;

const slurm::Release release{22, 5};

struct Asked {
  follow::History history;
  follow::TasksAgain again{};
  std::string shown{};  ///< as squeue shows it; empty: forgotten
  Verdict other = Verdict::unknown;

  [[nodiscard]] follow::Renewed renew(const std::string& dependency) const {
    const auto parsed = slurm::parse_dependency(dependency, release);
    REQUIRE(parsed);
    slurm::WaitingTask waiting;
    if (!shown.empty()) waiting.waits = slurm::parse_shown_dependency(shown).value();
    const auto find = [&](const std::string& job_id) { return job_id == "20" ? &history : nullptr; };
    return follow::renew(
        *parsed, find, [&](const auto&) { return other; }, again, shown.empty() ? nullptr : &waiting);
  }
};

}  // namespace

TEST_CASE("what is done counts as fulfilled, and what runs again is waited for in its latest attempt") {
  const Asked before{make_parents({completed, failed, completed, pending}), {{"20", 1}}};
  const auto renewed = before.renew("afterok:20_0:20_1:20_3");
  CHECK_FALSE(renewed.is_never);
  CHECK(renewed.has_again);
  CHECK(renewed.open == "afterok:20_[1,3]");
  const Asked after{make_parents({completed, failed, completed, completed}, pending), {{"20", 1}}};
  CHECK(after.renew("afterok:20").open == "afterok:30_0");
  CHECK(after.renew("afterany:20").open == "afterany:30_0");
  const Asked done{make_parents({completed, failed, completed, completed}, completed)};
  CHECK(done.renew("afterok:20").open.empty());
  CHECK_FALSE(done.renew("afterok:20").is_never);
}

TEST_CASE("another failure leaves a task as it is, and Slurm is told of it") {
  const Asked asked{make_parents({completed, failed, failed, pending}), {{"20", 1}}};
  const auto renewed = asked.renew("afterok:20_1:20_2");
  CHECK(renewed.is_never);
  CHECK(renewed.has_again);
  CHECK(renewed.open == "afterok:20_1");
  CHECK(renewed.all == "afterok:20_[1,2]");
}

TEST_CASE("one of several is enough") {
  const Asked asked{make_parents({failed, failed, failed, pending}), {{"20", 1}}};
  CHECK(asked.renew("afterok:20_0?afterok:20_1").open == "afterok:20_1");
  CHECK_FALSE(asked.renew("afterok:20_0?afterok:20_1").is_never);
  CHECK(asked.renew("afterok:20_0?afterok:20_2").is_never);
  CHECK(asked.renew("afterok:20_1?afterany:20_0").open.empty());
  CHECK(asked.renew("afterok:20_1?afterany:20_3").open == "afterok:20_1?afterany:20_3");
}

TEST_CASE("a failure that was waited for has been seen") {
  const Asked asked{make_parents({completed, failed, completed, pending}), {{"20", 1}}};
  CHECK(asked.renew("afternotok:20_1").open.empty());
  CHECK_FALSE(asked.renew("afternotok:20_1").is_never);
  CHECK(asked.renew("afternotok:20_0").is_never);
  CHECK(asked.renew("afternotok:20_3").open == "afternotok:20_3");
  CHECK(asked.renew("after:20_1").open.empty());
  CHECK(asked.renew("after:20_3+5").open == "after:20_3+5");
}

TEST_CASE("what Slurm has forgotten was fulfilled if the task did not wait for it any longer") {
  Asked asked{make_parents({TaskState::unknown, failed, completed, completed}), {{"20", 1}}};
  CHECK(asked.renew("afterok:20_0:20_1").is_never);
  asked.shown = "afterok:20_1(failed)";
  CHECK_FALSE(asked.renew("afterok:20_0:20_1").is_never);
  asked.shown = "afterok:20_*(failed)";
  CHECK(asked.renew("afterok:20_0:20_1").is_never);
  // A later attempt's conditions tell nothing of the first one's tasks.
  asked.history = make_parents({TaskState::unknown, failed, completed, completed}, failed);
  asked.shown = "afterok:30_0(failed)";
  CHECK(asked.renew("afterok:20_0:20_1").is_never);
}

TEST_CASE("jobs that are not ours") {
  Asked asked{make_parents({completed, failed, completed, completed}), {{"20", 1}}};
  CHECK(asked.renew("afterok:20_1,afterok:7").is_never);
  asked.other = Verdict::open;
  CHECK(asked.renew("afterany:7,afterok:20_1").open == "afterany:7,afterok:20_1");
  asked.shown = "afterok:20_1(failed)";
  CHECK(asked.renew("afterany:7,afterok:20_1").open == "afterok:20_1");
  asked.shown.clear();
  asked.other = Verdict::satisfied;
  CHECK(asked.renew("afterany:7,afterok:20_1").open == "afterok:20_1");
}

TEST_CASE("only a task that no node ever had never began") {
  slurm::TaskRecord task;
  task.state = TaskState::cancelled;
  CHECK(follow::never_began(task));
  task.host = "n1";
  CHECK_FALSE(follow::never_began(task));
  task.host.clear();
  task.elapsed = 1;
  CHECK_FALSE(follow::never_began(task));
  CHECK_FALSE(follow::never_began(slurm::TaskRecord{}));
}

TEST_CASE("what Slurm was told of a whole array, by aftercorr, is known of each of its tasks") {
  // A task with index 0, cancelled while it waited for its twin, which has failed; that of the other array is done and forgotten.
  const Asked asked{make_parents({failed, completed, completed, completed}), {}, "aftercorr:20_*(failed)"};
  CHECK(asked.renew("afterok:20_0").is_never);
  const Asked others{make_parents({completed, failed, completed, completed}), {}, "aftercorr:20_*(unfulfilled)"};
  CHECK_FALSE(others.renew("afterok:20_1").is_never);  // it is shown to wait for the task with its own index alone
}
