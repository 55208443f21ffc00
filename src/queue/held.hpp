// The arrays of a session that Slurm holds until it knows what each task waits for.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "plan/plan.hpp"
#include "queue/gather.hpp"
#include "store/session.hpp"
#include "store/state_folder.hpp"
#include "store/submissions.hpp"
#include "util/result.hpp"

namespace sarray::queue {

/// The arrays of a session that Slurm holds since an earlier submit was interrupted, or refused, before it had released them.
struct HeldArrays {
  std::vector<store::Submission> submissions;
  std::vector<plan::PlannedJob> jobs;  ///< all of their jobs
  std::set<std::uint32_t> linked;      ///< ids of those of which Slurm knows what they wait for
  [[nodiscard]] bool empty() const { return submissions.empty(); }
};

/// Finds a session's held arrays. Does not ask Slurm.
[[nodiscard]] std::vector<store::Submission> find_held_submissions(const store::SessionContents& contents,
                                                                   const store::StateFolder& folder);
/// Likewise, with their jobs, which are read again from the session's calls.
[[nodiscard]] util::Result<HeldArrays> gather_held_arrays(const QueuedJobs& queued, const store::StateFolder& folder,
                                                          std::uint32_t max_array_size);

/// Whether a queue file's jobs need the journal of a session: one whose array is held must be found again if this is interrupted.
[[nodiscard]] bool needs_journal(const std::vector<plan::PlannedJob>& jobs);

}  // namespace sarray::queue
