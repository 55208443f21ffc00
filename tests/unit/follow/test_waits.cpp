#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "../engine/support.hpp"
#include "../store/state.hpp"
#include "follow/waits.hpp"
#include "report/support.hpp"

using namespace sarray;
using slurm::TaskState;
using test::make_attempt;
using test::make_mapped;

namespace {

constexpr auto completed = TaskState::completed;
constexpr auto failed = TaskState::failed;
constexpr auto pending = TaskState::pending;
constexpr auto running = TaskState::running;

/// Array 20: job 2 align, job 3 align, job 5 call, a job array of two (4-5), and job 7 plot. Nothing else is known.
struct Waiting {
  test::State state;
  test::ScriptedEngine engine;
  slurm::SlurmSite site{util::Environment(), slurm::Client(util::Environment(), std::string())};
  follow::History history;

  explicit Waiting(const std::vector<TaskState>& states) {
    history.attempts.push_back(make_attempt("20",
                                            {make_mapped(2, 0, "", "align"), make_mapped(3, 1, "", "align"),
                                             make_mapped(5, 2, "4-5", "call"), make_mapped(7, 4, "", "plot")},
                                            states));
    for (auto& task : history.attempts.front().tasks) task.reason = "Dependency";
    follow::find_latest_attempts(history);
  }
  /// @param line of squeue's answer: "20|4|1|PENDING|afterok:20_0(failed)".
  void slurm_shows(const std::string& lines) { engine.waiting = slurm::parse_waiting(lines); }

  /// "waits 3 align, 5 call_5"; "never ..."; "-": of it nothing is known.
  std::string wait_of(std::uint32_t index) {
    follow::find_waits(site, engine, history);
    const auto wait = history.waits.find(index);
    if (wait == history.waits.end()) return "-";
    std::string text = wait->second.is_never ? "never" : "waits";
    for (const auto& on : wait->second.on) {
      text += (&on == &wait->second.on.front() ? " "
               : wait->second.any              ? " or "
                                               : ", ") +
              (on.name.empty() ? on.task : std::to_string(on.job) + " " + on.name) +
              (on.local ? "_" + std::to_string(*on.local) : "") + (on.type == "afterok" ? "" : " " + on.type);
    }
    return text;
  }
};

}  // namespace

TEST_CASE("what a task waits for is told by the names of jobs") {
  Waiting waiting({running, pending, running, pending, pending});
  waiting.slurm_shows(
      "20|1|1|PENDING|afterok:20_0(unfulfilled),afterany:20_3(unfulfilled)\n"
      "20|4|1|PENDING|afterok:20_0(unfulfilled)?afterok:20_1(unfulfilled)\n");
  CHECK(waiting.wait_of(1) == "waits 2 align, 5 call_5 afterany");
  CHECK(waiting.wait_of(4) == "waits 2 align or 3 align");
  CHECK(waiting.wait_of(3) == "-");
}

TEST_CASE("of a whole array the jobs that have not ended are waited for, or those that have failed") {
  Waiting waiting({completed, failed, completed, running, pending});
  waiting.slurm_shows("20|4|1|PENDING|afterok:20_*(unfulfilled)\n");
  CHECK(waiting.wait_of(4) == "waits 5 call_5, 7 plot");
  waiting.slurm_shows("20|4|1|PENDING|afterok:20_*(failed)\n");
  CHECK(waiting.wait_of(4) == "never 3 align");
}

TEST_CASE("a task that can never run is told the beginning of its chain") {
  Waiting waiting({failed, pending, pending, pending, pending});
  waiting.slurm_shows(
      "20|1|1|PENDING|afterok:20_0(failed)\n"
      "20|4|1|PENDING|afterok:20_1(unfulfilled),afterok:20_2(unfulfilled)\n");
  CHECK(waiting.wait_of(1) == "never 2 align");
  CHECK(waiting.wait_of(4) == "never 2 align");
}

TEST_CASE("a task of an array whose tasks wait for their twins waits for one of them") {
  Waiting waiting({running, failed, running, running, running});
  follow::History child;
  child.attempts.push_back(make_attempt("30", {make_mapped(8, 0, "", "sum"), make_mapped(9, 1, "", "sum")}, {pending, pending}));
  for (auto& task : child.attempts.front().tasks) task.reason = "Dependency";
  follow::find_latest_attempts(child);
  waiting.slurm_shows("30|0|1|PENDING|aftercorr:20_*(unfulfilled)\n30|1|1|PENDING|aftercorr:20_*(failed)\n");
  follow::find_waits(waiting.site, waiting.engine, child);
  REQUIRE(child.waits.size() == 2);
  REQUIRE(child.waits[0].on.size() == 1);
  CHECK(child.waits[0].on[0].task == "20_0");
  CHECK(child.waits[0].on[0].type == "afterok");
  CHECK_FALSE(child.waits[0].is_never);
  REQUIRE(child.waits[1].on.size() == 1);
  CHECK(child.waits[1].on[0].task == "20_1");
  CHECK(child.waits[1].is_never);
}

TEST_CASE("what sarray did not submit is told as Slurm names it, and singleton not at all") {
  Waiting waiting({running, pending, running, pending, pending});
  waiting.slurm_shows(
      "20|1|1|PENDING|afterok:99_3(unfulfilled),afterany:98(unfulfilled)\n"
      "20|3|1|PENDING|singleton(unfulfilled)\n");
  CHECK(waiting.wait_of(1) == "waits 99_3, 98 afterany");
  CHECK(waiting.wait_of(3) == "-");
}

TEST_CASE("a task that the site has cancelled is told why; one that runs, or waits for a node, is not asked about") {
  Waiting waiting({failed, TaskState::cancelled, running, pending, pending});
  waiting.slurm_shows("20|1|1|CANCELLED|afterok:20_0(failed)\n20|3|1|PENDING|afterok:20_2(unfulfilled)\n");
  waiting.history.attempts[0].tasks[3].reason = "Resources";
  CHECK(waiting.wait_of(1) == "never 2 align");
  CHECK(waiting.wait_of(3) == "-");
  Waiting none({completed, completed, running, completed, completed});
  CHECK(none.wait_of(1) == "-");
  CHECK(none.engine.asked.empty());
}
