#include <cstdio>
#include <cstdlib>

#include "capture/listen.hpp"
#include "cli/arguments.hpp"
#include "commands/commands.hpp"
#include "commands/control.hpp"
#include "commands/task_word.hpp"
#include "queue/gather.hpp"
#include "util/environment_names.hpp"
#include "util/message.hpp"

namespace sarray::commands {

namespace {

Status cancel_session(const std::string& session_name) {
  TRY(auto session, queue::find_session(session_name));
  TRY(const auto lock, queue::lock_session(session));
  TRY(const auto contents, session.read());
  std::vector<std::uint32_t> queued;
  for (const auto& call : contents.calls) {
    if (!call.dropped && !call.submitted) queued.push_back(call.job);
  }
  if (!queued.empty()) CHECK_OK(session.drop(queued));
  CHECK_OK(session.close(store::SessionInfo::State::cancelled));
  queue::warn_of_unsettled(contents);
  std::fprintf(stderr, "sarray: dropped %s\n", util::count(queued.size(), "job").c_str());
  const char* own = std::getenv(util::session_variable);
  if (own != nullptr && session.name() == own) CHECK_OK(capture::ask_shell_to_leave(session, 0));
  return 0;
}

}  // namespace

Status cancel(const Words& words) {
  std::string session_name;
  ControlOptions options;
  cli::Arguments arguments("cancel",
                           "Cancels tasks of a merged array; without a job id, drops the session's queue and leaves its shell.",
                           "[--session NAME] | TASK [--job SEL] [--tasks IDS] [-n] [--yes]");
  auto& app = arguments.app();
  auto* word = app.add_option("task", options.word, task_help);
  add_control_options(app, options);
  for (const char* name : {"--job", "--tasks", "--dry-run", "--script"}) app.get_option(name)->needs(word);
  app.add_flag("-y,--yes", options.yes, "do not ask before a whole array of several jobs is cancelled")->needs(word);
  app.add_option("--session", session_name, "act on this session instead of the current shell's")
      ->type_name("NAME")
      ->excludes(word);
  TRY(const bool go_on, arguments.parse(words));
  if (!go_on) return 0;
  return options.word.empty() ? cancel_session(session_name) : control(options);
}

}  // namespace sarray::commands
