// Whether the shell of a session still runs.
#pragma once

#include <string>

#include "store/session.hpp"

namespace sarray::store {

/// Name of the file in a session's folder on which its `sarray listen` holds a lock while its shell runs. It contains the process
/// of `listen`, and what describe_process() says of the shell, since the shell survives a `listen` that is killed.
inline constexpr const char* alive_file = "alive";

[[nodiscard]] std::string host_name();

/// Returns a text that identifies a process and no later one: host, id, start time. Empty if there is no such process.
[[nodiscard]] std::string describe_process(int pid);

/// Fills in what the file says. The session is alive if somebody holds the file's lock, or if the shell is there.
void look_for_shell(const std::string& session_folder, SessionInfo& info);

}  // namespace sarray::store
