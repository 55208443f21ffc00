#include "report/status.hpp"

#include <unistd.h>

#include <cstdio>
#include <ctime>

#include "cli/arguments.hpp"
#include "commands/commands.hpp"
#include "commands/overview.hpp"
#include "engine/submissions.hpp"
#include "follow/array_history.hpp"
#include "follow/selection.hpp"
#include "queue/gather.hpp"
#include "report/table.hpp"
#include "util/fd.hpp"
#include "util/message.hpp"
#include "util/user_text.hpp"

namespace sarray::commands {

namespace {

struct StatusOptions {
  std::string job_id;
  std::string script;
  bool json = false;
  bool wait = false;
  bool watch = false;
  report::StatusView view;
};

util::Result<std::optional<StatusOptions>> parse(const Words& words) {
  StatusOptions options;
  cli::Arguments arguments("status", "Shows what runs, what is done and what failed, by the jobs' own names.",
                           "[JOBID] [--tasks] [--failed] [--usage] [--wait|--watch] [--json] [--script FILE]");
  auto& app = arguments.app();
  app.footer("Without JOBID: the last submissions. --wait ends with 0 where all tasks completed, with 3 where some did not.");
  auto* id = app.add_option("jobid", options.job_id, "the merged array's job id, that of a retry, or a recorded job's");
  app.add_flag("--tasks", options.view.tasks, "a line for each task")->needs(id);
  app.add_flag("--failed", options.view.failed_only, "only what failed")->needs(id);
  app.add_flag("--usage", options.view.usage, "CPU and memory used against asked for; needs accounting")->needs(id);
  auto* wait = app.add_flag("--wait", options.wait, "return when every task is done")->needs(id);
  app.add_flag("--watch", options.watch, "draw anew every few seconds until every task is done")->needs(id)->excludes(wait);
  app.add_flag("--json", options.json, "answer in JSON (docs/follow.md)");
  app.add_option("--script", options.script, "the submitted script, where Slurm has it no more")->type_name("FILE")->needs(id);
  TRY(const bool go_on, arguments.parse(words));
  if (!go_on) return std::optional<StatusOptions>();
  return std::optional(std::move(options));
}

std::string shown_text(const follow::Follower& follower, const StatusOptions& options) {
  auto view = options.view;
  view.now = std::time(nullptr);
  if (options.json) return util::to_line(report::status_json(follower.history(), view));
  view.width = report::terminal_width(1);
  view.color = report::wants_color(1);
  return report::status_text(follower.history(), view);
}

void print_notes(const follow::Follower& follower) {
  for (const auto& note : follower.history().notes) std::fprintf(stderr, "sarray: note: %s\n", util::printable(note).c_str());
}

int exit_status(const follow::Follower& follower) {
  return static_cast<int>(follow::summarize(follower.history()).failures() > 0 ? util::Exit::some_tasks_failed : util::Exit::ok);
}

/// Tasks that Slurm has forgotten will never be done: nobody waits for them.
bool is_settled(const follow::Summary& summary) {
  return summary.done() + summary.count(slurm::TaskState::unknown) == summary.tasks;
}

/// Longer and longer, up to a question every half minute: a controller has better things to do.
unsigned next_pause(unsigned pause) { return pause < 30 ? pause + 1 + pause / 2 : 30; }

/// A controller that is started anew, or is busy, is no reason to end hours of waiting.
util::Result<void> refresh_patiently(follow::Follower& follower, unsigned pause, bool with_usage) {
  constexpr int most_failures = 10;
  for (int failures = 0;; ++failures) {
    ::sleep(pause);
    auto refreshed = follower.refresh(with_usage);
    if (refreshed || failures == most_failures) return refreshed;
    std::fprintf(stderr, "sarray: note: Slurm does not answer (%s); trying again\n",
                 util::printable(refreshed.error().why).c_str());
    pause = 30;
  }
}

/// Accounting hears of a task's end some seconds later (up to five, observed on 22.05).
util::Result<void> ask_usage(follow::Follower& follower) {
  constexpr int most_questions = 5;
  CHECK_OK(refresh_patiently(follower, 0, true));
  for (int i = 1; follower.awaits_usage() && i < most_questions; ++i) CHECK_OK(refresh_patiently(follower, 2, true));
  return {};
}

Status wait_until_done(follow::Follower& follower, const StatusOptions& options) {
  for (unsigned pause = 1; !is_settled(follow::summarize(follower.history())); pause = next_pause(pause)) {
    CHECK_OK(refresh_patiently(follower, pause, false));
  }
  if (options.view.usage) CHECK_OK(ask_usage(follower));
  std::fputs(shown_text(follower, options).c_str(), stdout);
  print_notes(follower);
  if (!follow::summarize(follower.history()).is_over())
    return util::fail("job " + options.job_id, "how some of its tasks ended cannot be known", "");
  return exit_status(follower);
}

/// What fits on the screen, from the top.
std::string first_lines(const std::string& text, std::size_t lines) {
  std::size_t at = 0;
  for (; lines > 0 && at < text.size(); --lines) at = std::min(text.find('\n', at), text.size() - 1) + 1;
  return text.substr(0, at);
}

Status watch(follow::Follower& follower, const StatusOptions& options) {
  const bool in_place = report::terminal_width(1) > 0;
  while (true) {
    const auto summary = follow::summarize(follower.history());
    auto text = shown_text(follower, options);
    const auto rest = follow::estimate_rest(summary);
    if (rest > 0 && !options.json) text = "about " + report::duration_text(rest) + " left\n" + text;
    const bool over = is_settled(summary);
    if (in_place && !over) text = "\033[H\033[J" + first_lines(text, report::terminal_height(1) - 1);
    CHECK_OK(util::write_all(1, (in_place && over ? "\033[H\033[J" : "") + text, "standard output"));
    if (over) break;
    CHECK_OK(refresh_patiently(follower, 5, options.view.usage));
  }
  print_notes(follower);
  return exit_status(follower);
}

}  // namespace

Status status(const Words& words) {
  TRY(const auto options, parse(words));
  if (!options) return 0;
  const auto site = queue::find_site();
  if (options->job_id.empty()) return show_overview(site, {.most = 10, .json = options->json});
  TRY(const auto word, follow::parse_task_word(options->job_id));
  const auto submissions = engine::list_submissions(site);
  TRY(const auto array_id, follow::find_array(site, submissions, word));
  TRY(auto follower, follow::Follower::open(site, submissions, array_id, options->script));
  CHECK_OK(follower.refresh(options->view.usage));
  if (options->wait) return wait_until_done(follower, *options);
  if (options->watch) return watch(follower, *options);
  std::fputs(shown_text(follower, *options).c_str(), stdout);
  print_notes(follower);
  return 0;
}

}  // namespace sarray::commands
