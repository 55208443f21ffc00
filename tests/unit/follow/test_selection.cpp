#include <doctest/doctest.h>

#include "follow/job_selection.hpp"
#include "follow/selection.hpp"
#include "util/numbers.hpp"

using namespace sarray;

namespace {

/// Ten jobs of four tasks each; the ninth is named "12".
follow::History make_history() {
  follow::History history;
  follow::Attempt attempt;
  attempt.job_id = "17";
  for (std::uint32_t number = 1; number <= 10; ++number) {
    script::MappedJob job;
    job.number = number;
    job.id = 2000000000 + number;
    job.first_index = (number - 1) * 4;
    job.tasks = 4;
    job.name = number == 9 ? "12" : "job" + std::to_string(number);
    attempt.map.jobs.push_back(job);
  }
  attempt.map.tasks = 40;
  attempt.tasks.resize(40);
  history.attempts.push_back(attempt);
  find_latest_attempts(history);
  return history;
}

/// "STATUS WHAT: WHY | HINT" of an error.
template <class T>
std::string words_of(const util::Result<T>& result) {
  REQUIRE_FALSE(result);
  const auto& error = result.error();
  return std::to_string(error.status) + " " + error.what + ": " + error.why + " | " + error.hint;
}

}  // namespace

TEST_CASE("a task, and several as squeue shows them") {
  CHECK_FALSE(follow::parse_task_reference("42137")->indices);
  CHECK(follow::parse_task_reference("42137_678")->indices->text() == "678");
  CHECK(follow::parse_task_reference("42137_[3-5,8%2]")->indices->text() == "3-5,8");
  CHECK(follow::parse_task_reference("2000000003_[4]")->is_virtual);
  const std::string hint = " | 4217, 4217_7 or 4217_[3-5]: sarray history shows job ids";
  for (const auto* word : {"", "0", "1.batch"})
    CHECK(words_of(follow::parse_task_reference(word)) ==
          "2 job id: '" + std::string(word) + "' is not a whole number (1 or more)" + hint);
  for (const auto* word : {"xyz", "sarray", "a b"})
    CHECK(words_of(follow::parse_task_reference(word)) ==
          "2 job " + std::string(word) + ": it is neither a job id nor the name of a submission | sarray find " +
              (std::string(word) == "a b" ? "'a b'" : word) + ", if it is a job's name; sarray history shows job ids");
  CHECK(words_of(follow::parse_task_reference("1_")) == "2 task id: '' is not a whole number (0 or more)" + hint);
  CHECK(words_of(follow::parse_task_reference("1_3-5")) == "2 task id: '3-5' is not a whole number (0 or more)" + hint);
  CHECK(words_of(follow::parse_task_reference("1_[5-3]")) == "2 task ids: '5-3' is not a valid list of task ids" + hint);
  CHECK(words_of(follow::parse_task_reference("1_[]")) == "2 task id: '[]' is not a whole number (0 or more)" + hint);
}

TEST_CASE("what looks like the name of a submission, and is not one") {
  const auto says = [](const std::string& word) { return words_of(follow::parse_task_reference(word)); };
  const std::string hint = " | sarray-3 is a submission of several arrays, sarray-3.2 is one of them: squeue shows these names";
  const std::string zeros = ": numbers in the names of submissions begin with 1, and have no zeros in front";
  for (const std::string word : {"sarray-01", "sarray-0", "sarray-1.0", "sarray-1.02", "sarray-000"})
    CHECK(says(word) == "2 job " + word + zeros + hint);
  for (const std::string word : {"sarray-99999999999999999999", "sarray-1.99999999999"})
    CHECK(says(word) == "2 job " + word + ": no submission has so high a number" + hint);
  for (const std::string word : {"sarray-", "sarray-x", "sarray-1.", "sarray-1.2.3", "sarray--1", "sarray-1.x"})
    CHECK(says(word) == "2 job " + word + ": sarray- must be followed by the number of a submission" + hint);
  for (const std::string word : {"sarray-1_[0]", "sarray-1_0", "sarray-1.1_0", "sarray-01_0", "sarray-_"}) {
    const auto ids = word.substr(word.find('_'));
    CHECK(says(word) == "2 job " + word + ": task ids follow the job id of an array, not a name | 4217" +
                            (ids == "_" ? "_0" : ids) + ", as squeue shows the task; sarray history shows job ids");
  }
}

TEST_CASE("--job: a number that there is not, what is no number, and a name that looks like one") {
  const auto history = make_history();
  const auto select = [&](const std::string& job) { return follow::select_tasks(history, {{job}, "", {}, false}); };
  CHECK(*select("2") == std::vector<std::uint32_t>{4, 5, 6, 7});
  CHECK(select("2000000003,1").error().why == "the jobs are 1 to 10");
  CHECK(*select("12") == std::vector<std::uint32_t>{32, 33, 34, 35});
  CHECK(words_of(select("13")) == "2 --job 13: the jobs are 1 to 10 | sarray status 17");
  CHECK(words_of(select("3-")) == "2 --job 3-: not a job number or a list of job numbers | 1, 2-5 or 1,4-6");
  CHECK(words_of(select("5-2")) == "2 --job 5-2: not a job number or a list of job numbers | 1, 2-5 or 1,4-6");
  CHECK(words_of(select("nosuch")) ==
        "2 --job nosuch: no job has that number, id or name | a job number, a virtual id, a name, or a "
        "pattern like 'train*'; sarray status 17 shows them");
}

namespace {

script::Map make_map(const std::vector<std::string>& names) {
  script::Map map;
  for (const auto& name : names) {
    script::MappedJob job;
    job.number = static_cast<std::uint32_t>(map.jobs.size()) + 1;
    job.id = 2000000000 + job.number;
    job.first_index = job.number - 1;
    job.name = name;
    map.jobs.push_back(job);
  }
  map.tasks = static_cast<std::uint32_t>(names.size());
  return map;
}

/// The numbers of the jobs that a word means; of an error "error: WHY | HINT".
std::string jobs_of(const script::Map& map, const std::string& word) {
  const auto jobs = follow::select_jobs(follow::jobs_of(map), {word}, "sarray status 17");
  if (!jobs) return "error: " + jobs.error().why + " | " + jobs.error().hint;
  std::string text;
  for (const auto* job : *jobs) text += (text.empty() ? "" : " ") + std::to_string(job->number);
  return text;
}

}  // namespace

TEST_CASE("--job: a word has one meaning, or is refused with both") {
  // What `for i in 0 1 2 3 4; do sbatch -J $i` makes, and some names that look like something else.
  const auto map = make_map({"0", "1", "2", "3", "4", "run[1]", "run1", "2000000003", "1-2", "*", "9", "name:3"});
  CHECK(jobs_of(map, "3") ==
        "error: as a number it means job 3 (2), as a name it means job 4 (3) | --job number:3, or --job name:3");
  CHECK(jobs_of(map, "number:3") == "3");
  CHECK(jobs_of(map, "name:4") == "5");
  CHECK(
      jobs_of(map, "2000000003") ==
      "error: as an id it means job 3 (2), as a name it means job 8 (2000000003) | --job id:2000000003, or --job name:2000000003");
  CHECK(jobs_of(map, "id:2000000003") == "3");
  CHECK(jobs_of(map, "1-2").starts_with("error: as a number it means jobs 1 (0), 2 (1), as a name it means job 9 (1-2)"));
  CHECK(jobs_of(map, "number:1-2") == "1 2");
  CHECK(jobs_of(map, "name:1-2") == "9");
  CHECK(jobs_of(map, "run[1]") == "6");  // a name as it stands is no pattern
  CHECK(jobs_of(map, "pattern:run[1]") == "7");
  CHECK(jobs_of(map, "*") == "10");
  CHECK(jobs_of(map, "pattern:*") == "1 2 3 4 5 6 7 8 9 10 11 12");
  CHECK(jobs_of(map, "run*") == "6 7");
  CHECK(jobs_of(map, "name:3") ==
        "error: as a name it means job 4 (3), as a name it means job 12 (name:3) | --job number:4, or --job name:name:3");
  CHECK(jobs_of(map, "name:name:3") == "12");
  const auto prefixed = make_map({"a", "b", "number:1"});  // its hint is not the word that was refused
  CHECK(jobs_of(prefixed, "number:1") ==
        "error: as a number it means job 1 (a), as a name it means job 3 (number:1) | --job 1, or --job name:number:1");
  CHECK(jobs_of(map, "0") == "1");  // there is no job 0
  CHECK(jobs_of(map, "name:nosuch").starts_with("error: no job has that number, id or name"));
  CHECK(jobs_of(map, "number:99") == "error: the jobs are 1 to 12 | sarray status 17");
  const auto same = make_map({"1", "2"});
  CHECK(jobs_of(same, "2") == "2");  // both readings mean the same job
}

TEST_CASE("--tasks: what is no list, and what is out of range") {
  const auto history = make_history();
  const auto select = [&](const std::string& tasks) { return follow::select_tasks(history, {{}, tasks, {}, false}); };
  CHECK(*select("3,5-6") == std::vector<std::uint32_t>{3, 5, 6});
  for (const auto* tasks : {"abc", "1-", "2-1"})
    CHECK(words_of(select(tasks)) == "2 --tasks " + std::string(tasks) + ": not a valid list of indices | --tasks 3,5-8");
  CHECK(words_of(select("38-40")) == "2 --tasks 38-40: the array's indices are 0 to 39 | sarray status 17 --tasks");
}
