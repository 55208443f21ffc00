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

/// Returns the session that a command means: --session NAME, else the shell's own.
[[nodiscard]] util::Result<store::Session> find_session(const std::string& name);

/// Returns a lock. Hold it while you submit a session or remove jobs from it, so that jobs that sbatch just gets are not reported
/// as dropped.
[[nodiscard]] util::Result<util::Fd> lock_session(const store::Session& session);

/// Warns on stderr that dropped jobs may still run, if a submission that contained them was interrupted.
void warn_of_unsettled(const store::SessionContents& contents);

/// Reads a recorded call as sbatch would, as it is now: what was changed after it counts.
[[nodiscard]] util::Result<slurm::Job> resolve_recorded(slurm::Resolver& resolver, const store::RecordedCall& recorded);

/// Returns a session's queued jobs: those that are neither dropped nor submitted.
/// @param max_array_size Slurm's MaxArraySize, if it is known.
[[nodiscard]] util::Result<QueuedJobs> gather_session(store::Session session, std::uint32_t max_array_size);

/// Returns the jobs of a queue file; "-" is standard input. They have no virtual ids yet.
[[nodiscard]] util::Result<QueuedJobs> gather_file(const std::string& path, const slurm::SlurmSite& site,
                                                   std::uint32_t max_array_size);

/// Asks the installed sbatch for its options; without a sbatch, returns the options of all releases.
[[nodiscard]] slurm::Dialect learn_dialect(const slurm::Client& client);

/// What a new session is given, so that each recorded call is judged by the installed release without asking it
/// (slurm::Dialect::serialize). Empty: there is no sbatch here, or it does not answer.
[[nodiscard]] std::string installed_options(const slurm::Client& client);

}  // namespace sarray::queue
