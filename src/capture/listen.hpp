// The session's shell: the user's own bash, in which calls of sbatch are recorded.
#pragma once

#include <string>

#include "store/session.hpp"
#include "util/result.hpp"

namespace sarray::capture {

struct ListenOptions {
  bool resume = false;
  std::string session;  ///< the session to resume; empty: the latest open one whose shell does not run
  std::string dialect;  ///< the options of the installed sbatch (slurm::Dialect::serialize); empty: there is no Slurm here
};

/// Runs the shell until it ends. @return its exit status.
[[nodiscard]] util::Result<int> listen(const ListenOptions& options);

/// Makes the session's shell end, silently and with this status, after the command that asks for it.
[[nodiscard]] util::Result<void> ask_shell_to_leave(const store::Session& session, int status);

}  // namespace sarray::capture
