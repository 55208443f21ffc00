#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

#include "capture/check.hpp"
#include "capture/driver.hpp"
#include "capture/strays.hpp"
#include "cli/page.hpp"
#include "commands/checks.hpp"
#include "commands/commands.hpp"
#include "commands/live.hpp"
#include "commands/submit_options.hpp"
#include "commands/suggest_run.hpp"
#include "queue/gather.hpp"
#include "util/fd.hpp"
#include "util/join.hpp"
#include "util/message.hpp"
#include "util/numbers.hpp"
#include "util/user_text.hpp"

namespace sarray::commands {

namespace {

struct RunOptions {
  SubmitOptions submit;
  bool record_only = false;
  bool checks = false;
  LiveOptions live;
  Words live_words;  ///< the options of submit, for what is submitted while the command runs
  Words command;
};

void say(const std::string& line) { std::fprintf(stderr, "%s\n", util::printable(line).c_str()); }

/// Takes --live and --max-calls out of the words.
util::Result<LiveOptions> take_live_options(Words& words) {
  LiveOptions live;
  Words others;
  constexpr std::uint32_t usual_interval = 5;
  const std::string help = "sarray run --help";
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    if (word == "--live") {
      live.interval = std::chrono::seconds(usual_interval);
    } else if (word.starts_with("--live=")) {
      TRY(const auto seconds, util::parse_number(word.substr(7), "--live", 1, help));
      live.interval = std::chrono::seconds(seconds);
    } else if (word.starts_with("--max-calls=")) {
      TRY(live.max_calls, util::parse_number(word.substr(12), "--max-calls", 1, help));
    } else if (word == "--max-calls" && i + 1 < words.size()) {
      TRY(live.max_calls, util::parse_number(words[++i], "--max-calls", 1, help));
    } else {
      others.push_back(word);
    }
  }
  words = std::move(others);
  return live;
}

/// Returns the page of run: its own options, and those of submit.
cli::Page make_run_page() {
  auto page = cli::ask_for_page([] { [[maybe_unused]] const auto options = parse_submit_options({}); });
  page.command = "run";
  page.usage =
      "[--live[=SECONDS]] [--max-calls N] [--record-only] [--no-check] [any option of sarray submit or of sbatch]... [--] COMMAND [ARGUMENT]...";
  page.description =
      "Runs a program with sbatch recorded; when it ends with status 0, submits what it recorded as one job array.";
  page.arguments = {{"COMMAND", "anything that calls sbatch: a script, make, python, xargs; with its arguments"}};
  std::erase_if(page.options, [](const auto& option) { return option.names.back() == "--session"; });
  const std::vector<cli::PageOption> own = {
      {{"--live"}, "SECONDS", true, "submit what is recorded every SECONDS (5) while the program runs"},
      {{"--max-calls"}, "N", false, "submit when N calls are recorded"},
      {{"--record-only"}, "", false, "submit nothing; the session keeps the queue"},
      {{"--check"}, "", false, std::string(check_help) + " (the default)"},
      {{"--no-check"}, "", false, std::string(no_check_help)}};
  page.options.insert(page.options.begin() + 1, own.begin(), own.end());
  page.notes =
      "The program has the terminal, standard input, signals and standard output to itself; what run says goes to standard error. "
      "When it waits for its jobs (it asks squeue, sacct or scontrol about a recorded job and calls no sbatch for two seconds, or "
      "it calls sbatch --wait), what is recorded so far is submitted. If the program fails, nothing more is submitted, and the session is kept: sarray sessions. The status is the program's, else "
      "submit's; 126 or 127 if it cannot be started.";
  return page;
}

/// Takes a flag out of the words. @return whether it was there.
bool take_flag(Words& words, std::string_view name) { return std::erase(words, name) > 0; }

/// @return nullopt if help was asked for and printed.
util::Result<std::optional<RunOptions>> parse_run_options(Words words) {
  RunOptions options;
  const auto page = make_run_page();
  if (cli::hand_over(page)) return std::optional<RunOptions>();
  options.command = take_command(words);
  for (const auto* help : {"-h", "--help"}) {
    if (std::find(words.begin(), words.end(), help) == words.end()) continue;
    std::fputs(cli::help_text(page).c_str(), stdout);
    return std::optional<RunOptions>();
  }
  options.record_only = take_flag(words, "--record-only");
  const bool check = take_flag(words, "--check");
  const bool no_check = take_flag(words, "--no-check");
  TRY(options.live, take_live_options(words));
  options.live_words = words;
  const auto is_session = [](const std::string& word) { return word == "--session" || word.starts_with("--session="); };
  if (std::any_of(words.begin(), words.end(), is_session))
    return util::fail(util::usage_error("run", "it begins a session of its own: --session has no meaning", "sarray run --help"));
  if (options.command.empty()) return util::fail(util::usage_error("run", "no command is given", "sarray run -- ./script"));
  TRY(auto submit, parse_submit_options(words));
  if (!submit) return std::optional<RunOptions>();
  options.submit = std::move(*submit);
  TRY(options.checks, choose_checks(check, no_check, !options.submit.dry_run));
  return std::optional(std::move(options));
}

std::string describe_end(const std::string& program, int wait_status) {
  return program + (WIFEXITED(wait_status) ? " ended with status " + std::to_string(WEXITSTATUS(wait_status))
                                           : " was ended by signal " + std::to_string(WTERMSIG(wait_status)));
}

/// Prints what the session keeps, and how to go on.
/// @param has_hint whether the error that follows says that.
void tell_kept(const store::Session& session, const store::SessionContents& contents, bool has_hint = false) {
  say("sarray: session " + session.name() + " keeps " + util::count(contents.info.jobs, "job") + " (" +
      util::count(contents.info.tasks, "task") + ")");
  if (!has_hint) say("hint: sarray submit --session " + session.name() + ", or sarray list --session " + session.name());
}

/// Says what becomes of the queue if it is not submitted. @param why empty: the command ended well.
void tell_not_submitted(const store::Session& session, const store::SessionContents& contents, const std::string& why) {
  for (const auto& warning : contents.warnings) util::warn("session " + session.name() + ": " + warning);
  const auto jobs = util::join(contents.submissions, ", ", &store::SubmissionNote::job_id);
  const auto was_submitted =
      contents.submissions.empty() ? std::string("nothing was submitted") : "nothing more is submitted; what was is job " + jobs;
  if (!why.empty()) say("sarray: " + why + ": " + was_submitted);
  if (contents.info.jobs > 0) {
    tell_kept(session, contents);
  } else if (contents.calls.empty()) {
    say("sarray: nothing was recorded");
  } else if (why.empty()) {
    say("sarray: no job is left to submit");
  }
}

/// Submits the session as `sarray submit --session` does. What that says on standard output is run's own, not the command's.
Status submit_session(const store::Session& session, SubmitOptions options) {
  options.session = session.name();
  const bool is_dry = options.dry_run;
  std::fflush(stdout);
  if (::dup2(2, 1) < 0) return util::fail("standard error", "cannot be used");
  auto status = submit_queue(std::move(options));
  if (status && !is_dry) return status;
  if (const auto contents = session.read(); contents && contents->info.jobs > 0) {
    const bool has_hint = !status && status.error().hint.find(session.name()) != std::string::npos;
    tell_kept(session, *contents, has_hint);
  }
  return status;
}

}  // namespace

Status run_driver(const Words& words) {
  constexpr int command_not_found = 127;  // as in a shell
  TRY(auto options, parse_run_options(words));
  if (!options) return 0;
  const auto site = queue::find_site();
  // What submit would refuse is refused before the command has run for hours.
  if (!options->record_only) {
    CHECK_OK(check_can_submit(options->submit, site));
    CHECK_OK(read_overrides(options->submit.sbatch_words, queue::learn_dialect(site.client)));
  }
  LiveSubmitter live(options->live, options->live_words);
  const bool submits = !options->record_only && !options->submit.dry_run;
  capture::DriverHooks hooks;
  hooks.begin = [&](const store::Session& session) -> util::Result<void> {
    if (options->checks && site.client.has_sbatch()) CHECK_OK(capture::set_checks(session, true));
    if (submits && util::write_file_atomically(session.folder() + "/" + capture::driver_file, ""))
      live.begin(session, options->command.front());
    return {};
  };
  if (submits) hooks.tick = [&] { live.tick(); };
  auto end_of_driver = capture::run_driver(options->command, queue::installed_options(site.client), site.client, hooks);
  if (!end_of_driver) {
    auto& error = end_of_driver.error();
    if (error.status == command_not_found && error.hint.empty()) error.hint = suggest_run(options->command);
    return util::fail(std::move(error));
  }
  const auto& end = *end_of_driver;
  live.finish();
  CHECK_OK(end.session.sync());
  TRY(const auto contents, end.session.read());
  capture::warn_of_strays(end.session, contents, site.client);
  const bool failed = end.wait_status != 0;
  if (failed || options->record_only || contents.info.jobs == 0) {
    const bool is_all_submitted = !failed && contents.info.jobs == 0 && !contents.submissions.empty();
    if (!is_all_submitted)
      tell_not_submitted(end.session, contents, failed ? describe_end(options->command.front(), end.wait_status) : "");
    return capture::end_as(end.wait_status);
  }
  return submit_session(end.session, std::move(options->submit));
}

}  // namespace sarray::commands
