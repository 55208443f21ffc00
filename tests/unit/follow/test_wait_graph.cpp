#include <doctest/doctest.h>

#include "follow/wait_graph.hpp"

using namespace sarray;
using follow::SlurmTask;
using slurm::TaskState;

namespace {

/// A graph of tasks: "40_1 afterok:20_1(failed)".
follow::WaitGraph make_graph(const std::vector<std::pair<SlurmTask, std::string>>& tasks, TaskState state = TaskState::pending) {
  std::vector<slurm::WaitingTask> waiting;
  for (const auto& [name, shown] : tasks) {
    const auto waits = slurm::parse_shown_dependency(shown);
    REQUIRE(waits);
    waiting.push_back({name.first, name.second, state, false, shown, *waits});
  }
  return follow::WaitGraph(std::move(waiting));
}

std::string causes(const follow::WaitGraph& graph, const SlurmTask& name) {
  const auto* task = graph.find(name);
  REQUIRE(task != nullptr);
  std::string text;
  for (const auto& cause : graph.causes(*task)) text += (text.empty() ? "" : " ") + slurm::format_condition(cause);
  return text;
}

std::string dependents(const follow::WaitGraph& graph, const std::vector<SlurmTask>& cancelled) {
  std::string text;
  for (const auto& dependent : graph.dependents(cancelled)) {
    text += (text.empty() ? "" : " ") + dependent.task->array_id + "_" + std::to_string(dependent.task->index) +
            (dependent.is_never ? "" : " free");
  }
  return text;
}

}  // namespace

TEST_CASE("the cause is at the beginning of the chain") {
  const auto graph = make_graph({{{"40", 1}, "afterok:20_1(failed)"},
                                 {{"40", 2}, "afterok:20_2(unfulfilled)"},
                                 {{"50", 0}, "afterok:40_1(unfulfilled),afterok:40_2(unfulfilled)"},
                                 {{"60", 0}, "afterok:50_*(unfulfilled)"},
                                 {{"70", 0}, "afterok:40_1(unfulfilled)?afterok:40_2(unfulfilled)"}});
  CHECK(causes(graph, {"40", 1}) == "afterok:20_1");
  CHECK(causes(graph, {"40", 2}).empty());
  CHECK(causes(graph, {"50", 0}) == "afterok:20_1");
  CHECK(causes(graph, {"60", 0}) == "afterok:20_1");
  CHECK(causes(graph, {"70", 0}).empty());
}

TEST_CASE("of an array whose tasks wait for their twins, each has its own cause") {
  const auto graph = make_graph({{{"40", 1}, "aftercorr:20_*(failed)"},
                                 {{"40", 2}, "aftercorr:20_*(unfulfilled)"},
                                 {{"50", 1}, "aftercorr:40_*(unfulfilled)"},
                                 {{"50", 2}, "aftercorr:40_*(unfulfilled)"}});
  CHECK(causes(graph, {"40", 1}) == "aftercorr:20_1");
  CHECK(causes(graph, {"50", 1}) == "aftercorr:20_1");
  CHECK(causes(graph, {"40", 2}).empty());
  CHECK(causes(graph, {"50", 2}).empty());
}

TEST_CASE("the cause of what the site has cancelled") {
  const auto graph = make_graph({{{"40", 1}, "afterok:20_1(failed)"}, {{"50", 0}, "afterok:40_1(failed)"}}, TaskState::cancelled);
  CHECK(causes(graph, {"50", 0}) == "afterok:20_1");
}

TEST_CASE("a circle ends") {
  const auto graph = make_graph({{{"40", 1}, "afterok:50_1(unfulfilled)"}, {{"50", 1}, "afterok:40_1(unfulfilled)"}});
  CHECK(causes(graph, {"40", 1}).empty());
}

TEST_CASE("who can never run, and who is freed, if a task is cancelled") {
  const auto graph = make_graph({{{"40", 1}, "afterok:20_1(unfulfilled)"},
                                 {{"40", 2}, "afterok:20_2(unfulfilled)"},
                                 {{"50", 0}, "afterok:40_1(unfulfilled),afterok:40_2(unfulfilled)"},
                                 {{"60", 0}, "afterany:50_0(unfulfilled)"},
                                 {{"70", 0}, "aftercorr:20_*(unfulfilled)"},
                                 {{"70", 1}, "aftercorr:20_*(unfulfilled)"}});
  CHECK(dependents(graph, {{"20", 1}}) == "40_1 50_0 60_0 free 70_1");
  CHECK(dependents(graph, {{"99", 1}}).empty());
}
