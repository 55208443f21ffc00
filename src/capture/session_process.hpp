// What the process of a session, a shell or a driver, is given, and what is noted of it.
#pragma once

#include "capture/session_files.hpp"
#include "store/session.hpp"
#include "util/fd.hpp"
#include "util/result.hpp"

namespace sarray::capture {

/// Takes the lock that is held while the session's process runs, so that others can see that it does.
/// @return an error that says who holds it if another process does after two seconds.
[[nodiscard]] util::Result<util::Fd> mark_alive(const store::Session& session);

/// Sets the session's variables in this process: PATH, BASH_ENV, and ours.
/// @param bash_env name of the file in the session's folder that bash reads before a script.
void set_environment(const store::StateFolder& folder, const store::Session& session, const Guard& guard, const char* bash_env);

/// Ends the recording. A process that a signal ended, most often because its terminal was lost, leaves the session open for what
/// still runs (`nohup driver &`).
/// @param alive as mark_alive() returned it. @param wait_status as waitpid(2) says.
void end_session(const store::Session& session, const util::Fd& alive, int wait_status);

/// Takes the traces of a session, which has ended or in which a new one begins, out of this process's environment.
void forget_session();

}  // namespace sarray::capture
