#include <doctest/doctest.h>

#include "../engine/support.hpp"
#include "../plan_support.hpp"
#include "follow/selection.hpp"
#include "script/render.hpp"
#include "util/fd.hpp"

using namespace sarray;
using slurm::TaskState;
using Indices = std::vector<std::uint32_t>;

namespace {

/// An array of two jobs, "a" with the indices 0 to 2 and "b" with 3, as it is noted; there is no Slurm at all.
struct Followed {
  test::TemporaryFolder folder;
  test::ScriptedEngine engine;
  slurm::SlurmSite site{util::Environment(), slurm::Client(util::Environment(), std::string())};

  util::Result<follow::ArrayHistory> open() {
    const auto options = test::make_options();
    auto plan = plan::make_plan(test::make_jobs({{"-J", "a", "-a1-3", "j"}, {"-J", "b", "j"}}), options);
    REQUIRE(plan);
    const auto rendered = script::render(*plan, plan->arrays.front(), options);
    REQUIRE(rendered);
    store::Submission noted;
    noted.job_id = "17";
    noted.folder = folder / "submissions/00ff";
    REQUIRE(util::ensure_private_folder(noted.folder));
    REQUIRE(util::write_file_atomically(noted.folder + "/sarray.slurm", rendered->script));
    return follow::ArrayHistory::open(site, {noted}, {"17", ""}, "");
  }
  void answer(const std::vector<TaskState>& states, slurm::Identity identity = slurm::Identity::same) {
    engine.on_states = [=](const auto& arrays) -> util::Result<slurm::ArrayStates> {
      CHECK(arrays.size() == 1);
      CHECK(arrays.front().job_id == "17");
      CHECK(arrays.front().tasks == 4);
      slurm::ArrayStates answer;
      answer.tasks.resize(1);
      answer.holders = {{identity, ""}};
      for (const auto state : states) {
        slurm::TaskRecord task;
        task.index = static_cast<std::uint32_t>(answer.tasks[0].size());
        task.state = state;
        answer.tasks[0].push_back(task);
      }
      return answer;
    };
  }
};

}  // namespace

TEST_CASE("tasks are selected by what the engine says of them") {
  Followed followed;
  auto history = followed.open();
  REQUIRE(history);
  followed.answer({TaskState::completed, TaskState::failed, TaskState::running, TaskState::timeout});
  REQUIRE(history->refresh(followed.engine, false));
  CHECK(followed.engine.asked == std::vector<std::string>{"states"});
  const auto select = [&](const follow::Selection& selection) {
    const auto indices = follow::select_tasks(history->history(), selection);
    REQUIRE(indices);
    return *indices;
  };
  CHECK(select({}) == Indices{0, 1, 2, 3});
  CHECK(select({.jobs = {"a"}, .tasks = "", .states = {}, .failed = true}) == Indices{1});
  CHECK(select({.jobs = {}, .tasks = "", .states = {}, .failed = true}) == Indices{1, 3});
  CHECK(select({.jobs = {}, .tasks = "0-2", .states = {TaskState::running, TaskState::timeout}, .failed = false}) == Indices{2});
}

TEST_CASE("an engine that does not answer, or has another job under that id, is an error") {
  Followed followed;
  auto history = followed.open();
  REQUIRE(history);
  followed.engine.on_states = [](const auto&) -> util::Result<slurm::ArrayStates> { return util::fail("squeue", "no answer"); };
  const auto silent = history->refresh(followed.engine, false);
  REQUIRE_FALSE(silent);
  CHECK(silent.error().why == "no answer");
  followed.answer({TaskState::running, TaskState::running, TaskState::running, TaskState::running}, slurm::Identity::other);
  CHECK_FALSE(history->refresh(followed.engine, false));
}
