// Runs a driver, the command of `sarray run`: its calls of sbatch are recorded, and everything else is as it would be alone.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "slurm/client/client.hpp"
#include "store/session.hpp"
#include "util/result.hpp"

namespace sarray::capture {

struct DriverEnd {
  store::Session session;
  int wait_status = 0;  ///< as waitpid(2) says
};

/// Files in the session's folder. The first says that what is recorded is submitted while the command runs, so that it may wait
/// for it; the second grows by a byte with each `sbatch --wait`.
inline constexpr const char* driver_file = "driver";
inline constexpr const char* waiting_file = "waiting";

/// What is done while the command runs.
struct DriverHooks {
  /// Before it is started; after an error it is not.
  std::function<util::Result<void>(const store::Session&)> begin;
  std::function<void()> tick;  ///< about five times a second; empty: nothing
};

/// Runs the command in a session of its own, also inside a `listen`, and waits for its end. After that nothing is recorded in
/// the session, unless a signal ended the command (session_process.hpp).
///
/// The command is in this process's group, with its terminal and standard streams. A signal that another process sends to this
/// one is passed on; what the terminal sends (Ctrl-C) reaches the command by itself. This process does not end before it.
/// @param dialect what the installed sbatch understands (slurm::Dialect::serialize); empty: no Slurm here.
/// @param client of which the driver's end is asked (strays.hpp).
/// @return an error with a shell's status if the command cannot be started: 127 if it is not there, else 126.
[[nodiscard]] util::Result<DriverEnd> run_driver(const std::vector<std::string>& command, const std::string& dialect,
                                                 const slurm::Client& client, const DriverHooks& hooks);

/// Ends as the command did if a signal ended it: by the same signal, so that a caller sees what it would see without us.
/// @return the exit status otherwise.
[[nodiscard]] int end_as(int wait_status);

}  // namespace sarray::capture
