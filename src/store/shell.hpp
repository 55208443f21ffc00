// The shell of a session: whether it lives.
#pragma once

#include <string>

#include "store/session.hpp"

namespace sarray::store {

/// Name of the file in a session's folder that its `sarray listen` holds a lock on while its shell lives. In it stands the
/// process of `listen`, and what describe_process() says of the shell, which outlives a `listen` that is killed.
inline constexpr const char* alive_file = "alive";

[[nodiscard]] std::string host_name();

/// A process of this machine as no later one can be: host, id, when it began. Empty where there is none.
[[nodiscard]] std::string describe_process(int pid);

/// Fills in what the file says: somebody holds its lock, or the shell is there.
void look_for_shell(const std::string& session_folder, SessionInfo& info);

}  // namespace sarray::store
