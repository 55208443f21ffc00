// The session's shell: the user's own bash, in which calls of sbatch are recorded.
#pragma once

#include <string>

#include "slurm/client/client.hpp"
#include "store/session.hpp"
#include "util/result.hpp"

namespace sarray::capture {

struct ListenOptions {
  slurm::Client client;  ///< of which the session's end is asked
  bool resume = false;
  bool checks = false;       ///< calls are checked (check.hpp)
  bool yes = false;          ///< also resume a session whose shell may run, but cannot be seen
  std::string session = {};  ///< the session to resume; empty: the latest open one whose shell does not run
  std::string dialect = {};  ///< the options of the installed sbatch (slurm::Dialect::serialize); empty: no Slurm here
};

/// Runs the shell until it ends. @return its exit status.
[[nodiscard]] util::Result<int> listen(const ListenOptions& options);

/// Returns whether this command was typed at the prompt of that session: not in a subshell, a pipe, a function, a script or in
/// the background, since there the rest of the script is to run, and to be recorded.
[[nodiscard]] bool is_at_prompt(const store::Session& session);

/// Makes the session's shell end at its next prompt, unless something was recorded by then.
/// @param follow the command that shows what was submitted; empty if nothing was.
[[nodiscard]] util::Result<void> ask_shell_to_leave(const store::Session& session, const std::string& follow);

}  // namespace sarray::capture
