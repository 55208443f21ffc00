#include "capture/listen.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include "capture/surroundings.hpp"
#include "embedded/child.hpp"
#include "embedded/listen.hpp"
#include "store/shell.hpp"
#include "util/environment_names.hpp"
#include "util/fd.hpp"
#include "util/message.hpp"
#include "util/process.hpp"

extern char** environ;

namespace sarray::capture {

namespace {

void say(const std::string& line) { [[maybe_unused]] const auto told = util::write_all(2, line + "\n", ""); }

std::string variable(const char* name) {
  const char* value = ::getenv(name);
  return value != nullptr ? value : "";
}

/// Returns the user's shell if it is bash, else bash.
util::Result<std::string> choose_shell() {
  const auto shell = variable("SHELL");
  if (shell.ends_with("/bash") && ::access(shell.c_str(), X_OK) == 0) return shell;
  TRY(const auto bash, util::find_in_path("bash", variable("PATH"), [](const struct stat&) { return false; }));
  if (!bash) return util::fail("listen", "bash was not found in PATH");
  if (!shell.empty()) say("sarray: note: the session's shell is bash; " + shell + " is not known to sarray yet");
  return *bash;
}

util::Result<store::Session> choose_session(const store::StateFolder& folder, const ListenOptions& options) {
  if (!options.resume) return store::Session::create(folder, clean_environment(environ));
  auto name = options.session;
  TRY(const auto sessions, store::list_sessions(folder));
  for (const auto& info : sessions) {
    if (info.state != store::SessionInfo::State::open) continue;
    if (options.session.empty() && !info.alive) name = info.name;
    if (info.name == options.session && info.alive) {
      return util::fail("session " + info.name,
                        "its shell still runs (host " + info.host + ", process " + std::to_string(info.shell_pid) + ")",
                        "exit that shell first");
    }
  }
  if (name.empty()) return util::fail("listen", "there is no session to resume", "sarray sessions");
  return store::Session::open(folder, name);
}

/// Takes the lock that is held while the shell runs, so that others can see that it does.
util::Result<util::Fd> mark_alive(const store::Session& session) {
  TRY(auto fd, util::open_file(session.folder() + "/" + store::alive_file, O_RDWR | O_CREAT | O_NOFOLLOW));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0)
    return util::fail("session " + session.name(), "its shell still runs", "exit that shell first");
  if (::ftruncate(fd.get(), 0) != 0) return util::fail(session.folder() + "/" + store::alive_file, util::errno_text(errno));
  CHECK_OK(util::write_all(fd.get(), std::to_string(::getpid()) + "\n", "alive"));
  return fd;
}

util::Result<void> make_link(const std::string& target, const std::string& path) {
  ::unlink(path.c_str());
  if (::symlink(target.c_str(), path.c_str()) != 0) return util::fail(path, util::errno_text(errno));
  return {};
}

/// Writes the session's folder of programs and startup files.
util::Result<void> write_session_files(const store::Session& session, const ListenOptions& options) {
  const auto bin = session.folder() + "/bin";
  CHECK_OK(util::ensure_private_folder(bin));
  std::string self(4096, '\0');
  const auto length = ::readlink("/proc/self/exe", self.data(), self.size());
  if (length <= 0) return util::fail("/proc/self/exe", util::errno_text(errno));
  self.resize(static_cast<std::size_t>(length));
  CHECK_OK(make_link(self, bin + "/sbatch"));
  CHECK_OK(make_link(self, bin + "/sarray"));
  CHECK_OK(util::write_file_atomically(session.folder() + "/listen.bash", embedded::listen));
  CHECK_OK(util::write_file_atomically(session.folder() + "/child.bash", embedded::child));
  // If the commands do not come from a terminal, bash reads BASH_ENV before them.
  const auto first =
      "BASH_ENV=$SARRAY_SHARE/child.bash\n[[ -n $SARRAY_BASH_ENV && -r $SARRAY_BASH_ENV ]] && . \"$SARRAY_BASH_ENV\"\n. \"$SARRAY_SHARE/listen.bash\"\n";
  CHECK_OK(util::write_file_atomically(session.folder() + "/first.bash", first));
  CHECK_OK(util::write_file_atomically(session.folder() + "/" + outer_job_file, variable("SLURM_JOB_ID")));
  ::unlink((session.folder() + "/leave").c_str());
  if (options.dialect.empty()) return {};
  return util::write_file_atomically(session.folder() + "/dialect", options.dialect);
}

void set_environment(const store::StateFolder& folder, const store::Session& session, bool terminal) {
  const auto bin = session.folder() + "/bin";
  ::setenv(util::session_variable, session.name().c_str(), 1);
  ::setenv(util::state_variable, folder.path().c_str(), 1);  // HOME may change inside
  ::setenv(util::bin_variable, bin.c_str(), 1);
  ::setenv(util::job_variable, variable("SLURM_JOB_ID").c_str(), 1);
  ::setenv("SARRAY_SHARE", session.folder().c_str(), 1);
  ::setenv(util::bash_env_variable, variable("BASH_ENV").c_str(), 1);
  ::setenv("BASH_ENV", (session.folder() + (terminal ? "/child.bash" : "/first.bash")).c_str(), 1);
  ::setenv("PATH", (bin + ":" + variable("PATH")).c_str(), 1);
  // bash adds one, and at the prompt SHLVL shall be as outside. Commands that do not come from a terminal count as a script does.
  if (!terminal) return;
  if (const auto level = std::atoi(variable("SHLVL").c_str()); level > 0) ::setenv("SHLVL", std::to_string(level - 1).c_str(), 1);
}

/// @param alive the file in which the shell is recorded.
util::Result<int> run_shell(const std::string& shell, const store::StateFolder& folder, const store::Session& session,
                            bool terminal, const util::Fd& alive) {
  ::signal(SIGINT, SIG_IGN);
  ::signal(SIGQUIT, SIG_IGN);
  const auto child = ::fork();
  if (child < 0) return util::fail(shell, util::errno_text(errno));
  if (child == 0) {
    ::signal(SIGINT, SIG_DFL);
    ::signal(SIGQUIT, SIG_DFL);
    set_environment(folder, session, terminal);
    const auto rc = session.folder() + "/listen.bash";
    if (terminal) {
      ::execl(shell.c_str(), "bash", "--rcfile", rc.c_str(), "-i", nullptr);
    } else {
      ::execl(shell.c_str(), "bash", nullptr);
    }
    ::_exit(127);
  }
  // If this process is killed, the shell continues, and so does the session.
  [[maybe_unused]] const auto noted = util::write_all(alive.get(), store::describe_process(child) + "\n", "alive");
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

util::Result<int> listen(const ListenOptions& options) {
  if (const auto name = variable(util::session_variable); !name.empty()) {
    return util::fail("listen", "this shell is already a listen session (" + name + ")", "exit");
  }
  TRY(const auto folder, store::StateFolder::open());
  TRY(const auto shell, choose_shell());
  TRY(const auto session, choose_session(folder, options));
  TRY(const auto alive, mark_alive(session));
  CHECK_OK(write_session_files(session, options));
  TRY(const int status, run_shell(shell, folder, session, ::isatty(0) != 0, alive));
  CHECK_OK(session.sync());
  TRY(const auto contents, session.read());
  for (const auto& warning : contents.warnings) say("sarray: warning: session " + session.name() + ": " + warning);
  if (contents.info.jobs > 0 && contents.info.state == store::SessionInfo::State::open) {
    say("sarray: session " + session.name() + " keeps " + util::count(contents.info.jobs, "job") + " (" +
        util::count(contents.info.tasks, "task") + ")");
    say("hint: sarray listen --resume " + session.name() + ", or sarray submit --session " + session.name());
  }
  return status;
}

util::Result<void> ask_shell_to_leave(const store::Session& session, int status) {
  return util::write_file_atomically(session.folder() + "/leave", std::to_string(status) + "\n");
}

}  // namespace sarray::capture
