// The session's shell: the user's own bash, in which sbatch is recorded.
#pragma once

#include <string>

#include "store/session.hpp"
#include "util/result.hpp"

namespace sarray::capture {

struct ListenOptions {
  bool resume = false;
  std::string session;  ///< which to resume; empty: the latest open one that is not alive
  std::string dialect;  ///< what the installed sbatch understands (slurm::Dialect::serialize); empty: no Slurm here
};

/// Runs the shell to its end. @return its exit status.
[[nodiscard]] util::Result<int> listen(const ListenOptions& options);

/// Makes the session's shell end, silently and with this status, once the command that asks for it has ended.
[[nodiscard]] util::Result<void> ask_shell_to_leave(const store::Session& session, int status);

}  // namespace sarray::capture
