#include "capture/command_feed.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "util/environment_names.hpp"

namespace sarray::capture {

namespace {

/// Where the shell finds its commands.
constexpr int place_in_shell = 60;
constexpr const char* path_in_shell = "/dev/fd/60";

/// Copies standard input until it ends, or until nobody reads any more.
[[noreturn]] void bring(int to) {
  // The shell may survive these, as may a command that it runs; it would miss the rest.
  for (const int signal : {SIGINT, SIGQUIT, SIGHUP}) ::signal(signal, SIG_IGN);
  ::signal(SIGPIPE, SIG_DFL);
  std::array<char, 65536> buffer{};
  while (true) {
    const auto got = ::read(0, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) ::_exit(0);
    if (!util::write_all(to, std::string_view(buffer.data(), static_cast<std::size_t>(got)), "")) ::_exit(0);
  }
}

}  // namespace

CommandFeed::~CommandFeed() {
  if (m_process <= 0) return;
  ::kill(m_process, SIGKILL);
  while (::waitpid(m_process, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void CommandFeed::begin() {
  std::array<int, 2> ends{};
  if (::access("/dev/fd/0", F_OK) != 0 || ::pipe2(ends.data(), O_CLOEXEC) != 0) return;
  util::Fd from(ends[0]);
  util::Fd to(ends[1]);
  const auto child = ::fork();
  if (child < 0) return;
  if (child == 0) {
    // No lock of the session's, and no reading end, which would keep the pipe alive.
    const int last = ::dup2(to.get(), 3);
    for (int fd = 4; fd <= to.get() || fd <= from.get() || fd < place_in_shell; ++fd) ::close(fd);
    ::close(1);
    ::close(2);
    bring(last);
  }
  m_process = child;
  m_from = std::move(from);
}

std::string CommandFeed::place() const {
  const bool is_in_use = m_from.get() != place_in_shell && ::fcntl(place_in_shell, F_GETFD) != -1;
  if (!m_from.is_open() || is_in_use) return {};
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  // dup2 onto itself would leave the descriptor close-on-exec.
  const bool is_placed = m_from.get() == place_in_shell ? ::fcntl(place_in_shell, F_SETFD, 0) == 0
                                                        : ::dup2(m_from.get(), place_in_shell) == place_in_shell;
  if (nothing < 0 || !is_placed || ::dup2(nothing, 0) != 0) return {};
  ::setenv(util::commands_variable, std::to_string(place_in_shell).c_str(), 1);
  return path_in_shell;
}

}  // namespace sarray::capture
