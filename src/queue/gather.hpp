// The jobs that a command is about: a session's queue, or a queue file's lines, each read as sbatch reads it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plan/plan.hpp"
#include "slurm/client/site.hpp"
#include "slurm/language/option.hpp"
#include "store/session.hpp"
#include "util/environment.hpp"
#include "util/fd.hpp"
#include "util/result.hpp"

namespace sarray::queue {

/// Slurm as it is seen from here, without the traces of a session.
[[nodiscard]] slurm::SlurmSite find_site();

struct QueuedJobs {
  slurm::Dialect dialect;  ///< the jobs' settings point into it
  std::vector<plan::PlannedJob> jobs;
  std::optional<store::Session> session;  ///< nothing: from a queue file
  store::SessionContents contents;        ///< of the session
};

/// The session that a command means: --session NAME, else the shell's own.
[[nodiscard]] util::Result<store::Session> find_session(const std::string& name);

/// Held by whoever submits a session or takes jobs out of it: what sbatch is being given must not be called dropped.
[[nodiscard]] util::Result<util::Fd> lock_session(const store::Session& session);

/// Dropped jobs may run all the same where a submission of them was interrupted.
void warn_of_unsettled(const store::SessionContents& contents);

/// A session's queued jobs: neither dropped nor submitted.
/// @param max_array_size Slurm's MaxArraySize, where it is known.
[[nodiscard]] util::Result<QueuedJobs> gather_session(store::Session session, std::uint32_t max_array_size);

/// The lines of a queue file; "-" is standard input. Virtual ids are not given yet.
[[nodiscard]] util::Result<QueuedJobs> gather_file(const std::string& path, const slurm::SlurmSite& site,
                                                   std::uint32_t max_array_size);

/// What the installed sbatch understands; every release's options where there is none.
[[nodiscard]] slurm::Dialect learn_dialect(const slurm::Client& client);

/// What a new session is given, so that each recorded call is judged by the installed release without asking it
/// (slurm::Dialect::serialize). Empty: there is no sbatch here, or it does not answer.
[[nodiscard]] std::string installed_options(const slurm::Client& client);

}  // namespace sarray::queue
