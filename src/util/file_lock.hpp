// Locks on files that other processes hold: who that is, and how long they are waited for.
#pragma once

#include <chrono>
#include <string>

#include "util/result.hpp"

namespace sarray::util {

struct LockPatience {
  std::chrono::milliseconds notice;  ///< after this long standard error says who is waited for
  std::chrono::milliseconds limit;   ///< after this long it is an error
};

/// 5 s and 120 s; $SARRAY_LOCK_TIMEOUT is another limit, in seconds.
[[nodiscard]] LockPatience lock_patience();

/// Takes the file's lock (flock) for this process alone. Whoever waits is served in the order of asking, so a crowd is no hang.
/// @param name of the file, for the error, whose reason names the holder.
[[nodiscard]] Result<void> lock_exclusively(int fd, const std::string& name, const LockPatience& patience);

/// "process 4242 on login1 (sbatch big.sh; it is stopped)"; without a holder that this host shows: "a process that cannot be seen
/// from login1". Linux lists the locks of a host in /proc/locks; those that another NFS client holds are not there.
[[nodiscard]] std::string describe_lock_holder(int fd);

}  // namespace sarray::util
