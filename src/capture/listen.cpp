#include "capture/listen.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "capture/check.hpp"
#include "capture/command_feed.hpp"
#include "capture/session_files.hpp"
#include "capture/session_library.hpp"
#include "capture/session_process.hpp"
#include "capture/strays.hpp"
#include "capture/surroundings.hpp"
#include "store/shell.hpp"
#include "util/confirm.hpp"
#include "util/environment_names.hpp"
#include "util/fd.hpp"
#include "util/message.hpp"
#include "util/process.hpp"

extern char** environ;

namespace sarray::capture {

namespace {

/// In the session's folder: the journal's size as a command at the prompt left it with nothing queued, and how to follow what it
/// submitted. Read by listen.bash at the next prompt.
constexpr const char* leave_file = "leave";

void say(const std::string& line) { [[maybe_unused]] const auto told = util::write_all(2, line + "\n", ""); }

std::string variable(const char* name) {
  const char* value = ::getenv(name);
  return value != nullptr ? value : "";
}

bool is_terminal() { return ::isatty(0) != 0; }

enum class ShellKind : std::uint8_t { bash, zsh, fish, tcsh };

struct Shell {
  std::string path;
  ShellKind kind = ShellKind::bash;
};

/// Returns what kind of shell a program is, by its name; nullopt: it is not known.
std::optional<ShellKind> kind_of(const std::string& path) {
  std::error_code trouble;
  const auto name = path.substr(path.rfind('/') + 1);
  if (name == "bash") return ShellKind::bash;
  if (name == "zsh") return ShellKind::zsh;
  if (name == "fish") return ShellKind::fish;
  // csh is tcsh on most systems; the older one has no precmd.
  const bool is_tcsh = name == "tcsh" || (name == "csh" && std::filesystem::canonical(path, trouble).filename() == "tcsh");
  return is_tcsh ? std::optional(ShellKind::tcsh) : std::nullopt;
}

/// Returns the user's shell; bash if it is not one that sarray knows, or if the commands come from no terminal: most are scripts.
util::Result<Shell> choose_shell(bool terminal) {
  const auto shell = variable("SHELL");
  const bool is_there = !shell.empty() && ::access(shell.c_str(), X_OK) == 0;
  const auto kind = kind_of(shell);
  if (is_there && kind && (terminal || *kind == ShellKind::bash)) return Shell{shell, *kind};
  TRY(const auto bash, util::find_in_path("bash", variable("PATH"), [](const struct stat&) { return false; }));
  if (!bash) return util::fail("listen", "bash was not found in PATH");
  if (!is_there && !shell.empty()) {
    util::note("the session's shell is bash; " + shell + " cannot be run");
  } else if (!kind && !shell.empty()) {
    util::note("the session's shell is bash; " + shell + " is not known to sarray");
  } else if (!shell.empty()) {
    util::note("the commands come from no terminal, and are run by bash, not by " + shell);
  }
  return Shell{*bash, ShellKind::bash};
}

/// A shell adds one, and at the prompt SHLVL shall be as outside. CommandFeed that do not come from a terminal count as a script
/// does.
void lower_shell_level() {
  if (const auto level = std::atoi(variable("SHLVL").c_str()); level > 0) ::setenv("SHLVL", std::to_string(level - 1).c_str(), 1);
}

/// Becomes the shell. @param script a path to read the commands from; empty: standard input. @return only if that failed.
void become_shell(const Shell& shell, const store::Session& session, bool terminal, const std::string& script) {
  const auto* path = shell.path.c_str();
  if (terminal) lower_shell_level();
  switch (shell.kind) {
    case ShellKind::bash:
      if (terminal) ::execl(path, "bash", "--rcfile", (session.folder() + "/listen.bash").c_str(), "-i", nullptr);
      if (!script.empty()) ::execl(path, "bash", script.c_str(), nullptr);
      ::execl(path, "bash", nullptr);
      return;
    case ShellKind::zsh:  // by ZDOTDIR
      ::execl(path, "zsh", "-i", nullptr);
      return;
    case ShellKind::fish:
      ::execl(path, "fish", "-i", "-C", "source $SARRAY_SHARE/listen.fish", nullptr);
      return;
    case ShellKind::tcsh:
      ::setenv(util::home_variable, variable("HOME").c_str(), 1);
      ::setenv("HOME", (session.folder() + "/tcsh").c_str(), 1);
      ::execl(path, "tcsh", "-i", nullptr);
  }
}

/// Returns the session that --resume means: the one named; else the latest whose shell is gone; else the latest whose shell
/// cannot be seen.
const store::SessionInfo* find_resumable(const std::vector<store::SessionInfo>& sessions, const std::string& name) {
  const store::SessionInfo* found = nullptr;
  for (const auto& info : sessions) {
    if (!name.empty()) {
      if (info.name == name) return &info;
    } else if (info.state == store::SessionInfo::State::open && info.shell != store::ShellState::alive) {
      const bool is_worse = found != nullptr && found->shell < info.shell;
      if (!is_worse) found = &info;
    }
  }
  return found;
}

/// Checks that a session may be resumed. If its shell cannot be seen, it asks: the shell may run, and would go on recording.
util::Result<void> check_shell(const store::SessionInfo& info, bool yes) {
  const auto place = "host " + info.shell_host + ", process " + std::to_string(info.shell_pid);
  if (info.shell == store::ShellState::alive)
    return util::fail("session " + info.name, "its shell still runs (" + place + ")", "exit that shell first");
  if (info.shell == store::ShellState::gone || yes) return {};
  const auto why = "its shell may still run (" + place + "), which cannot be seen from here";
  if (util::can_ask() && util::confirm("session " + info.name + ": " + why + ". Resume it here?")) return {};
  return util::fail("session " + info.name, why, "sarray listen --resume " + info.name + " --yes, if that shell is gone");
}

util::Result<store::Session> choose_session(const store::StateFolder& folder, const ListenOptions& options) {
  if (!options.resume) return store::Session::create(folder, clean_environment(environ));
  TRY(const auto sessions, store::list_sessions(folder));
  const auto* info = find_resumable(sessions, options.session);
  if (info != nullptr) CHECK_OK(check_shell(*info, options.yes));
  const auto name = info != nullptr ? info->name : options.session;
  if (name.empty()) return util::fail("listen", "there is no session to resume", "sarray sessions");
  return store::Session::open(folder, name);
}

/// @param alive the file in which the shell is recorded.
/// @return as waitpid(2) says.
util::Result<int> run_shell(const Shell& shell, const store::StateFolder& folder, const store::Session& session,
                            const util::Fd& alive) {
  const bool terminal = is_terminal();
  CommandFeed feed;
  if (!terminal) feed.begin();
  const Guard guard(session);
  const SessionSettings settings{guard.folder(), place_library(session, guard.folder()), terminal,
                                 terminal ? "child.bash" : "first.bash"};
  ::signal(SIGINT, SIG_IGN);
  ::signal(SIGQUIT, SIG_IGN);
  ::signal(SIGHUP, [](int) {});  // the shell ends of it, and its end is noted; unlike SIG_IGN this is not the shell's too
  const auto child = ::fork();
  if (child < 0) return util::fail(shell.path, util::errno_text(errno));
  if (child == 0) {
    ::signal(SIGINT, SIG_DFL);
    ::signal(SIGQUIT, SIG_DFL);
    set_environment(folder, session, settings);
    become_shell(shell, session, terminal, feed.place());
    ::_exit(127);
  }
  // If this process is killed, the shell continues, and so does the session.
  [[maybe_unused]] const auto noted = util::write_all(alive.get(), store::describe_process(child) + "\n", "alive");
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

/// Says to a person that sbatch is not Slurm's here, and what is in a session that is resumed.
util::Result<void> tell_begin(const store::Session& session, bool resumed) {
  if (!is_terminal()) return {};
  if (!resumed) {
    say("sarray: sbatch is recorded here until 'sarray submit' or exit");
    return {};
  }
  TRY(const auto contents, session.read());
  const auto from = contents.info.directory.empty() ? "" : ", the last from " + contents.info.directory;
  say("sarray: session " + session.name() + ": " + util::count(contents.info.jobs, "job") + " queued" + from);
  return {};
}

/// Prints what is left, and how to go on.
void tell_end(const store::Session& session, const store::SessionContents& contents) {
  for (const auto& warning : contents.warnings) util::warn("session " + session.name() + ": " + warning);
  const auto path = session.folder() + "/" + leave_file;
  const auto left = util::read_file(path);
  ::unlink(path.c_str());
  if (contents.info.jobs > 0) {
    say("sarray: session " + session.name() + " keeps " + util::count(contents.info.jobs, "job") + " (" +
        util::count(contents.info.tasks, "task") + ")");
    say("hint: sarray listen --resume " + session.name() + ", or sarray submit --session " + session.name());
  } else if (left) {
    const auto at = left->find(' ');
    auto follow = at == std::string::npos ? "" : left->substr(at + 1, left->find('\n', at) - at - 1);
    say("sarray: " + std::string(follow.empty() ? "" : "submitted; ") + "the session is over: sbatch is Slurm's again");
    if (!follow.empty()) say("hint: " + follow);
  }
}

/// Returns the session whose shell this is; nullopt if the environment was saved in a session that has ended, or is gone.
bool is_inside_session() {
  if (variable(util::session_variable).empty()) return false;
  const auto folder = store::StateFolder::open();
  const auto session = folder ? store::Session::current(*folder) : util::Result<store::Session>(util::fail(""));
  return session && !session->is_over();
}

}  // namespace

util::Result<int> listen(const ListenOptions& options) {
  if (is_inside_session()) {
    return util::fail("listen", "this shell is already a listen session (" + variable(util::session_variable) + ")", "exit");
  }
  forget_session();
  TRY(const auto folder, store::StateFolder::open());
  TRY(const auto shell, choose_shell(is_terminal()));
  TRY(auto session, choose_session(folder, options));
  TRY(const auto alive, mark_alive(session));
  CHECK_OK(write_session_files(session, folder, options.dialect));
  CHECK_OK(set_checks(session, options.checks && options.client.has_sbatch()));
  CHECK_OK(note_place(session, options.client));
  TRY(const auto restored, session.restore_cancelled());
  if (restored > 0)
    util::note(util::count(restored, "job") + " that had been cancelled " + (restored == 1 ? "is" : "are") + " queued again");
  ::unlink((session.folder() + "/" + leave_file).c_str());
  CHECK_OK(session.reopen());
  CHECK_OK(tell_begin(session, options.resume));
  TRY(const int status, run_shell(shell, folder, session, alive));
  end_session(session, alive, status);
  CHECK_OK(session.sync());
  TRY(const auto contents, session.read());
  tell_end(session, contents);
  warn_of_strays(session, contents, options.client);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool is_at_prompt(const store::Session& session) {
  return variable(util::session_variable) == session.name() && !variable(util::prompt_variable).empty();
}

util::Result<void> ask_shell_to_leave(const store::Session& session, const std::string& follow) {
  return util::write_file_atomically(session.folder() + "/" + leave_file,
                                     std::to_string(session.journal_size()) + (follow.empty() ? "" : " " + follow) + "\n");
}

}  // namespace sarray::capture
