#include <cstdio>

#include "capture/listen.hpp"
#include "cli/arguments.hpp"
#include "commands/commands.hpp"
#include "commands/control.hpp"
#include "commands/task_word.hpp"
#include "engine/engine.hpp"
#include "queue/gather.hpp"
#include "queue/held.hpp"
#include "store/submissions.hpp"
#include "util/confirm.hpp"
#include "util/join.hpp"
#include "util/message.hpp"

namespace sarray::commands {

namespace {

/// From so many jobs on the person at the terminal is asked.
constexpr std::size_t many_jobs = 10;

/// Cancels the arrays of a pipeline that Slurm still holds: nothing of them has begun, and nobody else would ever release them.
util::Result<void> cancel_held(const std::vector<store::Submission>& held, const Telling& telling) {
  if (held.empty()) return {};
  std::vector<std::string> ids;
  for (const auto& submission : held) ids.push_back(submission.job_id);
  const engine::SlurmEngine engine(queue::find_site().client);
  CHECK_OK(engine.control(engine::Verb::cancel, ids));
  for (const auto& submission : held) CHECK_OK(store::note_step(submission.folder, store::PipelineStep::released));
  if (telling.json || telling.quiet) return {};
  const auto list = util::join(ids, ", ");
  std::fprintf(stderr, "sarray: cancelled %s that Slurm held: %s\n", util::count(ids.size(), "array").c_str(), list.c_str());
  return {};
}

Status cancel_session(const std::string& session_name, const ControlOptions& options) {
  begin_telling(options.telling);
  auto found = queue::find_session(session_name);
  if (!found) {
    if (session_name.empty()) found.error().hint = "sarray cancel last, or a job id; --session NAME drops that session's queue";
    return util::fail(std::move(found).error());
  }
  auto session = std::move(*found);
  TRY(const auto lock, queue::lock_session(session));
  TRY(const auto contents, session.read());
  std::vector<std::uint32_t> queued;
  for (const auto& call : contents.calls) {
    if (!call.dropped && !call.submitted) queued.push_back(call.job);
  }
  TRY(const auto folder, store::StateFolder::open());
  const auto held = queue::find_held_submissions(contents, folder);
  const auto jobs = util::count(queued.size(), "job");
  if (queued.size() >= many_jobs && !options.yes && util::can_ask() &&
      !util::confirm("drop " + jobs + " of session " + session.name() + "?"))
    return util::fail("cancel", "nothing was dropped", "sarray list");
  CHECK_OK(cancel_held(held, options.telling));
  if (!queued.empty()) CHECK_OK(session.cancel(queued));
  CHECK_OK(session.sync());
  queue::warn_of_unsettled(contents);
  const bool goes_on = contents.info.shell == store::ShellState::alive && !capture::is_at_prompt(session);
  std::string hint;
  if (!queued.empty()) {
    hint = std::string(goes_on ? "if nothing more is recorded in it: exit, and " : "") + "sarray listen --resume " +
           session.name() + " queues " + (queued.size() == 1 ? "it" : "them") + " again, until the session is pruned";
  }
  util::Json document{{"action", "cancel"}, {"done", true}, {"session", session.name()}, {"jobs", queued}};
  document["arrays"] = util::Json::array();
  for (const auto& submission : held) document["arrays"].push_back(submission.job_id);
  tell(options.telling, "dropped " + jobs, std::move(document), hint);
  if (capture::is_at_prompt(session)) CHECK_OK(capture::ask_shell_to_leave(session, ""));
  return 0;
}

}  // namespace

Status cancel(const Words& words) {
  std::string session_name;
  ControlOptions options;
  cli::Arguments arguments(
      "cancel", "Cancels tasks of a merged array; without a job id, drops the session's queue, and at its prompt leaves it.",
      "[--session NAME] [--yes] | TASK [--job SEL] [--tasks IDS] [-n] [--yes] [--json]");
  auto& app = arguments.app();
  auto* word = app.add_option("task", options.word, task_help);
  add_control_options(app, options);
  app.add_flag("--with-dependents", options.with_dependents,
               "cancel also the tasks that wait for these and could then never run, in any array");
  for (const char* name : {"--job", "--tasks", "--dry-run", "--script", "--with-dependents"}) app.get_option(name)->needs(word);
  app.add_flag("-y,--yes", options.yes,
               "do not ask before a whole array of several jobs, or a queue of ten jobs or more, is cancelled");
  app.add_option("--session", session_name, "act on this session instead of the current shell's")
      ->type_name("NAME")
      ->excludes(word);
  TRY(const bool go_on, arguments.parse(words));
  if (!go_on) return 0;
  return options.word.empty() ? cancel_session(session_name, options) : control(options);
}

}  // namespace sarray::commands
