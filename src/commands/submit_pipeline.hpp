// The part of submit that is about jobs that wait for jobs: what they wait for outside of the queue, and the arrays that are held
// until Slurm knows what each task waits for.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/pipeline.hpp"
#include "plan/plan.hpp"
#include "queue/held.hpp"
#include "slurm/client/site.hpp"
#include "store/state_folder.hpp"
#include "util/result.hpp"

namespace sarray::commands {

/// Finds out what is to be known of the jobs outside that these, and the held ones, wait for. Slurm is asked only if there are
/// any.
/// @param fulfilled see engine::judge_outside_jobs().
/// @param ask false: nobody is asked how far they are, as for a dry run.
[[nodiscard]] util::Result<plan::OutsideJobs> find_outside_jobs(const std::vector<plan::PlannedJob>& jobs,
                                                                const queue::HeldArrays& held, const store::StateFolder& folder,
                                                                const engine::Engine& engine, bool ask,
                                                                const std::set<std::string>& fulfilled, bool assume_done);

/// Checks that all of a pipeline goes to the Slurm that is asked here: only there can its tasks be told what they wait for.
[[nodiscard]] util::Result<void> check_one_cluster(const plan::Plan& plan, const slurm::SlurmSite& site);

/// A new array that Slurm has taken, in hold.
struct TakenArray {
  std::string job_id;
  std::string folder;
};

/// "12 arrays may start now: Slurm held them until it knew which tasks wait for which"
[[nodiscard]] std::string describe(const engine::Linking& linking, const std::vector<engine::LinkedArray>& arrays);

/// Tells Slurm what the tasks of the new arrays and of the held ones wait for, and releases all.
/// @param taken as many as the plan has arrays, in its order; none if the plan is no pipeline.
[[nodiscard]] util::Result<void> finish_pipeline(const plan::Plan& plan, const std::vector<TakenArray>& taken,
                                                 queue::HeldArrays& held, const plan::PlanOptions& options,
                                                 const engine::Engine& engine);

}  // namespace sarray::commands
