#include <doctest/doctest.h>

#include <cstdlib>
#include <tuple>
#include <utility>

#include "follow/file_names.hpp"
#include "report/frame.hpp"
#include "report/states.hpp"
#include "report/status.hpp"
#include "support.hpp"
#include "util/user_text.hpp"

using namespace sarray;
using slurm::TaskState;
using test::make_attempt;
using test::make_mapped;

namespace {

follow::History make_history() {
  ::setenv("TZ", "UTC", 1);
  follow::History history;
  history.attempts.push_back(
      make_attempt("17", {make_mapped(1, 0, "4-6", "train"), make_mapped(2, 3, "", "plot"), make_mapped(3, 4, "", "wait")},
                   {TaskState::completed, TaskState::failed, TaskState::running, TaskState::timeout, TaskState::pending}));
  find_latest_attempts(history);
  return history;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::string status_text(const follow::History& history, const report::StatusView& view) {
  return report::status_text({&history}, view);
}
report::StatusText status_parts(const follow::History& history, const report::StatusView& view) {
  return report::status_parts({&history}, view);
}
util::Json status_json(const follow::History& history, const report::StatusView& view) {
  return report::status_json({&history}, view);
}

constexpr std::int64_t now = 1795453320;  // 2026-11-23T17:02:00Z

}  // namespace

TEST_CASE("totals, reasons, and a line a job") {
  report::StatusView view;
  view.now = now;
  CHECK(lines_of(status_text(make_history(), view)) ==
        std::vector<std::string>{"array 17: 3 jobs, 5 tasks, 00:02:00",
                                 "[############xxxxxxxxxxxxxxxxxxxxxxxx>>>>>>>>>>>>............]",
                                 "# done  x failed  > running  . pending",
                                 "1 of 5 done (20 %), 1 running, 1 failed, 1 timeout, 1 pending", "pending because: 1 Resources",
                                 "", "job  name   array  ok  fail  time  run  pend               elapsed  script and arguments",
                                 "  1  train  4-6     1     1          1        ####xxx>>>  00:02:00  train.sh 'a b'",
                                 "  2  plot   -                   1             xxxxxxxxxx  00:01:00  plot.sh 'a b'",
                                 "  3  wait   -                              1  ..........  00:00:00  wait.sh 'a b'"});
}

TEST_CASE("a line a task, and only the failed ones") {
  report::StatusView view;
  view.now = now;
  view.tasks = view.failed_only = true;
  view.output_of = [](const follow::History&, std::uint32_t index) { return "/l/" + std::to_string(index); };
  const auto lines = lines_of(status_text(make_history(), view));
  REQUIRE(lines.size() == 9);
  CHECK(lines[6] == "task  job  local  name    elapsed  state            script and arguments  output");
  CHECK(lines[7] == "17_1    1      5  train  00:00:10  failed (exit 3)  train.sh 'a b'        /l/1");
  CHECK(lines[8] == "17_3    2      -  plot   00:00:10  timeout          plot.sh 'a b'         /l/3");
}

TEST_CASE("eighty columns hold every line, whatever the names are; colour changes no width") {
  follow::History history;
  std::vector<TaskState> states;
  std::vector<script::MappedJob> jobs;
  for (std::uint32_t i = 0; i < 8; ++i) {
    auto job = make_mapped(i + 1, i, "", "名前が長い\n仕事の\x1b[31m名前");
    job.arguments = {std::string(200, 'x')};
    jobs.push_back(job);
    states.push_back(slurm::all_task_states[i]);
  }
  history.attempts.push_back(make_attempt("123456", jobs, states));
  find_latest_attempts(history);
  report::StatusView view;
  view.output_of = [](const follow::History&, std::uint32_t) { return std::string(100, 'y'); };
  view.width = 80;
  view.now = now;
  for (const bool tasks : {false, true}) {
    view.tasks = tasks;
    view.color = false;
    const auto plain = status_text(history, view);
    for (const auto& line : lines_of(plain)) CHECK_MESSAGE(util::display_width(line) <= 80, line);
    CHECK(plain.find('\x1b') == std::string::npos);
    view.color = true;
    auto colored = status_text(history, view);
    for (std::size_t at = 0; (at = colored.find('\x1b')) != std::string::npos;) colored.erase(at, colored.find('m', at) + 1 - at);
    CHECK(colored == plain);
  }
}

TEST_CASE("the bar has its width, and shows every state that there is") {
  for (std::uint32_t tasks : {1U, 7U, 60U, 61U, 10000U}) {
    follow::History history;
    std::vector<TaskState> states(tasks, TaskState::completed);
    states.back() = TaskState::failed;
    auto job = make_mapped(1, 0, "0-" + std::to_string(tasks - 1), "a");
    history.attempts.push_back(make_attempt("1", {job}, states));
    find_latest_attempts(history);
    const auto line = lines_of(status_text(history, {}))[1];
    CHECK(line.size() == 62);
    CHECK(line.find('x') != std::string::npos);
  }
}

TEST_CASE("progress: done is what completed, running is not done, and cancelled is not failed") {
  follow::Summary summary;
  const auto add = [&](TaskState state, std::uint32_t count) {
    summary.counts[static_cast<std::size_t>(state)] = count;
    summary.tasks += count;
  };
  add(TaskState::completed, 12);
  add(TaskState::running, 16);
  add(TaskState::failed, 2);
  add(TaskState::pending, 10);
  CHECK(report::progress_text(summary) == "12 of 40 done (30 %), 16 running, 2 failed, 10 pending");
  CHECK(report::bar(summary, 40, false) == "############xx>>>>>>>>>>>>>>>>..........");
  CHECK(report::bar_legend(summary, false) == "# done  x failed  > running  . pending");
  add(TaskState::cancelled, 5);
  CHECK(report::bar_legend(summary, false) == "# done  x failed  - cancelled  > running  . pending");
  follow::Summary almost;
  almost.tasks = 1000;
  almost.counts[static_cast<std::size_t>(TaskState::completed)] = 999;
  almost.counts[static_cast<std::size_t>(TaskState::running)] = 1;
  CHECK(report::progress_text(almost) == "999 of 1000 done (99 %), 1 running");
  CHECK(report::progress_text({}) == "0 of 0 done (0 %)");
}

namespace {

/// A job with one task of each of these states.
follow::History make_many(const std::vector<TaskState>& states) {
  follow::History history;
  std::vector<script::MappedJob> jobs;
  for (std::uint32_t i = 0; i < states.size(); ++i) jobs.push_back(make_mapped(i + 1, i, "", "j" + std::to_string(i + 1)));
  history.attempts.push_back(make_attempt("17", jobs, states));
  find_latest_attempts(history);
  return history;
}

}  // namespace

TEST_CASE("what failed and what runs comes first, what is done last") {
  const auto history = make_many({TaskState::completed, TaskState::pending, TaskState::cancelled, TaskState::running,
                                  TaskState::timeout, TaskState::completed, TaskState::failed});
  report::StatusView view;
  view.now = now;
  view.bars = false;
  view.output_of = [](const follow::History&, std::uint32_t) { return "/l"; };
  const auto names = [&] {
    std::string text;
    for (const auto& line : lines_of(status_parts(history, view).rows))
      if (const auto at = line.find("j"); at != std::string::npos && line.find("script and") == std::string::npos)
        text += line.substr(at, 3);
    return text;
  };
  CHECK(names() == "j5 j7 j4 j2 j3 j1 j6 ");
  view.tasks = true;
  CHECK(names() == "j5 j7 j4 j2 j3 j1 j6 ");
  // Bars can be turned off, with their legend.
  const auto text = status_text(history, view);
  CHECK(text.find("##") == std::string::npos);
  CHECK(text.find("# done") == std::string::npos);
  CHECK(text.find("2 of 7 done (28 %), 1 running, 1 failed, 1 timeout, 1 cancelled, 1 pending\n") != std::string::npos);
}

TEST_CASE("the totals come last if the terminal scrolls, else first") {
  const auto history = make_many(std::vector<TaskState>(40, TaskState::running));
  report::StatusView view;
  view.width = 80;
  view.height = 24;
  CHECK(lines_of(status_text(history, view)).back() == "0 of 40 done (0 %), 40 running");
  CHECK(lines_of(status_text(history, view)).front().starts_with("job  name"));
  view.height = 60;
  CHECK(lines_of(status_text(history, view)).front().starts_with("array 17: 40 jobs"));
  view.height = 0;  // a pipe
  CHECK(lines_of(status_text(history, view)).front().starts_with("array 17: 40 jobs"));
}

TEST_CASE("a drawing of --watch fits the screen, counts what does not, and scrolls to its end") {
  auto states = std::vector<TaskState>(40, TaskState::running);
  states[20] = TaskState::failed;
  const auto history = make_many(states);
  report::StatusView view;
  view.width = 80;
  view.height = 24;
  const auto status = status_parts(history, view);
  const auto draw = [&](std::size_t height, std::size_t scroll) {
    auto frame = report::draw_frame(status, height, scroll, "arrows scroll, q ends");
    return std::pair(frame, lines_of(frame.text + "\n"));
  };
  auto [frame, lines] = draw(24, 0);
  REQUIRE(lines.size() == 24);
  CHECK(lines[0].starts_with("array 17: 40 jobs"));
  CHECK(lines[3] == "0 of 40 done (0 %), 39 running, 1 failed");
  CHECK(lines[5].starts_with("job  name"));
  CHECK(lines[6].starts_with(" 21  j21"));
  CHECK(lines[23] == "... 23 more jobs below: arrows scroll, q ends");
  CHECK(frame.page == 17);
  std::tie(frame, lines) = draw(24, 3);
  CHECK(lines[6].starts_with("  3  j3"));
  CHECK(lines[23] == "... 20 more jobs below, 3 above: arrows scroll, q ends");
  std::tie(frame, lines) = draw(24, 1000000);
  CHECK(frame.scroll == 23);
  CHECK(lines[22].starts_with(" 40  j40"));
  CHECK(lines[23] == "... 23 more jobs above: arrows scroll, q ends");
  std::tie(frame, lines) = draw(60, 5);
  CHECK(frame.scroll == 0);
  CHECK(lines.back() == "arrows scroll, q ends");
  for (const std::size_t height : {1, 2, 3, 4, 7, 8, 9}) {
    std::tie(frame, lines) = draw(height, 0);
    CHECK(lines.size() <= std::max<std::size_t>(height, 2));
  }
}

TEST_CASE("of many retries a terminal shows the newest, so that there is room for the tasks") {
  auto history = make_history();
  const auto add = [&](int number) {
    history.attempts.push_back(make_attempt(std::to_string(20 + number), {make_mapped(2, 0, "", "plot")}, {TaskState::failed}));
    history.attempts.back().noted = 1000 + number;
  };
  for (int i = 0; i < 4; ++i) add(i);
  find_latest_attempts(history);
  report::StatusView view;
  view.width = 80;
  view.height = 24;
  const std::string all =
      "  retried as array 20: 1 task\n  retried as array 21: 1 task\n  retried as array 22: 1 task\n  retried as array 23: 1 task\n";
  CHECK(status_text(history, view).find("\n" + all) != std::string::npos);
  add(4);
  find_latest_attempts(history);
  CHECK(status_text(history, {}).find("\n" + all + "  retried as array 24: 1 task\n") != std::string::npos);
  CHECK(status_text(history, view)
            .find("\n  retried 2 times before that: sarray history\n  retried as array 22: 1 task\n"
                  "  retried as array 23: 1 task\n  retried as array 24: 1 task\n") != std::string::npos);
}

TEST_CASE("a retry: every task counts where its last attempt stands") {
  auto history = make_history();
  auto retried = make_mapped(1, 0, "5", "train");
  auto plot = make_mapped(2, 1, "", "plot");
  history.attempts.push_back(make_attempt("20", {retried, plot}, {TaskState::completed, TaskState::failed}));
  find_latest_attempts(history);
  CHECK(report::task_name(history, 1) == "20_0");
  CHECK(report::task_name(history, 3) == "20_1");
  CHECK(report::task_name(history, 0) == "17_0");
  const auto summary = summarize(history);
  CHECK(summary.tasks == 5);
  CHECK(summary.count(TaskState::completed) == 2);
  CHECK(summary.failures() == 1);
  CHECK(status_text(history, {}).find("  retried as array 20: 2 tasks\n") != std::string::npos);
}

TEST_CASE("a retry that names jobs and tasks which the first attempt never had changes nothing") {
  auto history = make_history();
  history.attempts.push_back(
      make_attempt("20", {make_mapped(9, 0, "", "x"), make_mapped(1, 1, "99", "train"), make_mapped(2, 2, "1", "plot")},
                   {TaskState::completed, TaskState::completed, TaskState::completed}));
  find_latest_attempts(history);
  CHECK(summarize(history).count(TaskState::completed) == 1);
}

TEST_CASE("what is left: as long as those done, as many at once as run") {
  follow::Summary summary;
  summary.tasks = 10;
  CHECK(follow::estimate_rest(summary) == 0);
  summary.counts[static_cast<std::size_t>(TaskState::completed)] = 4;
  summary.counts[static_cast<std::size_t>(TaskState::running)] = 2;
  summary.counts[static_cast<std::size_t>(TaskState::pending)] = 4;
  summary.task_seconds = 40;
  CHECK(follow::estimate_rest(summary) == 30);
  // Between two ends it falls as time goes by, to the tasks that have yet to begin.
  summary.running_seconds = 8;
  CHECK(follow::estimate_rest(summary) == 26);
  summary.running_seconds = 60;
  CHECK(follow::estimate_rest(summary) == 20);
  summary.counts[static_cast<std::size_t>(TaskState::pending)] = 0;
  CHECK(follow::estimate_rest(summary) == 1);
}

TEST_CASE("what runs counts for the estimate") { CHECK(summarize(make_history()).running_seconds == 10); }

TEST_CASE("elapsed of what nobody knows is no zero") {
  follow::History history;
  history.attempts.push_back(make_attempt("17", {make_mapped(1, 0, "", "gone"), make_mapped(2, 1, "", "wait")},
                                          {TaskState::unknown, TaskState::pending}));
  history.attempts[0].tasks[0] = slurm::TaskRecord();
  find_latest_attempts(history);
  report::StatusView view;
  view.now = now;
  const auto text = lines_of(status_text(history, view));
  CHECK(text[0] == "array 17: 2 jobs, 2 tasks");
  CHECK(text[7] == "  1  gone            1  ??????????         -  gone.sh 'a b'");
  CHECK(text[8] == "  2  wait         1     ..........  00:00:00  wait.sh 'a b'");
  view.tasks = true;
  view.output_of = [](const follow::History&, std::uint32_t index) { return "/elsewhere/" + std::to_string(index); };
  CHECK(lines_of(status_text(history, view))[7] ==
        "17_0    1      -  gone         -  not known            gone.sh 'a b'         /elsewhere/0");
  const auto json = status_json(history, view);
  CHECK(json["elapsed"].is_null());
  CHECK(json["jobs"][0]["elapsed"].is_null());
  CHECK(json["jobs"][0]["task_list"][0]["elapsed"].is_null());
  CHECK(json["jobs"][1]["elapsed"] == 0);
}

TEST_CASE("JSON: totals, jobs, and tasks where they are asked for") {
  report::StatusView view;
  view.now = now;
  const auto json = status_json(make_history(), view);
  CHECK(json["version"] == 1);
  CHECK(json["states"]["failed"] == 1);
  CHECK(json["jobs"].size() == 3);
  CHECK(json["jobs"][0]["array"] == "4-6");
  CHECK(json["jobs"][1]["array"].is_null());
  CHECK_FALSE(json["jobs"][0].contains("task_list"));
  view.tasks = true;
  view.output_of = [](const follow::History&, std::uint32_t index) { return "/l/" + std::to_string(index); };
  const auto with_tasks = status_json(make_history(), view);
  const auto& task = with_tasks["jobs"][0]["task_list"][1];
  CHECK(task["task"] == "17_1");
  CHECK(task["local_id"] == 5);
  CHECK(task["output"] == "/l/1");
  CHECK(task["state"] == "failed");
  CHECK(task["exit_status"] == 3);
}

TEST_CASE("words for states") {
  slurm::TaskRecord task;
  CHECK(report::state_text(task) == "not known");
  task = test::make_task(1, TaskState::failed);
  task.exit_signal = 9;
  CHECK(report::state_text(task) == "failed (signal 9)");
  task.exit_signal = 53;  // nobody sent that one
  CHECK(report::state_text(task) == "failed (could not start, Slurm's 0:53)");
  task.word = "NODE_FAIL";
  CHECK(report::state_text(task) == "failed (NODE_FAIL)");
  CHECK(report::duration_text(93784) == "1-02:03:04");
  CHECK(report::memory_text(5368709120) == "5.0G");
  CHECK(report::memory_text(335544320) == "320M");
}

TEST_CASE("usage: the median and the most of what finished") {
  auto history = make_history();
  for (auto& task : history.attempts[0].tasks) task.usage = slurm::TaskUsage{5, 1U << 20, 1U << 30, 2};
  report::StatusView view;
  view.usage = true;
  const auto lines = lines_of(status_text(history, view));
  CHECK(lines[7] == "  1  00:00:10  00:00:10  25%  25%     2    1.0M  1.0M   1.0G  train");
  CHECK(lines[9] == "  3         -         -    -    -     -       -     -      -  wait");
  CHECK(status_json(history, view)["jobs"][2]["usage"].is_null());
}

TEST_CASE("usage that is not known is no zero") {
  auto history = make_history();
  for (auto& task : history.attempts[0].tasks) task.usage = slurm::TaskUsage{0, 0, 0, 2};
  report::StatusView view;
  view.usage = true;
  CHECK(lines_of(status_text(history, view))[7] == "  1  00:00:10  00:00:10    -    -     2       -    -      -  train");
  const auto usage = status_json(history, view)["jobs"][0]["usage"];
  CHECK(usage["elapsed_median"] == 10);
  for (const auto* key : {"cpu_efficiency_median", "cpu_efficiency_max", "memory_median", "memory_max", "memory_asked"})
    CHECK(usage[key].is_null());
}

TEST_CASE("file names by their patterns") {
  follow::FileSurroundings surroundings{"ada", slurm::Release{22, 5}, plan::Names::slurm};
  auto array = make_mapped(1, 4, "7-9", "na me");
  auto plain = make_mapped(2, 0, "", "p");
  const auto name = [&](script::MappedJob job, const std::string& pattern, const slurm::TaskRecord& task) {
    job.output = pattern;
    return *file_name(job, script::Stream::output, "17", task, surroundings, true);
  };
  const auto running = test::make_task(5, TaskState::running);
  CHECK(name(array, "/l/%A_%a.out", running).path == "/l/17_5.out");
  CHECK(name(array, "/l/%x-%03a", running).path == "/l/na me-008");
  CHECK(name(array, "/l/%u.%j.%N", running).path == "/l/ada.105.n1");
  CHECK(name(array, "none", running).path == "/dev/null");
  CHECK(name(plain, "/l/%a", test::make_task(0, TaskState::running)).path == "/l/4294967294");
  CHECK(name(plain, "/l/%A", test::make_task(0, TaskState::running)).path == "/l/100");
  surroundings.names = plan::Names::task;
  CHECK(name(array, "/l/%A_%a.out", running).path == "/l/2000000001_8.out");
  CHECK(name(plain, "/l/%A_%a", test::make_task(0, TaskState::running)).path == "/l/100_4294967294");
  surroundings.by_hand = true;
  CHECK(name(array, "/l/%A_%a.out", running).path == "/l/17_5.out");
  CHECK(name(plain, "/l/slurm-%j.out", test::make_task(0, TaskState::running)).path == "/l/slurm-100.out");
  plain.record.unnamed = true;
  CHECK(name(plain, "/l/slurm-%j.out", test::make_task(0, TaskState::running)).path == "/l/slurm-17_0.out");
  surroundings.by_hand = false;
  const auto pending = name(array, "/l[1]/%j-%a.out", test::make_task(5, TaskState::pending));
  CHECK(pending.is_glob);
  CHECK(pending.path == "/l\\[1]/*-8.out");
  CHECK_FALSE(file_name(array, script::Stream::error, "17", running, surroundings, true));
}
