#include <doctest/doctest.h>

#include <map>
#include <string>

#include "../store/state.hpp"
#include "engine/pipeline.hpp"
#include "store/submissions.hpp"
#include "support.hpp"
#include "util/fd.hpp"

using namespace sarray;
using store::PipelineStep;

namespace {

constexpr slurm::Release release{22, 5};
constexpr auto pending = slurm::TaskState::pending;

struct Task {
  bool held = true;
  std::string waits;
};

/// How an order to Slurm is cut off.
enum class Cut : std::uint8_t { none, before, after, half };

/// A Slurm that has three arrays in hold: 1, 2 that waits for it task by task, and 3 that waits for all of 2.
struct World {
  test::State state;
  store::StateFolder folder = test::State::folder();
  std::map<std::string, std::vector<Task>> slurm;
  test::ScriptedEngine engine;
  int orders = 0;  ///< so far
  int cut_at = 0;  ///< the number of the one that is cut off; 0: none
  Cut cut = Cut::none;
  bool any_early = false;  ///< whether something was released before all was set

  World() {
    for (const auto& [id, tasks] : {std::pair{"1", 2U}, {"2", 2U}, {"3", 1U}}) {
      store::Submission submission;
      submission.folder = folder.submissions() + "/" + id;
      submission.job_id = id;
      submission.step = PipelineStep::held;
      REQUIRE(util::ensure_private_folder(submission.folder));
      REQUIRE(store::write_submission(submission));
      slurm[id].resize(tasks);
    }
    engine.on_update = [this](const auto& updates) { return update(updates); };
    engine.on_dependencies = [this] { return show(); };
    engine.on_control = [this](engine::Verb verb, const auto& names) { return control(verb, names); };
  }

  [[nodiscard]] std::vector<engine::LinkedArray> arrays() const {
    std::vector<engine::LinkedArray> arrays;
    arrays.push_back({"1", "", 2, 0, {}, false, {}});
    arrays.push_back({"2", "", 2, 1, {{{{0, 0}}, "afterok:1_0"}, {{{1, 1}}, "afterok:1_1"}}, false, {}});
    arrays.push_back({"3", "", 1, 2, {{{}, "afterany:2"}}, false, {}});
    std::erase_if(arrays, [&](auto& array) {
      array.folder = folder.submissions() + "/" + array.job_id;
      array.step = store::read_submission(array.folder).value_or(store::Submission()).step;
      return array.step == PipelineStep::released;
    });
    return arrays;
  }
  [[nodiscard]] bool is_all_set() const {
    return slurm.at("2")[0].waits == "afterok:1_0" && slurm.at("2")[1].waits == "afterok:1_1" &&
           slurm.at("3")[0].waits == "afterany:2";
  }
  [[nodiscard]] bool is_any_held() const {
    for (const auto& [id, tasks] : slurm) {
      for (const auto& task : tasks) {
        if (task.held) return true;
      }
    }
    return false;
  }

 private:
  Cut next() { return ++orders == cut_at ? cut : Cut::none; }
  static util::Result<void> broken() { return util::fail("scontrol", "the connection broke"); }

  util::Result<void> update(const std::vector<slurm::DependencyUpdate>& updates) {
    const auto how = next();
    if (how == Cut::before) return broken();
    auto left = how == Cut::half ? updates.size() / 2 : updates.size();
    for (const auto& one : updates) {
      if (left-- == 0) break;
      const auto id = one.tasks.substr(0, one.tasks.find('_'));
      auto& tasks = slurm.at(id);
      if (id == one.tasks) {
        for (auto& task : tasks) task.waits = one.condition;
      } else {
        tasks.at(std::stoul(one.tasks.substr(id.size() + 1))).waits = one.condition;
      }
    }
    return how == Cut::none ? util::Result<void>() : broken();
  }
  util::Result<std::vector<slurm::WaitingTask>> show() {
    if (next() != Cut::none) return util::fail("squeue", "no answer");
    std::vector<slurm::WaitingTask> shown;
    for (const auto& [id, tasks] : slurm) {
      for (std::uint32_t index = 0; index < tasks.size(); ++index) {
        const auto& task = tasks[index];
        shown.push_back({id, index, pending, task.held, task.waits.empty() ? "" : task.waits + "(unfulfilled)"});
      }
    }
    return shown;
  }
  util::Result<void> control(engine::Verb verb, const std::vector<std::string>& names) {
    REQUIRE(verb == engine::Verb::release);
    const auto how = next();
    if (how == Cut::before) return broken();
    auto left = how == Cut::half ? names.size() / 2 : names.size();
    for (const auto& name : names) {
      if (left-- == 0) break;
      any_early = any_early || !is_all_set();
      for (auto& task : slurm.at(name)) task.held = false;
    }
    return how == Cut::none ? util::Result<void>() : broken();
  }
};

}  // namespace

TEST_CASE("a pipeline is set, read back, released from its end, and each step is noted") {
  World world;
  const auto done = engine::link_and_release(world.arrays(), world.engine, release, "a hint");
  REQUIRE(done);
  CHECK(done->updates == 3);
  CHECK(done->arrays == 3);
  CHECK(world.is_all_set());
  CHECK_FALSE(world.any_early);
  CHECK_FALSE(world.is_any_held());
  CHECK(world.arrays().empty());
  CHECK(world.engine.asked ==
        std::vector<std::string>{"update 2_0", "update 3", "dependencies", "dependencies", "control 3", "dependencies"});
}

TEST_CASE("wherever it is cut off, nothing begins early, and the next one ends it") {
  for (const auto how : {Cut::before, Cut::after, Cut::half}) {
    for (int at = 1; at <= 6; ++at) {
      CAPTURE(at);
      World world;
      world.cut = how;
      world.cut_at = at;
      const auto first = engine::link_and_release(world.arrays(), world.engine, release, "a hint");
      CHECK_FALSE(first);
      CHECK_FALSE(first.error().hint.empty());
      CHECK_FALSE(world.any_early);
      REQUIRE(engine::link_and_release(world.arrays(), world.engine, release, "a hint"));
      CHECK(world.is_all_set());
      CHECK_FALSE(world.any_early);
      CHECK_FALSE(world.is_any_held());
      CHECK(world.arrays().empty());
    }
  }
}

TEST_CASE("once all is set and noted, nothing is set again: what was waited for may be over by then") {
  World world;
  world.cut_at = 5;  // the release
  world.cut = Cut::half;
  CHECK_FALSE(engine::link_and_release(world.arrays(), world.engine, release, "a hint"));
  world.engine.asked.clear();
  REQUIRE(engine::link_and_release(world.arrays(), world.engine, release, "a hint"));
  CHECK(world.engine.asked == std::vector<std::string>{"dependencies", "control 2", "dependencies"});
}

TEST_CASE("what Slurm did not set is seen, and all stays held") {
  World world;
  world.engine.on_update = [](const auto&) { return util::Result<void>(); };
  const auto done = engine::link_and_release(world.arrays(), world.engine, release, "a hint");
  REQUIRE_FALSE(done);
  CHECK(done.error().why == "task 2_0 waits for '' in Slurm, and not for 'afterok:1_0'");
  CHECK(world.arrays().size() == 3);
  CHECK(world.arrays().front().step == PipelineStep::held);
  for (const auto& [id, tasks] : world.slurm) CHECK(tasks.front().held);
}

TEST_CASE("indices that begin above 0 are compared to the last one") {
  World world;
  world.engine.on_update = [](const auto&) { return util::Result<void>(); };
  world.engine.on_dependencies = []() -> util::Result<std::vector<slurm::WaitingTask>> {
    return std::vector<slurm::WaitingTask>{{"2", 5, pending, true, "afterok:2_5(unfulfilled)"}, {"2", 6, pending, true}};
  };
  std::vector<engine::LinkedArray> arrays;
  arrays.push_back({"2", world.folder.submissions() + "/2", 2, 0, {{{}, "afterok:2_5"}}, false, PipelineStep::held, 5});
  const auto done = engine::link_and_release(arrays, world.engine, release, "a hint");
  REQUIRE_FALSE(done);
  CHECK(done.error().why == "task 2_6 waits for '' in Slurm, and not for 'afterok:2_5'");
}

TEST_CASE("a task that is gone is no parent: it would soon count as satisfied") {
  World world;
  world.slurm["1"].pop_back();
  const auto done = engine::link_and_release(world.arrays(), world.engine, release, "a hint");
  REQUIRE_FALSE(done);
  CHECK(done.error().why == "array 1 has only 1 of its 2 tasks in the queue");
  CHECK(world.is_any_held());
}

TEST_CASE("an array that its user holds stays held, and is done") {
  World world;
  auto arrays = world.arrays();
  arrays[0].stays_held = true;
  REQUIRE(engine::link_and_release(arrays, world.engine, release, "a hint"));
  CHECK(world.slurm["1"].front().held);
  CHECK_FALSE(world.slurm["2"].front().held);
  CHECK(world.arrays().empty());
}

TEST_CASE("the ids of a plan's arrays are filled in") {
  CHECK(engine::fill_in("afterok:@0_[1,3],afterany:@1,afterok:17", {"100", "2"}) == "afterok:100_[1,3],afterany:2,afterok:17");
  CHECK(engine::fill_in("afterok:@10?afterok:@1", {"0", "11", "2", "3", "4", "5", "6", "7", "8", "9", "1010"}) ==
        "afterok:1010?afterok:11");
}
