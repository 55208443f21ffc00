#include <doctest/doctest.h>

#include <filesystem>
#include <set>
#include <thread>
#include <vector>

#include "state.hpp"
#include "store/groups.hpp"
#include "util/fd.hpp"

using namespace sarray;

namespace {

store::Submission make(std::uint32_t number, std::uint32_t part, std::uint32_t of, const std::string& job_id) {
  store::Submission submission;
  submission.job_id = job_id;
  submission.group = {number, part, of};
  return submission;
}

void write(const store::StateFolder& folder, const std::string& marker, store::Submission submission) {
  submission.folder = folder.submissions() + "/" + marker;
  std::filesystem::create_directories(submission.folder);
  REQUIRE(store::write_submission(submission));
}

}  // namespace

TEST_CASE("names of groups and of their arrays are read as they are written, and nothing else is") {
  CHECK(slurm::group_name(3) == "sarray-3");
  CHECK(slurm::array_name({3, 12, 14}) == "sarray-3.12");
  CHECK(slurm::parse_group_name("sarray-3") == slurm::GroupName{3, std::nullopt});
  CHECK(slurm::parse_group_name("sarray-3.12") == slurm::GroupName{3, 12});
  for (const char* text : {"", "sarray", "sarray-", "sarray-0", "sarray-03", "sarray-3.", "sarray-3.0", "sarray-3.1.2",
                           "sarray-3x", "sarray--3", "sarray-3_1", "Sarray-3", "3", "sarray-99999999999"})
    CHECK_FALSE(slurm::parse_group_name(text));
  CHECK(slurm::is_given_by_sarray("sarray"));
  CHECK(slurm::is_given_by_sarray("sarray-3.1"));
  CHECK_FALSE(slurm::is_given_by_sarray("sarray-3"));
  CHECK_FALSE(slurm::is_given_by_sarray("train"));
}

TEST_CASE("numbers of groups are taken once each, also at the same time") {
  const test::State state;
  const auto folder = test::State::folder();
  CHECK(store::next_group_number(folder) == 1);
  CHECK(store::take_group_number(folder) == 1);
  CHECK(store::next_group_number(folder) == 2);
  std::vector<std::vector<std::uint32_t>> taken(4);
  std::vector<std::thread> threads;
  for (auto& own : taken) {
    threads.emplace_back([&own, &folder] {
      for (int i = 0; i < 20; ++i) own.push_back(store::take_group_number(folder).value_or(0));
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::uint32_t> all;
  for (const auto& own : taken) all.insert(own.begin(), own.end());
  CHECK(all.size() == 80);
  CHECK(*all.begin() == 2);
  CHECK(*all.rbegin() == 81);
}

TEST_CASE("a lost or damaged counter gives no number that a record has") {
  const test::State state;
  const auto folder = test::State::folder();
  write(folder, "a", make(7, 1, 2, "17"));
  write(folder, "b", make(0, 0, 0, "18"));
  CHECK(store::next_group_number(folder) == 8);
  for (const char* text : {"", "x\n", "-1\n", "0\n", "99999999999\n", "4294967295\n", "3\n", "7\n"}) {
    REQUIRE(util::write_file_atomically(folder.path() + "/next_group", text));
    CHECK(store::next_group_number(folder) == 8);
  }
  CHECK(store::take_group_number(folder) == 8);
  CHECK(store::take_group_number(folder) == 9);
}

TEST_CASE("a group is unfinished until its last array is Slurm's") {
  using All = std::vector<store::Submission>;
  CHECK_FALSE(store::find_unfinished_group({}));
  CHECK_FALSE(store::find_unfinished_group(All{make(0, 0, 0, "1")}));
  CHECK(store::find_unfinished_group(All{make(3, 1, 3, "1")}) == slurm::GroupPlace{3, 1, 3});
  CHECK(store::find_unfinished_group(All{make(3, 2, 3, "2"), make(3, 1, 3, "1")}) == slurm::GroupPlace{3, 2, 3});
  CHECK_FALSE(store::find_unfinished_group(All{make(3, 1, 3, "1"), make(3, 2, 3, "2"), make(3, 3, 3, "3")}));
  // The rest was planned again, as more arrays or fewer.
  CHECK(store::find_unfinished_group(All{make(3, 1, 3, "1"), make(3, 2, 5, "2")}));
  CHECK_FALSE(store::find_unfinished_group(All{make(3, 1, 3, "1"), make(3, 2, 2, "2")}));
  auto never_sent = make(3, 3, 3, "");
  CHECK(store::find_unfinished_group(All{make(3, 2, 3, "2"), never_sent}));
  never_sent.job_id = "3";
  never_sent.is_withdrawn = true;
  CHECK(store::find_unfinished_group(All{make(3, 2, 3, "2"), never_sent}));
  auto later = make(0, 0, 0, "4");
  later.time = 10;
  CHECK_FALSE(store::find_unfinished_group(All{make(3, 1, 3, "1"), later}));
}

TEST_CASE("the arrays of a group, by their part; an array of an older record is its own") {
  const std::vector<store::Submission> all = {make(3, 2, 2, "12"), make(0, 0, 0, "5"), make(3, 1, 2, "11"), make(4, 1, 2, "13")};
  const auto ids = [](const std::vector<const store::Submission*>& arrays) {
    std::string text;
    for (const auto* array : arrays) text += array->job_id + " ";
    return text;
  };
  CHECK(ids(store::arrays_of_group(all, all[0])) == "11 12 ");
  CHECK(ids(store::arrays_of_group(all, all[1])) == "5 ");
  CHECK(ids(store::arrays_of_group(all, 4)) == "13 ");
  CHECK(ids(store::arrays_of_group(all, 0)).empty());
  CHECK(ids(store::arrays_of_group(all, 9)).empty());
}

TEST_CASE("the parts of a group that no record tells of are known, as far as another says how many there are") {
  const auto missing = [](const std::vector<store::Submission>& all) {
    return store::find_missing_parts(store::arrays_of_group(all, 3));
  };
  using All = std::vector<store::Submission>;
  using Parts = std::vector<std::uint32_t>;
  CHECK_FALSE(missing({}));
  CHECK_FALSE(store::find_missing_parts({}));
  const auto alone = make(0, 0, 0, "1");
  CHECK_FALSE(store::find_missing_parts({&alone}));
  CHECK_FALSE(missing(All{make(3, 2, 2, "2"), make(3, 1, 2, "1")}));
  const auto between = missing(All{make(3, 1, 3, "1"), make(3, 3, 3, "3")});
  REQUIRE(between);
  CHECK(between->number == 3);
  CHECK(between->of == 3);
  CHECK(between->parts == Parts{2});
  CHECK_FALSE(between->may_be_unsent);
  CHECK(missing(All{make(3, 2, 3, "2"), make(3, 3, 3, "3")})->parts == Parts{1});
  const auto last = missing(All{make(3, 2, 4, "2")});
  REQUIRE(last);
  CHECK(last->parts == Parts{1, 3, 4});
  CHECK(last->may_be_unsent);
  // The rest was planned again, as fewer arrays or more.
  CHECK_FALSE(missing(All{make(3, 1, 3, "1"), make(3, 2, 2, "2")}));
  CHECK(missing(All{make(3, 1, 2, "1"), make(3, 2, 3, "2")})->parts == Parts{3});
  // An array that is recorded twice is one part.
  CHECK_FALSE(missing(All{make(3, 1, 2, "1"), make(3, 1, 2, "5"), make(3, 2, 2, "2")}));
}

TEST_CASE("arrays are found by the name of their jobs, if Slurm shows another") {
  const test::State state;
  const auto folder = test::State::folder();
  auto one = make(3, 1, 2, "17");
  one.name = "sarray-3.1";
  one.job_name = "db";
  write(folder, "a", one);
  one.name = "sarray-3.2";
  one.job_name = "";
  write(folder, "b", one);
  CHECK(store::names_of_arrays(folder, "db") == std::set<std::string>{"sarray-3.1"});
  CHECK(store::names_of_arrays(folder, "").empty());
}
