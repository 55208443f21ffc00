#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "capture/driver.hpp"
#include "capture/strays.hpp"
#include "cli/page.hpp"
#include "commands/commands.hpp"
#include "commands/submit_options.hpp"
#include "queue/gather.hpp"
#include "util/message.hpp"
#include "util/user_text.hpp"

namespace sarray::commands {

namespace {

struct RunOptions {
  SubmitOptions submit;
  bool record_only = false;
  Words command;
};

void say(const std::string& line) { std::fprintf(stderr, "%s\n", util::printable(line).c_str()); }

/// Returns the page of run: its own option, and those of submit.
cli::Page make_run_page() {
  auto page = cli::ask_for_page([] { [[maybe_unused]] const auto options = parse_submit_options({}); });
  page.command = "run";
  page.usage = "[--record-only] [any option of sarray submit or of sbatch]... [--] COMMAND [ARGUMENT]...";
  page.description =
      "Runs a program with sbatch recorded; when it ends with status 0, submits what it recorded as one job array.";
  page.arguments = {{"COMMAND", "anything that calls sbatch: a script, make, python, xargs; with its arguments"}};
  std::erase_if(page.options, [](const auto& option) { return option.names.back() == "--session"; });
  page.options.insert(page.options.begin() + 1, {{"--record-only"}, "", false, "submit nothing; the session keeps the queue"});
  page.notes =
      "The program has the terminal, standard input, signals and standard output to itself; what run says goes to standard error. "
      "If the program fails, nothing is submitted, and the session is kept: sarray sessions. The status is the program's, else "
      "submit's; 126 or 127 if it cannot be started.";
  return page;
}

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
  const auto record_only = std::remove(words.begin(), words.end(), "--record-only");
  options.record_only = record_only != words.end();
  words.erase(record_only, words.end());
  const auto is_session = [](const std::string& word) { return word == "--session" || word.starts_with("--session="); };
  if (std::any_of(words.begin(), words.end(), is_session))
    return util::fail(util::usage_error("run", "it begins a session of its own: --session has no meaning", "sarray run --help"));
  if (options.command.empty()) return util::fail(util::usage_error("run", "no command is given", "sarray run -- ./script"));
  TRY(auto submit, parse_submit_options(words));
  if (!submit) return std::optional<RunOptions>();
  options.submit = std::move(*submit);
  return std::optional(std::move(options));
}

std::string describe_end(const std::string& program, int wait_status) {
  return program + (WIFEXITED(wait_status) ? " ended with status " + std::to_string(WEXITSTATUS(wait_status))
                                           : " was ended by signal " + std::to_string(WTERMSIG(wait_status)));
}

/// Prints what the session keeps, and how to go on.
void tell_kept(const store::Session& session, const store::SessionContents& contents) {
  say("sarray: session " + session.name() + " keeps " + util::count(contents.info.jobs, "job") + " (" +
      util::count(contents.info.tasks, "task") + ")");
  say("hint: sarray submit --session " + session.name() + ", or sarray list --session " + session.name());
}

/// Says what becomes of the queue if it is not submitted. @param why empty: the command ended well.
void tell_not_submitted(const store::Session& session, const store::SessionContents& contents, const std::string& why) {
  for (const auto& warning : contents.warnings) util::warn("session " + session.name() + ": " + warning);
  const auto was_submitted = contents.submissions.empty() ? "nothing was submitted" : "nothing more is submitted";
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
  if (const auto contents = session.read(); contents && contents->info.jobs > 0) tell_kept(session, *contents);
  return status;
}

}  // namespace

Status run_driver(const Words& words) {
  TRY(auto options, parse_run_options(words));
  if (!options) return 0;
  const auto site = queue::find_site();
  // What submit would refuse is refused before the command has run for hours.
  if (!options->record_only) {
    CHECK_OK(check_can_submit(options->submit, site));
    CHECK_OK(read_overrides(options->submit.sbatch_words, queue::learn_dialect(site.client)));
  }
  TRY(const auto end, capture::run_driver(options->command, queue::installed_options(site.client)));
  CHECK_OK(end.session.sync());
  TRY(const auto contents, end.session.read());
  capture::warn_of_strays(end.session, contents, site.client);
  const bool failed = end.wait_status != 0;
  if (failed || options->record_only || contents.info.jobs == 0) {
    tell_not_submitted(end.session, contents, failed ? describe_end(options->command.front(), end.wait_status) : "");
    return capture::end_as(end.wait_status);
  }
  return submit_session(end.session, std::move(options->submit));
}

}  // namespace sarray::commands
