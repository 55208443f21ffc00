#include "util/file_lock.hpp"

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "util/fd.hpp"
#include "util/process.hpp"
#include "util/user_text.hpp"

namespace sarray::util {

namespace {

using std::chrono::milliseconds;

/// The process that has the flock of that file (proc(5), /proc/locks); 0: none that this host shows.
int find_holder(const struct stat& file) {
  const auto locks = read_file("/proc/locks").value_or("");
  for (std::size_t at = 0; at < locks.size();) {
    const auto end = std::min(locks.find('\n', at), locks.size());
    const auto line = locks.substr(at, end - at);
    at = end + 1;
    int pid = 0;
    unsigned major = 0;
    unsigned minor = 0;
    unsigned long inode = 0;
    // "1: FLOCK  ADVISORY  WRITE 4242 fe:01:1234 0 EOF"; who waits has "1: -> FLOCK".
    if (std::sscanf(line.c_str(), "%*d: FLOCK %*s %*s %d %x:%x:%lu", &pid, &major, &minor, &inode) != 4) continue;
    if (inode == file.st_ino && makedev(major, minor) == file.st_dev) return pid;
  }
  return 0;
}

/// What it was started as, cut to what a line can take.
std::string command_of(int pid) {
  constexpr std::size_t longest = 60;
  auto words = read_file("/proc/" + std::to_string(pid) + "/cmdline").value_or("");
  while (!words.empty() && words.back() == '\0') words.pop_back();
  std::replace(words.begin(), words.end(), '\0', ' ');
  if (words.size() > longest) words = words.substr(0, longest) + "...";
  return printable(words);
}

/// Stopped by a signal, or by a debugger (proc(5), the state in /proc/PID/stat).
bool is_stopped(int pid) {
  const auto stat = read_file("/proc/" + std::to_string(pid) + "/stat").value_or("");
  const auto at = stat.rfind(')');
  return at != std::string::npos && (stat.compare(at, 3, ") T") == 0 || stat.compare(at, 3, ") t") == 0);
}

/// Interrupts a system call after a time, once, without touching the alarm or the itimer that the caller of this program may
/// have set for it.
class Interrupter {
 public:
  explicit Interrupter(milliseconds after) {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    ::sigaction(number(), &action, &m_before);
    sigset_t unblocked{};
    ::sigemptyset(&unblocked);
    ::sigaddset(&unblocked, number());
    ::sigprocmask(SIG_UNBLOCK, &unblocked, &m_mask);
    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = number();
    m_is_set = ::timer_create(CLOCK_MONOTONIC, &event, &m_timer) == 0;
    itimerspec time{};
    time.it_value = {after.count() / 1000, after.count() % 1000 * 1000000 + 1};
    time.it_interval = {0, 100 * 1000000};  // again: the first may come before the call that it is to interrupt
    if (m_is_set) ::timer_settime(m_timer, 0, &time, nullptr);
  }
  Interrupter(const Interrupter&) = delete;
  Interrupter& operator=(const Interrupter&) = delete;
  ~Interrupter() {
    if (m_is_set) ::timer_delete(m_timer);
    ::sigprocmask(SIG_SETMASK, &m_mask, nullptr);
    ::sigaction(number(), &m_before, nullptr);
  }

 private:
  static int number() { return SIGRTMIN + 4; }
  struct sigaction m_before {};
  sigset_t m_mask{};
  timer_t m_timer{};
  bool m_is_set = false;
};

/// Waits in the kernel's queue. @return 0; EINTR when the time is up; else why not.
int wait_for_lock(int fd, milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  const Interrupter interrupter(time);
  while (::flock(fd, LOCK_EX) != 0) {
    if (errno != EINTR) return errno;
    if (std::chrono::steady_clock::now() >= end) return EINTR;
  }
  return 0;
}

}  // namespace

LockPatience lock_patience() {
  constexpr milliseconds notice(5000);
  constexpr milliseconds limit(120000);
  const char* text = std::getenv("SARRAY_LOCK_TIMEOUT");
  const auto seconds = text != nullptr ? std::strtol(text, nullptr, 10) : 0;
  const auto chosen = seconds > 0 ? milliseconds(seconds * 1000) : limit;
  return {std::min(notice, chosen / 2), chosen};
}

Result<void> lock_exclusively(int fd, const std::string& name, const LockPatience& patience) {
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return {};
  int trouble = errno == EINTR ? EWOULDBLOCK : errno;
  if (trouble == EWOULDBLOCK) trouble = wait_for_lock(fd, patience.notice);
  if (trouble == EINTR) {
    const auto line = "sarray: waiting for " + describe_lock_holder(fd) + ", which holds the lock of " + printable(name) + "\n";
    [[maybe_unused]] const auto told = write_all(2, line, "");
    trouble = wait_for_lock(fd, patience.limit - patience.notice);
  }
  if (trouble == 0) return {};
  if (trouble != EINTR) return fail(name, "its file system has no locks (" + errno_text(trouble) + ")");
  return fail(name, describe_lock_holder(fd) + " has held its lock for " + std::to_string(patience.limit.count() / 1000) + " s",
              "let that process go on, or end it; then try again");
}

std::string describe_lock_holder(int fd) {
  struct stat file {};
  const int pid = ::fstat(fd, &file) == 0 ? find_holder(file) : 0;
  const auto host = printable(host_name());
  if (pid <= 0) return "a process that cannot be seen from " + host;
  auto about = command_of(pid);
  if (is_stopped(pid)) about += about.empty() ? "it is stopped" : "; it is stopped";
  return "process " + std::to_string(pid) + " on " + host + (about.empty() ? "" : " (" + about + ")");
}

}  // namespace sarray::util
