// The commands of a session that come from no terminal: `sarray listen < script`.
#pragma once

#include <sys/types.h>

#include <string>

#include "util/fd.hpp"

namespace sarray::capture {

/// Brings a session's commands from standard input to its shell in a pipe of their own, so that a command that reads standard
/// input (ssh, srun, python -) does not take the commands after it. They come as they are written: another program may wait for
/// what one does before it sends the next.
class CommandFeed {
 public:
  CommandFeed() = default;
  CommandFeed(const CommandFeed&) = delete;
  CommandFeed& operator=(const CommandFeed&) = delete;
  /// Ends the process that brings them. If this process is killed, it goes on, as the shell does.
  ~CommandFeed();

  /// Starts to bring them. If there is no process or descriptor for it, they stay on standard input.
  void begin();
  /// In the shell's process: places the pipe, and empties standard input. @return the path to read the commands from; empty:
  /// they are on standard input.
  [[nodiscard]] std::string place() const;

 private:
  util::Fd m_from;
  pid_t m_process = 0;
};

}  // namespace sarray::capture
