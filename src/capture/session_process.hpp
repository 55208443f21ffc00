// Sets up the process of a session, a shell or a driver, and notes what became of it.
#pragma once

#include <string>

#include "store/session.hpp"
#include "util/fd.hpp"
#include "util/result.hpp"

namespace sarray::capture {

/// Takes the lock that is held while the session's process runs, so that others can see that it does.
/// @return an error that says who holds it if another process does after two seconds.
[[nodiscard]] util::Result<util::Fd> mark_alive(const store::Session& session);

/// What is set in the environment of a session's process.
struct SessionSettings {
  std::string guard;     ///< the guard's folder; empty: there is none
  std::string library;   ///< as place_library() returned it
  const char* bash_env;  ///< name of the file in the session's folder that bash reads before a script
};

/// Sets the session's variables in this process: PATH, LD_PRELOAD, BASH_ENV, and ours.
void set_environment(const store::StateFolder& folder, const store::Session& session, const SessionSettings& settings);

/// Ends the recording. A process that a signal ended, usually because its terminal was lost, leaves the session open for what
/// still runs (`nohup driver &`).
/// @param alive as mark_alive() returned it. @param wait_status as waitpid(2) says.
void end_session(const store::Session& session, const util::Fd& alive, int wait_status);

/// Takes the traces of a session, which has ended or in which a new one begins, out of this process's environment.
void forget_session();

}  // namespace sarray::capture
