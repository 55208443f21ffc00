#include <doctest/doctest.h>

#include <algorithm>

#include "answer/account.hpp"
#include "answer/change.hpp"
#include "answer/queue.hpp"
#include "answer/show.hpp"
#include "plan_support.hpp"

namespace sarray::answer {

namespace {

using List = std::vector<std::string>;

QueueQuestion ask(const List& words, const List& variables = {}) {
  auto question = read_queue_question(read_words(slurm::Tool::squeue, words), util::Environment::from_entries(variables), "ada");
  REQUIRE(question);
  return *question;
}

script::Map make_map() {
  script::Map map;
  script::MappedJob plain;
  plain.id = 2000000001;
  plain.name = "prep";
  plain.script_path = "/home/ada/prep.sh";
  plain.arguments = {"x"};
  plain.directory = "/home/ada";
  script::MappedJob array;
  array.id = 2000000002;
  array.name = "train";
  array.first_index = 1;
  array.tasks = 3;
  array.ids = slurm::ArrayIds::parse("4-6", slurm::unknown_max_array_size).value();
  map.jobs = {plain, array};
  map.tasks = 4;
  return map;
}

RecordedJob recorded(const plan::PlannedJob& planned) {
  RecordedJob job;
  job.id = planned.id;
  job.job = &planned.job;
  job.call = planned.call.get();
  job.submitted = "2026-11-26T09:34:43";
  return job;
}

const Defaults ada{.user = "ada",
                   .user_id = "1000",
                   .group = "ada",
                   .group_id = "1000",
                   .partition = "debug",
                   .time_limit = "UNLIMITED",
                   .cluster = "c",
                   .host = "login1"};

}  // namespace

TEST_CASE("rows of a merged array become those of its jobs") {
  const auto map = make_map();
  const auto find = [&](std::string_view command) { return command == "/s/sarray.slurm" ? &map : nullptr; };
  const auto question = ask({"-h", "-o", "%.12i|%A|%K|%j|%o"});
  const std::vector<List> rows = {
      {"17_[2-3]", "17", "/s/sarray.slurm", "sarray", "PENDING", "17_[2-3]", "17", "2-3", "sarray", "/s/sarray.slurm"},
      {"17_0", "18", "/s/sarray.slurm", "sarray", "RUNNING", "17_0", "18", "0", "sarray", "/s/sarray.slurm"},
      {"17_1", "19", "/s/sarray.slurm", "sarray", "RUNNING", "17_1", "19", "1", "sarray", "/s/sarray.slurm"},
      {"20", "20", "/home/bob/x", "x", "RUNNING", "20", "20", "N/A", "x", "/home/bob/x"}};
  const auto lines = write_queue_lines(question, rows, find);
  REQUIRE(lines);
  CHECK(lines->pending == List{"2000000002_[|2000000002|5-6|train|\n"});
  CHECK(lines->others == List{"  2000000001|2000000001|N/A|prep|/home/ada/prep.sh x\n", "2000000002_4|19|4|train|\n",
                              "          20|20|N/A|x|/home/bob/x\n"});
  CHECK(lines->ours == std::vector<std::uint32_t>{2000000002, 2000000001, 2000000002});
  const auto by_name = write_queue_lines(ask({"-n", "train", "-ho", "%i%A%K%j%o"}), rows, find);
  CHECK(by_name->others.size() == 1);
  const auto by_id = write_queue_lines(ask({"-j", "2000000002_6", "-ho", "%i%A%K%j%o"}), rows, find);
  CHECK(by_id->pending == List{"2000000002_620000000026train\n"});
  CHECK(by_id->others.empty());
}

TEST_CASE("a job that is recorded only is pending, with a reason") {
  const auto jobs =
      test::make_jobs({{"-t", "90", "--comment=why", "job.sh", "a"}, {"--array=1-3%2", "job.sh"}, {"-H", "job.sh"}});
  const auto lines = [&](const List& words, std::size_t job) {
    auto written = write_recorded_lines(ask(words), recorded(jobs[job]), ada);
    REQUIRE(written);
    return *written;
  };
  CHECK(lines({"-h"}, 0) == List{"        2000000001     debug   job.sh      ada PD       0:00      1 (Recorded)\n"});
  CHECK(lines({"-o", "%i %T %r %l %k %Z %o"}, 0) ==
        List{"2000000001 PENDING Recorded 1:30:00 why /home/ada /home/ada/job.sh a\n"});
  const auto sized = test::make_jobs({{"--mem=1024", "job.sh"}, {"--mem=100", "job.sh"}});
  CHECK(*write_recorded_lines(ask({"-o", "%m"}), recorded(sized[0]), ada) == List{"1G\n"});
  CHECK(*write_recorded_lines(ask({"-o", "%m"}), recorded(sized[1]), ada) == List{"100M\n"});
  CHECK(lines({"-o", "%i"}, 1) == List{"2000000002_[1-3%2]\n"});
  CHECK(lines({"-r", "-o", "%i %A %F %K"}, 1) == List{"2000000002_1 2000000002 2000000002 1\n",
                                                      "2000000002_2 2000000002 2000000002 2\n",
                                                      "2000000002_3 2000000002 2000000002 3\n"});
  CHECK(lines({"-j", "2000000002_3", "-o", "%i"}, 1) == List{"2000000002_3\n"});
  CHECK(lines({"-j", "2000000002_3,2000000002", "-o", "%i"}, 1) == List{"2000000002_3\n"});
  CHECK(lines({"-j", "2000000002,2000000002_3", "-o", "%i"}, 1) == List{"2000000002_[1-3%2]\n"});
  CHECK(lines({"-j", "2000000002_9,2000000002", "-o", "%i"}, 1) == List{"2000000002_[1-3%2]\n"});
  CHECK(lines({"-j", "2000000002_3,2000000002_1", "-o", "%i %K"}, 1) == List{"2000000002_[1,3] 1,3\n"});
  CHECK(lines({"-r", "-j", "2000000002_3,2000000002_1", "-o", "%i %K"}, 1) == List{"2000000002_1 1\n", "2000000002_3 3\n"});
  CHECK(lines({"-o", "%.3l|%.3j"}, 0) == List{"1:30:00|job\n"});  // a time is not cut
  CHECK(lines({"-o", "%r"}, 2) == List{"JobHeldUser\n"});
  CHECK(lines({"-O", "JobID:.12,State: ,Name"}, 0) == List{"  2000000001PENDING job.sh              \n"});
  CHECK_FALSE(write_recorded_lines(ask({"-O", "tres-alloc"}), recorded(jobs[0]), ada));
}

TEST_CASE("filters say which recorded jobs are in the answer") {
  const auto jobs = test::make_jobs({{"-J", "train", "-p", "long", "-A", "phys", "job.sh"}});
  auto job = recorded(jobs[0]);
  const auto is_in = [&](const List& words) { return is_asked_for(ask(words), job, ada); };
  CHECK(is_in({}));
  CHECK(is_in({"-u", "bob,ada"}));
  CHECK(is_in({"--me", "-t", "pd"}));
  CHECK(is_in({"-n", "x,train", "-p", "long", "-A", "phys", "-t", "all"}));
  CHECK_FALSE(is_in({"-u", "bob"}));
  CHECK_FALSE(is_in({"-t", "R,CG"}));
  CHECK_FALSE(is_in({"-n", "trai"}));
  CHECK_FALSE(is_in({"-p", "debug"}));
  CHECK_FALSE(is_in({"-w", "n1"}));
  CHECK_FALSE(is_in({"-j", "2000000009"}));
  job.state = RecordedState::cancelled;
  CHECK_FALSE(is_in({}));
  CHECK(is_in({"-t", "CANCELLED"}));
}

TEST_CASE("an array that was cancelled is one line by its id, with no reason") {
  const auto jobs = test::make_jobs({{"--array=1-3", "job.sh"}});
  auto job = recorded(jobs[0]);
  job.state = RecordedState::cancelled;
  for (const List& words : {List{"-o", "%i %t %R|"}, List{"-r", "-o", "%i %t %R|"}})
    CHECK(*write_recorded_lines(ask(words), job, ada) == List{"2000000001 CA |\n"});
  CHECK(recorded_tasks(job) == "2000000001_1-3");
}

TEST_CASE("what a recorded job waits for is shown in squeue's words") {
  const auto jobs = test::make_jobs({{"--dependency=afterok:17:18_4,after:19+5", "job.sh"}, {"-N", "2-4", "job.sh"}});
  auto defaults = ada;
  defaults.is_array = [](std::uint32_t id) { return id == 17; };
  CHECK(*queue_value(recorded(jobs[0]), "dependency", defaults) ==
        "afterok:17_*(unfulfilled),afterok:18_4(unfulfilled),after:19+5(unfulfilled)");
  CHECK(*queue_value(recorded(jobs[1]), "dependency", defaults) == "(null)");
  const auto shown = show_lines(recorded(jobs[1]), ada);
  CHECK(std::count_if(shown.begin(), shown.end(), [](const auto& line) { return line.starts_with("NumNodes=2-4 "); }) == 1);
}

TEST_CASE("formats that cannot be translated are refused by name") {
  for (const List& words :
       {List{"--yaml"}, List{"--nosuch"}, List{"-s"}, List{"-o", "%"}, List{"-o", "none"}, List{"-O", "STDOUT"}}) {
    const auto question = read_queue_question(read_words(slurm::Tool::squeue, words), util::Environment(), "ada");
    REQUIRE_FALSE(question);
    CHECK(question.error().what.starts_with("squeue -"));
  }
  const auto wrong = read_queue_question(read_words(slurm::Tool::squeue, {"-j", "17,x"}), util::Environment(), "ada");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().body == "squeue: error: Invalid job id: x\n");
}

TEST_CASE("sacct's rows, widths and styles") {
  const auto map = make_map();
  auto question = read_account_question(read_words(slurm::Tool::sacct, {"-o", "JobID%-14,JobIDRaw,JobName,State%6"}), {});
  REQUIRE(question);
  const std::string text =
      "JobID\x1fJobName\x1fSubmitLine\x1fJobID\x1fJobIDRaw\x1fJobName\x1fState\x1fJobIDRaw\n"
      "17_0\x1fsarray\x1fsbatch /s/sarray.slurm\x1f"
      "17_0\x1f"
      "18\x1fsarray\x1f"
      "COMPLETED\x1f"
      "18\n"
      "17_0.batch\x1f"
      "batch\x1f\x1f"
      "17_0.batch\x1f"
      "18.batch\x1f"
      "batch\x1f"
      "COMPLETED\x1f"
      "18.batch\n"
      "17_[2-3]\x1fsarray\x1fsbatch /s/sarray.slurm\x1f"
      "17_[2-3]\x1f"
      "17\x1fsarray\x1fPENDING\x1f"
      "17\n"
      "20\x1fother\x1fsbatch x\nnext line\x1f"
      "20\x1f"
      "20\x1fother\x1fRUNNING\x1f"
      "20\n";
  const auto rows = read_account_rows(text, 4, true);
  REQUIRE(rows.size() == 5);
  const auto lines = translate_account_rows(
      *question, rows, [&](const RowArray& row) { return row.line.ends_with("sarray.slurm") ? &map : nullptr; },
      [](std::uint32_t) { return std::nullopt; });
  REQUIRE(lines);
  REQUIRE(lines->rows.size() == 5);
  CHECK(lines->rows[1] == List{"2000000001", "2000000001", "prep", "COMPLETED"});
  CHECK(lines->rows[2] == List{"2000000001.batch", "2000000001.batch", "batch", "COMPLETED"});
  CHECK(lines->rows[3] == List{"2000000002_[5-6]", "2000000002", "train", "PENDING"});
  CHECK(lines->rows[4] == List{"20", "20", "other", "RUNNING"});
  const std::vector<int> widths = {-14, 12, 10, 6};
  CHECK(write_account_line(widths, lines->rows[1], AccountStyle::aligned, "|", false) ==
        "2000000001       2000000001       prep COMPL+ \n");
  CHECK(write_account_line({}, lines->rows[4], AccountStyle::between, ",", false) == "20,20,other,RUNNING\n");
  CHECK(write_account_line({}, lines->rows[4], AccountStyle::ended, "|", false) == "20|20|other|RUNNING|\n");
  CHECK(read_widths("JobID           JobName ", "------------ ---------- ") == std::vector<int>{-12, 10});
}

TEST_CASE("scontrol's record of a merged task is that of the job") {
  const auto map = make_map();
  const std::string record =
      "JobId=18 ArrayJobId=17 ArrayTaskId=0 ArrayTaskThrottle=5 JobName=sarray\n   UserId=ada(1000)\n   Command=/s/sarray.slurm\n"
      "   WorkDir=/s\n   StdErr=/s/0\n   StdIn=/dev/null\n   StdOut=/s/0\n   Power=\n   \n\n";
  const auto name = record_name(record);
  REQUIRE(name);
  const auto ours = find_ours(map, *name);
  REQUIRE(ours.size() == 1);
  CHECK(rewrite_record(record, ours[0], {"/home/ada/o", "", ""}, true) ==
        "JobId=2000000001 JobName=prep\n   UserId=ada(1000)\n   Command=/home/ada/prep.sh x\n"
        "   WorkDir=/home/ada\n   StdErr=/home/ada/o\n   StdIn=/dev/null\n   StdOut=/home/ada/o\n   Power=\n   \n\n");
  CHECK(split_records(record + record, false).size() == 2);
}

TEST_CASE("what scontrol changes is an option of sbatch") {
  CHECK(option_for_update("TimeLimit", "2:00:00").value() == "--time=2:00:00");
  CHECK(option_for_update("requeue", "0").value() == "--no-requeue");
  CHECK_FALSE(option_for_update("TimeLimit", "+5"));
  CHECK_FALSE(option_for_update("nosuch", "1"));
  CHECK(add_options({"sbatch", "-t", "5", "job.sh", "-t", "6"}, {"--time=7"}, test::dialect()) ==
        List{"sbatch", "-t", "5", "--time=7", "job.sh", "-t", "6"});
  CHECK(add_options({"sbatch", "--wrap", "true"}, {"--hold"}, test::dialect()) == List{"sbatch", "--wrap", "true", "--hold"});
  CHECK(add_options({"sbatch", "--", "job.sh"}, {"--hold"}, test::dialect()) == List{"sbatch", "--hold", "--", "job.sh"});
  const auto ids = slurm::ArrayIds::parse("3-9:2%2", slurm::unknown_max_array_size).value();
  CHECK(without_tasks(*ids, {5, 9}) == "3,7%2");
  CHECK(without_tasks(*ids, {3, 5, 7, 9}).empty());
}

}  // namespace sarray::answer
