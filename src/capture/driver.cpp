#include "capture/driver.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>

#include "capture/session_files.hpp"
#include "capture/session_library.hpp"
#include "capture/session_process.hpp"
#include "capture/strays.hpp"
#include "capture/surroundings.hpp"
#include "store/shell.hpp"
#include "util/fd.hpp"

extern char** environ;

namespace sarray::capture {

namespace {

/// The signals that would end this process before the command, and those that people send to a program that they have started.
constexpr std::array passed_on = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH};

volatile pid_t driver_process = 0;

/// Passes a signal on to the command, unless the command itself or the kernel sent it: the command is in the same group, and has
/// the terminal's signals already.
void pass_on(int signal, siginfo_t* info, void* /*context*/) {
  const int before = errno;
  const bool was_sent = info->si_code == SI_USER || info->si_code == SI_QUEUE || info->si_code == SI_TKILL;
  if (was_sent && driver_process > 0 && info->si_pid != driver_process) ::kill(driver_process, signal);
  errno = before;
}

/// While it lives, signals are passed on. One that is ignored stays so (nohup), here and in the command.
class SignalsPassedOn {
 public:
  SignalsPassedOn() {
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_BLOCK, &all, &m_mask);  // until the command's process is known
    for (std::size_t i = 0; i < passed_on.size(); ++i) {
      struct sigaction action {};
      action.sa_sigaction = pass_on;
      action.sa_flags = SA_SIGINFO | SA_RESTART;
      ::sigaction(passed_on[i], nullptr, &m_before[i]);
      if (m_before[i].sa_handler != SIG_IGN) ::sigaction(passed_on[i], &action, nullptr);
    }
  }
  SignalsPassedOn(const SignalsPassedOn&) = delete;
  SignalsPassedOn& operator=(const SignalsPassedOn&) = delete;
  ~SignalsPassedOn() {
    end();
    restore();
  }

  void begin(pid_t process) {
    driver_process = process;
    ::sigprocmask(SIG_SETMASK, &m_mask, nullptr);
  }
  static void end() { driver_process = 0; }
  /// Restores the signals as they were before: in the command's own process, and at the end.
  void restore() const {
    for (std::size_t i = 0; i < passed_on.size(); ++i) ::sigaction(passed_on[i], &m_before[i], nullptr);
    ::sigprocmask(SIG_SETMASK, &m_mask, nullptr);
  }

 private:
  sigset_t m_mask{};
  std::array<struct sigaction, passed_on.size()> m_before{};
};

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> result;
  for (const auto& word : words) result.push_back(const_cast<char*>(word.c_str()));
  result.push_back(nullptr);
  return result;
}

/// @return the reason why the process could not become the command; 0: it did.
int read_reason(int from) {
  int reason = 0;
  ssize_t got = 0;
  while ((got = ::read(from, &reason, sizeof reason)) < 0 && errno == EINTR) {
  }
  return got == static_cast<ssize_t>(sizeof reason) ? reason : 0;
}

util::Error cannot_start(const std::string& program, int reason) {
  util::Error error{program, util::errno_text(reason), {}};
  error.status = reason == ENOENT ? 127 : 126;
  if (reason == ENOENT && program.find('/') == std::string::npos) error.why = "command not found";
  return error;
}

/// Waits until the child can be waited for.
void await_end(pid_t child, const std::function<void()>& tick) {
  siginfo_t end{};
  if (!tick) {
    while (::waitid(P_PID, static_cast<id_t>(child), &end, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
    }
    return;
  }
  sigset_t children;
  sigset_t before;
  ::sigemptyset(&children);
  ::sigaddset(&children, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &children, &before);
  while (true) {
    end.si_pid = 0;
    const int status = ::waitid(P_PID, static_cast<id_t>(child), &end, WEXITED | WNOWAIT | WNOHANG);
    if ((status == 0 && end.si_pid == child) || (status < 0 && errno != EINTR)) break;
    constexpr timespec pause{0, 200 * 1000000};
    ::sigtimedwait(&children, nullptr, &pause);  // its end is noticed at once
    tick();
  }
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
}

/// @param prepare runs in the command's process. @return as waitpid(2) says.
template <class Prepare>
util::Result<int> run_command(const std::vector<std::string>& command, const util::Fd& alive, const Prepare& prepare,
                              const std::function<void()>& tick) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return util::fail("pipe", util::errno_text(errno));
  const util::Fd reason_from(ends[0]);
  util::Fd reason_to(ends[1]);
  auto words = pointers(command);
  SignalsPassedOn signals;
  const auto child = ::fork();
  if (child < 0) return util::fail(command.front(), util::errno_text(errno));
  if (child == 0) {
    prepare();
    signals.restore();
    ::execvp(words.front(), words.data());
    const int reason = errno;
    [[maybe_unused]] const auto told = ::write(reason_to.get(), &reason, sizeof reason);
    ::_exit(127);
  }
  signals.begin(child);
  reason_to.reset();
  const int reason = read_reason(reason_from.get());
  // If this process is killed, the command continues, and so does the session.
  if (reason == 0) [[maybe_unused]]
    const auto noted = util::write_all(alive.get(), store::describe_process(child) + "\n", "alive");
  await_end(child, tick);
  SignalsPassedOn::end();  // before the process id can be another process's
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (reason != 0) return util::fail(cannot_start(command.front(), reason));
  return status;
}

}  // namespace

util::Result<DriverEnd> run_driver(const std::vector<std::string>& command, const std::string& dialect,
                                   const slurm::Client& client, const DriverHooks& hooks) {
  forget_session();
  TRY(const auto folder, store::StateFolder::open());
  TRY(auto session, store::Session::create(folder, clean_environment(environ)));
  TRY(const auto alive, mark_alive(session));
  CHECK_OK(write_session_files(session, folder, dialect));
  CHECK_OK(note_place(session, client));
  const Guard guard(session);
  if (hooks.begin) CHECK_OK(hooks.begin(session));
  const SessionSettings settings{guard.folder(), place_library(session, guard.folder()), false, "child.bash"};
  const auto ended = run_command(
      command, alive, [&] { set_environment(folder, session, settings); }, hooks.tick);
  constexpr int not_started = 0;  // nothing can record any more
  end_session(session, alive, ended.value_or(not_started));
  if (!ended) return util::fail(ended.error());
  return DriverEnd{std::move(session), *ended};
}

int end_as(int wait_status) {
  if (WIFEXITED(wait_status)) return WEXITSTATUS(wait_status);
  const int signal = WTERMSIG(wait_status);
  constexpr rlimit no_core{0, 0};  // the command's own is enough
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::signal(signal, SIG_DFL);
  sigset_t only;
  ::sigemptyset(&only);
  ::sigaddset(&only, signal);
  ::sigprocmask(SIG_UNBLOCK, &only, nullptr);
  ::raise(signal);
  return 128 + signal;
}

}  // namespace sarray::capture
