#include "report/status.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "cli/arguments.hpp"
#include "commands/commands.hpp"
#include "commands/last.hpp"
#include "commands/overview.hpp"
#include "commands/task_word.hpp"
#include "commands/watch.hpp"
#include "engine/engine.hpp"
#include "engine/submissions.hpp"
#include "follow/group.hpp"
#include "queue/gather.hpp"
#include "store/submissions.hpp"
#include "util/join.hpp"
#include "util/json.hpp"
#include "util/message.hpp"

namespace sarray::commands {

namespace {

struct StatusOptions : WatchOptions {
  std::string script;
  bool wait = false;
  bool watch = false;
};

util::Result<std::optional<StatusOptions>> parse(const Words& words) {
  StatusOptions options;
  cli::Arguments arguments("status", "Shows what runs, what is done and what failed, by the jobs' own names.",
                           "[TASK] [--tasks] [--failed] [--usage] [--no-bars] [--wait|--watch] [--json] [--from FILE]");
  auto& app = arguments.app();
  app.footer(
      "Without TASK: the newest submission from this directory (last), or, if there is none, the last submissions from others. --wait exits with 0 if all tasks completed, with 3 if some did not.");
  app.add_option(
      "task", options.job_id,
      "a merged array, a retry of it, some of its tasks, a recorded job's id, or last: the newest submission from this directory");
  app.add_flag("--tasks", options.view.tasks, "one line per task");
  app.add_flag("--failed", options.view.failed_only, "only what failed, ran out of time or of memory");
  app.add_flag("--usage", options.view.usage, "CPU and memory used, and how much was requested; needs accounting");
  auto* wait = app.add_flag("--wait", options.wait, "return when every task is done");
  app.add_flag("--watch", options.watch, "redraw every few seconds until all tasks have finished; arrows scroll, q ends")
      ->excludes(wait);
  bool no_bars = false;
  app.add_flag("--no-bars", no_bars, "draw no bars (SARRAY_BARS=off: never)");
  app.add_flag("--json", options.json, "answer in JSON (docs/follow.md)");
  app.add_option("--from,--script", options.script, "the submitted script, if Slurm no longer has it")->type_name("FILE");
  TRY(const bool go_on, arguments.parse(words));
  if (!go_on) return std::optional<StatusOptions>();
  options.view.bars = !no_bars;
  return std::optional(std::move(options));
}

std::string shown_text(const follow::Group& group, const StatusOptions& options) {
  auto view = options.view;
  look_at_terminal(view);
  OutputFinder files(group);
  view.output_of = [&](const follow::History& history, std::uint32_t index) { return files.find(history, index); };
  if (options.json) return util::to_line(report::status_json(group.histories(), view));
  return report::status_text(group.histories(), view);
}

void print_notes(const follow::Group& group) {
  for (const auto* history : group.histories()) {
    for (const auto& note : history->notes) util::note(note);
  }
  warn_of_missing(group.missing(), LeftOut::not_shown);
}

/// Returns an error if it is not known how all tasks ended.
util::Result<void> check_known(const follow::Group& group) {
  if (!group.missing().empty())
    return util::fail("job " + group.name(),
                      "how the tasks of " + util::join(follow::name_missing(group.missing()), ", ") + " ended is not known here",
                      "sarray history");
  if (follow::summarize(group.histories()).count(slurm::TaskState::unknown) > 0)
    return util::fail("job " + group.histories().front()->attempts.front().job_id,
                      "Slurm no longer knows how some of its tasks ended", "");
  return {};
}

int exit_status(const follow::Group& group) {
  const auto histories = group.histories();
  const bool is_good = follow::summarize(histories).failures() == 0 && follow::count_never(histories) == 0;
  return static_cast<int>(is_good ? util::Exit::ok : util::Exit::some_tasks_failed);
}

/// Returns the next pause in seconds: longer and longer, up to half a minute, to spare the controller.
unsigned next_pause(unsigned pause) { return pause < 30 ? pause + 1 + pause / 2 : 30; }

/// Asks again, also after an error: a controller that restarts, or is busy, must not end hours of waiting.
util::Result<void> refresh_patiently(follow::Group& group, const engine::Engine& engine, unsigned pause, bool with_usage) {
  constexpr int max_failures = 10;
  for (int failures = 0;; ++failures) {
    ::sleep(pause);
    auto refreshed = group.refresh(engine, with_usage);
    if (refreshed || failures == max_failures) return refreshed;
    util::note("Slurm does not answer (" + refreshed.error().why + "); trying again");
    pause = 30;
  }
}

/// Accounting hears of a task's end some seconds later (up to five, observed on 22.05).
util::Result<void> ask_usage(follow::Group& group, const engine::Engine& engine) {
  constexpr int max_questions = 5;
  CHECK_OK(refresh_patiently(group, engine, 0, true));
  for (int i = 1; group.awaits_usage() && i < max_questions; ++i) CHECK_OK(refresh_patiently(group, engine, 2, true));
  return {};
}

Status wait_until_done(follow::Group& group, const engine::Engine& engine, const StatusOptions& options) {
  for (unsigned pause = 1; !is_settled(group.histories()); pause = next_pause(pause)) {
    CHECK_OK(refresh_patiently(group, engine, pause, false));
  }
  if (options.view.usage) CHECK_OK(ask_usage(group, engine));
  std::fputs(shown_text(group, options).c_str(), stdout);
  print_notes(group);
  CHECK_OK(check_known(group));
  return exit_status(group);
}

/// Says so if tasks are in hold because a submit was cut off before Slurm knew what all tasks of a pipeline wait for.
void note_hold(const slurm::SlurmSite& site, const follow::Group& group) {
  const auto is_held = [](const follow::Attempt& attempt) {
    return std::any_of(attempt.tasks.begin(), attempt.tasks.end(), [](const auto& t) { return t.reason == "JobHeldUser"; });
  };
  std::vector<const follow::Attempt*> held;
  for (const auto* history : group.histories()) {
    if (is_held(history->attempts.back())) held.push_back(&history->attempts.back());
  }
  if (held.empty()) return;
  const auto submissions = engine::list_submissions(site);
  for (const auto* attempt : held) {
    const auto* submission = store::find_submission(submissions, attempt->job_id);
    if (submission == nullptr || !store::is_held_for_pipeline(*submission)) continue;
    const bool is_retry = !submission->retry_of.empty();
    const auto what = std::string(is_retry ? "a retry" : "a submit") + " was cut off before Slurm knew what its tasks wait for: ";
    util::note("array " + attempt->job_id + " is held, since " + what +
               (is_retry ? "sarray retry " + submission->retry_of.front() + ", or of the array that it waits for, goes on with it"
                         : "sarray submit of that session goes on with it, sarray cancel of the session ends it"));
  }
}

}  // namespace

Status status(const Words& words) {
  TRY(const auto options, parse(words));
  if (!options) return 0;
  const auto site = queue::find_site();
  const bool asks_nothing = options->job_id.empty() && !options->wait && !options->watch && options->script.empty();
  if (asks_nothing && !find_last(site)) return show_overview(site, {.max = 10, .json = options->json});
  TRY(const auto word, read_shown_word(site, options->job_id));
  TRY(auto group, follow::Group::find(site, word, options->script, follow::Extent::history));
  auto shown = *options;
  shown.view.group = group.name();
  shown.view.missing = follow::name_missing(group.missing());
  for (auto& target : group.targets()) {
    if (!target.is_whole_array) target.array_history.set_meant(target.indices);  // a retry's id means the whole history
  }
  const engine::SlurmEngine engine(site.client);
  CHECK_OK(group.refresh(engine, shown.view.usage));
  if (shown.wait) return wait_until_done(group, engine, shown);
  if (shown.watch) {
    TRY(const bool is_over, watch(group, engine, shown));
    if (!is_over) return 0;
    print_notes(group);
    return exit_status(group);
  }
  std::fputs(shown_text(group, shown).c_str(), stdout);
  print_notes(group);
  note_hold(site, group);
  return 0;
}

}  // namespace sarray::commands
