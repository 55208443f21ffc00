// The part of submit that is about jobs that wait for jobs: what they wait for outside of the queue, and the arrays that are held
// until Slurm knows what each task waits for.
#pragma once

#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "plan/plan.hpp"
#include "queue/gather.hpp"
#include "store/state_folder.hpp"
#include "store/submissions.hpp"
#include "util/result.hpp"

namespace sarray::commands {

/// The arrays of a session that Slurm holds since an earlier submit was interrupted, or refused, before it had released them.
struct HeldArrays {
  std::vector<store::Submission> submissions;
  std::vector<plan::PlannedJob> jobs;  ///< all of their jobs
  [[nodiscard]] bool empty() const { return submissions.empty(); }
};

/// Finds a session's held arrays. Does not ask Slurm.
[[nodiscard]] std::vector<store::Submission> find_held_submissions(const store::SessionContents& contents,
                                                                   const store::StateFolder& folder);
/// Likewise, with their jobs, which are read again from the session's calls.
[[nodiscard]] util::Result<HeldArrays> gather_held_arrays(const queue::QueuedJobs& queued, const store::StateFolder& folder,
                                                          std::uint32_t max_array_size);

/// Finds out what is to be known of the jobs outside that these, and the held ones, wait for. Slurm is asked only if there are any.
/// @param ask false: nobody is asked how far they are, as for a dry run.
[[nodiscard]] util::Result<plan::OutsideJobs> find_outside_jobs(const std::vector<plan::PlannedJob>& jobs, const HeldArrays& held,
                                                                const store::StateFolder& folder, const engine::Engine& engine,
                                                                bool ask, bool assume_done);

/// A new array that Slurm has taken, in hold.
struct TakenArray {
  std::string job_id;
  std::string folder;
};

/// Tells Slurm what the tasks of the new arrays and of the held ones wait for, and releases all.
/// @param taken as many as the plan has arrays, in its order; none if the plan is no pipeline.
[[nodiscard]] util::Result<void> finish_pipeline(const plan::Plan& plan, const std::vector<TakenArray>& taken, HeldArrays& held,
                                                 const plan::PlanOptions& options, const engine::Engine& engine);

/// Whether a queue file's jobs need the journal of a session: one whose array is held must be found again if this is interrupted.
[[nodiscard]] bool needs_journal(const std::vector<plan::PlannedJob>& jobs);

}  // namespace sarray::commands
