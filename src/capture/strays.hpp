// Jobs that went to Slurm past a session: submitted by a program that neither PATH nor the library reaches.
#pragma once

#include <string>

#include "slurm/client/client.hpp"
#include "store/session.hpp"
#include "util/result.hpp"

namespace sarray::capture {

/// Notes where a session's process begins: Unix session, folder and time, by which its jobs are known again.
[[nodiscard]] util::Result<void> note_place(const store::Session& session);

/// Asks Slurm, for five seconds, for jobs that may come from the session and that it did not record, and warns of them by name,
/// of each only once. Those are: what was submitted from its Unix session (its terminal), and, from this host, in its folders,
/// since it began; another user's only if a program in it became one (sudo), another host's only if one went there (ssh). Says
/// nothing if Slurm does not answer.
void warn_of_strays(const store::Session& session, const store::SessionContents& contents, const slurm::Client& client);

/// Takes a job of this id for no stray: it was to go to Slurm. Does nothing outside of a session.
void note_not_stray(const std::string& job_id);

}  // namespace sarray::capture
