// Whether the shell of a session still runs.
#pragma once

#include <string>

#include "store/session.hpp"

namespace sarray::store {

/// Name of the file in a session's folder on which its `sarray listen` holds a lock while its shell runs. It contains the process
/// of `listen`, and what describe_process() says of the shell, since the shell survives a `listen` that is killed. An empty one
/// belongs to a shell that has ended.
inline constexpr const char* alive_file = "alive";

/// Returns a text that identifies a process and no later one: host, id, start time, the machine's boot, the pid namespace. Empty
/// if there is no such process.
[[nodiscard]] std::string describe_process(int pid);

/// Returns what is known of a process that describe_process() described, on this host or another one. `unknown`: the host is
/// another one, or the pid namespace is. A host that was started again since has lost it.
[[nodiscard]] ShellState look_for_process(const std::string& description);

/// Fills in what the file says: somebody holds its lock, or the shell is there, or it cannot be seen from here.
void look_for_shell(const std::string& session_folder, SessionInfo& info);

}  // namespace sarray::store
