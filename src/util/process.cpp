#include "util/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "util/fd.hpp"

namespace sarray::util {

namespace {

struct Pipe {
  Fd read_end;
  Fd write_end;
};

/// The pipe's ends are above the standard descriptors even if ours are closed, since dup2 of a descriptor onto itself would leave
/// it close-on-exec.
Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail("pipe", errno_text(errno));
  Pipe pipe{Fd(ends[0]), Fd(ends[1])};
  for (auto* end : {&pipe.read_end, &pipe.write_end}) {
    if (end->get() > 2) continue;
    Fd moved(::fcntl(end->get(), F_DUPFD_CLOEXEC, 3));
    if (!moved.is_open()) return fail("pipe", errno_text(errno));
    *end = std::move(moved);
  }
  return pipe;
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (const auto& string : strings) result.push_back(const_cast<char*>(string.c_str()));
  result.push_back(nullptr);
  return result;
}

using Clock = std::chrono::steady_clock;

int milliseconds_left(const Command& command, Clock::time_point start) {
  if (command.timeout.count() == 0) return -1;
  const auto left = command.timeout - std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
  return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

bool is_enough(const Command& command, const Output& output) {
  return !command.enough.empty() && output.err.find(command.enough) != std::string::npos;
}

/// Writes the child's input and reads its output until it has closed both, or has said enough. @return false if the time was up.
bool exchange(const Command& command, Clock::time_point start, Pipe& input, Pipe& out, Pipe& err, Output& output) {
  std::string_view left = command.input;
  if (left.empty()) input.write_end.reset();
  while (out.read_end.is_open() || err.read_end.is_open() || input.write_end.is_open()) {
    std::array<pollfd, 3> polled = {
        {{out.read_end.get(), POLLIN, 0}, {err.read_end.get(), POLLIN, 0}, {input.write_end.get(), POLLOUT, 0}}};
    const int ready = ::poll(polled.data(), polled.size(), milliseconds_left(command, start));
    if (ready == 0) return false;
    if (ready < 0 && errno != EINTR) {  // no memory for it: nothing more can be read
      output.is_cut = true;
      return true;
    }
    if (ready < 0) continue;
    const auto drain = [&output](pollfd& p, Fd& fd, std::string& text) {
      if ((p.revents & (POLLIN | POLLHUP | POLLERR)) == 0) return;
      std::array<char, 65536> buffer;
      const auto got = ::read(fd.get(), buffer.data(), buffer.size());
      if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
      const bool is_broken = got < 0 && errno != EINTR && errno != EAGAIN;
      output.is_cut = output.is_cut || is_broken;
      if (got == 0 || is_broken) fd.reset();
    };
    const auto known = output.out.size();
    drain(polled[0], out.read_end, output.out);
    if (command.on_output && output.out.size() > known) command.on_output(std::string_view(output.out).substr(known));
    drain(polled[1], err.read_end, output.err);
    if (is_enough(command, output)) return true;
    if ((polled[2].revents & (POLLOUT | POLLERR | POLLHUP)) != 0) {
      const auto written = ::write(input.write_end.get(), left.data(), std::min<std::size_t>(left.size(), 4096));
      if (written > 0) left.remove_prefix(static_cast<std::size_t>(written));
      if (left.empty() || (written < 0 && errno != EINTR && errno != EAGAIN)) input.write_end.reset();
    }
  }
  return true;
}

[[noreturn]] void become(const Command& command, const std::string& program, Pipe& input, Pipe& out, Pipe& err, Pipe& trouble) {
  ::dup2(input.read_end.get(), 0);
  ::dup2(out.write_end.get(), 1);
  ::dup2(err.write_end.get(), 2);
  ::signal(SIGPIPE, SIG_DFL);
  if (command.in_child) command.in_child();
  auto argv = pointers(command.argv);
  if (command.environment) {
    auto environment = pointers(*command.environment);
    ::execve(program.c_str(), argv.data(), environment.data());
  } else {
    ::execv(program.c_str(), argv.data());
  }
  const int reason = errno;
  [[maybe_unused]] const auto told = ::write(trouble.write_end.get(), &reason, sizeof reason);
  ::_exit(127);
}

/// Waits for the child's end. @return false if the time was up and it still runs.
bool wait_for(pid_t child, const Command& command, Clock::time_point start, int& status) {
  while (true) {
    const auto ended = ::waitpid(child, &status, command.timeout.count() == 0 ? 0 : WNOHANG);
    if (ended == child || (ended < 0 && errno != EINTR)) return true;
    if (ended != 0) continue;
    if (milliseconds_left(command, start) == 0) return false;
    ::usleep(1000);
  }
}

/// Ignores SIGPIPE as long as it lives: a child that does not read its input must not end us.
class PipeSignalIgnored {
 public:
  PipeSignalIgnored() {
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, &m_before);
  }
  PipeSignalIgnored(const PipeSignalIgnored&) = delete;
  PipeSignalIgnored& operator=(const PipeSignalIgnored&) = delete;
  ~PipeSignalIgnored() { ::sigaction(SIGPIPE, &m_before, nullptr); }

 private:
  struct sigaction m_before {};
};

}  // namespace

Result<Output> run(const Command& command) {
  auto program = command.argv.front();
  if (program.find('/') == std::string::npos) {
    const char* path = ::getenv("PATH");
    TRY(const auto found, find_in_path(program, path != nullptr ? path : "", [](const struct stat&) { return false; }));
    if (!found) return fail(program, "not found in PATH");
    program = *found;
  }
  TRY(Pipe input, make_pipe());
  TRY(Pipe out, make_pipe());
  TRY(Pipe err, make_pipe());
  TRY(Pipe trouble, make_pipe());
  const PipeSignalIgnored ignored;
  const auto child = ::fork();
  if (child < 0) return fail(program, errno_text(errno));
  if (child == 0) become(command, program, input, out, err, trouble);
  input.read_end.reset();
  out.write_end.reset();
  err.write_end.reset();
  trouble.write_end.reset();
  int reason = 0;
  ssize_t got = 0;
  while ((got = ::read(trouble.read_end.get(), &reason, sizeof reason)) < 0 && errno == EINTR) {
  }
  Output output;
  // Only a complete errno value means that the program did not start. A program that runs must not be reported as one that never
  // ran.
  const bool started = got != static_cast<ssize_t>(sizeof reason);
  const auto start = Clock::now();
  int status = 0;
  const bool in_time = !started || exchange(command, start, input, out, err, output);
  if (is_enough(command, output)) ::kill(child, SIGKILL);
  if (!in_time || !wait_for(child, command, start, status)) {
    output.timed_out = true;
    ::kill(child, SIGKILL);
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
  }
  if (!started) return fail(program, errno_text(reason));
  output.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return output;
}

namespace {

/// Returns whether it is a file that this user can execute, and is not excluded.
Result<bool> is_program(const std::string& path, const std::function<bool(const struct stat&)>& is_excluded) {
  const auto not_here = [&]() -> Result<bool> {
    if (errno == ENOENT || errno == ENOTDIR || errno == EACCES) return false;
    return fail(path, errno_text(errno));
  };
  struct stat state {};
  if (::stat(path.c_str(), &state) != 0) return not_here();
  if (!S_ISREG(state.st_mode)) return false;
  if (::access(path.c_str(), X_OK) != 0) return not_here();
  return !is_excluded(state);
}

}  // namespace

Result<std::optional<std::string>> find_in_path(std::string_view name, std::string_view path,
                                                const std::function<bool(const struct stat&)>& is_excluded) {
  while (true) {
    const auto end = std::min(path.find(':'), path.size());
    std::string candidate(path.substr(0, end));
    candidate += candidate.empty() ? "./" : "/";
    candidate += name;
    TRY(const bool found, is_program(candidate, is_excluded));
    if (found) return candidate;
    if (end == path.size()) return std::nullopt;
    path.remove_prefix(end + 1);
  }
}

std::string host_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

}  // namespace sarray::util
