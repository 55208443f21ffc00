#include <doctest/doctest.h>

#include "answer/account_json.hpp"

namespace sarray::answer {

namespace {

using Tasks = std::vector<std::uint32_t>;

Json document_of(const char* type, const char* parser) {
  return {{"meta", {{"plugin", {{"type", type}, {"data_parser", parser}}}}}, {"jobs", Json::array()}};
}

}  // namespace

TEST_CASE("the tasks of a block are a mask that is as long as the array") {
  CHECK(read_task_mask("0x2A8") == Tasks{3, 5, 7, 9});
  CHECK(write_task_mask({3, 5, 7, 9}, 9) == "0x2A8");
  CHECK(write_task_mask({0}, 20) == "0x000001");
  CHECK(read_task_mask("0x000001") == Tasks{0});
  for (const auto* text : {"", "0x", "2A8", "0x2AG", "3-9:2"}) CHECK_FALSE(read_task_mask(text));
  CHECK_FALSE(read_task_mask("0x" + std::string(2000000, 'F')));
}

TEST_CASE("a record of sacct names its job") {
  const auto name_of = [](const char* text) { return account_job_name(Json::parse(text)); };
  const auto plain = name_of(R"({"job_id": 17, "array": {"job_id": 0, "task": null, "task_id": null}})");
  REQUIRE(plain);
  CHECK(plain->job == 17);
  CHECK(plain->tasks.empty());
  const auto task = name_of(R"({"job_id": 18, "array": {"job_id": 17, "task": "", "task_id": {"set": true, "number": 4}}})");
  REQUIRE(task);
  CHECK(task->job == 17);
  CHECK(task->tasks == Tasks{4});
  CHECK_FALSE(task->is_block);
  const auto block = name_of(R"({"job_id": 17, "array": {"job_id": 17, "task": "0x0C", "task_id": null}})");
  REQUIRE(block);
  CHECK(block->tasks == Tasks{2, 3});
  CHECK(block->is_block);
  CHECK_FALSE(name_of(R"({"job_id": 17})"));
  CHECK_FALSE(name_of(R"({"array": {"job_id": 17}})"));
  CHECK_FALSE(name_of(R"({"job_id": -1, "array": 5})"));
}

TEST_CASE("a task with a record of its own is not in its array's block") {
  BegunTasks begun;
  begun.add({17, {2}, false, false, ""});
  begun.add({17, {3}, false, false, "batch"});
  begun.add({17, {4, 5}, true, false, ""});
  CHECK(begun.others({17, {1, 2, 3, 4}, true, false, ""}) == Tasks{1, 3, 4});
  CHECK(begun.others({18, {2}, true, false, ""}) == Tasks{2});
  CHECK(begun.others({17, {2}, false, false, ""}) == Tasks{2});
}

TEST_CASE("only forms of sacct's answer that are known are read") {
  CHECK(read_account_shape(document_of("openapi/dbv0.0.38", "")));
  CHECK(read_account_shape(document_of("", "data_parser/v0.0.42"))->parser == 42);
  CHECK_FALSE(read_account_shape(document_of("openapi/v0.0.38", "")));
  CHECK_FALSE(read_account_shape(document_of("openapi/dbv0.0.37", "")));
  CHECK_FALSE(read_account_shape(document_of("", "data_parser/v0.0.43")));
  CHECK_FALSE(read_account_shape(Json::parse(R"({"jobs": []})")));
}

}  // namespace sarray::answer
