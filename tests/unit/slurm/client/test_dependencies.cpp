#include <doctest/doctest.h>

#include <string>

#include "slurm/client/dependencies.hpp"

using namespace sarray::slurm;

namespace {

std::vector<TaskRecord> records(const std::vector<TaskState>& states) {
  std::vector<TaskRecord> list;
  for (const auto state : states) {
    TaskRecord record;
    record.index = static_cast<std::uint32_t>(list.size());
    record.state = state;
    list.push_back(record);
  }
  return list;
}

constexpr auto done = TaskState::completed;
constexpr auto failed = TaskState::failed;
constexpr auto running = TaskState::running;
constexpr auto pending = TaskState::pending;

}  // namespace

TEST_CASE("a condition on what Slurm has is open, satisfied, or can never be") {
  using Type = DependencyType;
  CHECK(judge_condition(Type::afterok, records({done, done})) == Verdict::satisfied);
  CHECK(judge_condition(Type::afterok, records({done, failed})) == Verdict::never);
  CHECK(judge_condition(Type::afterok, records({failed, running})) == Verdict::open);
  CHECK(judge_condition(Type::aftercorr, records({done})) == Verdict::satisfied);
  CHECK(judge_condition(Type::afternotok, records({done, failed})) == Verdict::satisfied);
  CHECK(judge_condition(Type::afternotok, records({done, done})) == Verdict::never);
  CHECK(judge_condition(Type::afternotok, records({failed, pending})) == Verdict::open);
  CHECK(judge_condition(Type::afterany, records({TaskState::cancelled, TaskState::timeout})) == Verdict::satisfied);
  CHECK(judge_condition(Type::afterany, records({done, running})) == Verdict::open);
  CHECK(judge_condition(Type::after, records({done, failed})) == Verdict::satisfied);
  CHECK(judge_condition(Type::after, records({running})) == Verdict::open);
  CHECK(judge_condition(Type::afterok, {}) == Verdict::unknown);
  CHECK(judge_condition(Type::afterok, records({TaskState::unknown})) == Verdict::unknown);
}

TEST_CASE("a condition is on a job, on one of its tasks, or on a task by its own id") {
  ArrayRecords all;
  for (const auto& record : records({done, failed, done})) all.emplace_back("17", record);
  all[1].second.job_id = "19";
  const auto count = [&](std::uint32_t job, std::optional<std::uint32_t> task) {
    return records_of(all, {DependencyType::afterok, job, task, 0}).size();
  };
  CHECK(count(17, std::nullopt) == 3);
  CHECK(count(17, 1) == 1);
  CHECK(count(17, 7) == 0);
  CHECK(count(19, std::nullopt) == 1);
  CHECK(count(19, 1) == 0);
  CHECK(count(18, std::nullopt) == 0);
}
