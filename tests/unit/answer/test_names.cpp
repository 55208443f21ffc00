#include <doctest/doctest.h>

#include "answer/names.hpp"

namespace sarray::answer {

namespace {

using Numbers = std::vector<std::uint32_t>;

/// An array of three jobs: a plain one, tasks 4-6, and a plain one.
script::Map make_map() {
  script::Map map;
  const auto add = [&](std::uint32_t first, const char* ids, const char* name) {
    script::MappedJob job;
    job.id = 2000000001 + static_cast<std::uint32_t>(map.jobs.size());
    job.first_index = first;
    job.name = name;
    if (*ids != '\0') job.ids = slurm::ArrayIds::parse(ids, slurm::unknown_max_array_size).value();
    job.tasks = job.ids ? job.ids->count() : 1;
    map.tasks += job.tasks;
    map.jobs.push_back(job);
  };
  add(0, "", "first");
  add(1, "4-6", "second");
  add(4, "", "third");
  return map;
}

std::vector<std::string> ours(const script::Map& map, const char* text) {
  const auto name = read_name(text);
  REQUIRE(name);
  std::vector<std::string> texts;
  for (const auto& part : find_ours(map, *name)) texts.push_back(part.text());
  return texts;
}

}  // namespace

TEST_CASE("names of jobs, tasks and steps are read") {
  CHECK(read_name("17")->tasks.empty());
  CHECK(read_name("17_3")->tasks == Numbers{3});
  CHECK(read_name("17_[3-5,8%2]")->tasks == Numbers{3, 4, 5, 8});
  CHECK(read_name("17_[0-8:4]")->tasks == Numbers{0, 4, 8});
  CHECK(read_name("17_3.batch")->step == "batch");
  CHECK(read_name("17.0")->step == "0");
  CHECK(read_name("17_*")->is_whole);
  for (const char* text : {"", "x", "17_", "17_x", "17_[", "17_[]", "17_[5-x]", "17.", "JOBID", "17_[0-99999999]", "17_[1-2:0]"})
    CHECK_FALSE_MESSAGE(read_name(text), text);
}

TEST_CASE("tasks are written as Slurm writes those of a block") {
  CHECK(write_tasks({0, 1, 2}) == "0-2");
  CHECK(write_tasks({3, 5, 7, 9}) == "3,5,7,9");
  CHECK(write_tasks({0, 3, 6, 9, 12, 15}) == "0-15:3");        // observed on 22.05
  CHECK(write_tasks({0, 2, 4, 6, 8, 10}) == "0,2,4,6,8,10");   // likewise: it is too short
  CHECK(write_tasks({1, 21, 41, 61, 81}) == "1,21,41,61,81");  // likewise: too few
  CHECK(write_tasks({}).empty());
}

TEST_CASE("a name of Slurm's is what it means here, job by job") {
  const auto map = make_map();
  using Texts = std::vector<std::string>;
  CHECK(ours(map, "17_0") == Texts{"2000000001"});
  CHECK(ours(map, "17_2") == Texts{"2000000002_5"});
  CHECK(ours(map, "17_2.batch") == Texts{"2000000002_5.batch"});
  CHECK(ours(map, "17_[0-4%3]") == Texts{"2000000001", "2000000002_[4-6]", "2000000003"});
  CHECK(ours(map, "17_[2,4]") == Texts{"2000000002_[5]", "2000000003"});
  CHECK(ours(map, "17").empty());
  CHECK(ours(map, "17_9").empty());
}

TEST_CASE("a name of ours is tasks of the array") {
  const auto map = make_map();
  CHECK(find_indices(map, *read_name("2000000002")) == Numbers{1, 2, 3});
  CHECK(find_indices(map, *read_name("2000000002_6")) == Numbers{3});
  CHECK(find_indices(map, *read_name("2000000002_[4,6]")) == Numbers{1, 3});
  CHECK(find_indices(map, *read_name("2000000003")) == Numbers{4});
  CHECK(find_indices(map, *read_name("2000000002_9")) == Numbers{});
  CHECK(find_indices(map, *read_name("2000000003_1")) == Numbers{});
  CHECK_FALSE(find_indices(map, *read_name("2000000009")));
  CHECK(write_slurm_name("17", {3}) == "17_3");
  CHECK(write_slurm_name("17", {3, 4, 6}) == "17_[3-4,6]");
}

}  // namespace sarray::answer
