// The jobs outside of a plan that its jobs wait for: those of earlier submissions, and Slurm's own.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "plan/plan.hpp"
#include "store/state_folder.hpp"
#include "store/submissions.hpp"
#include "util/result.hpp"

namespace sarray::engine {

/// Reads from the scripts of submissions where in Slurm their jobs are, sorted by virtual id.
/// @return an error if a script cannot be read, or if Slurm's answer to its submission is not known.
[[nodiscard]] util::Result<std::vector<plan::SubmittedJob>> read_submitted_jobs(
    const std::vector<store::Submission>& submissions);

/// Finds where the jobs of earlier submissions are that these wait for, and the newest attempts of their tasks, without asking
/// Slurm.
/// @param more submissions whose jobs are wanted, whether anyone waits for them or not.
[[nodiscard]] util::Result<std::vector<plan::SubmittedJob>> find_submitted_jobs(const std::vector<plan::PlannedJob>& jobs,
                                                                                const store::StateFolder& folder,
                                                                                const std::vector<store::Submission>& more);

/// Asks for the states of all jobs outside that these wait for, and sets OutsideJobs::satisfied and by_name.
/// @param linked ids of jobs that Slurm judges itself, since it knows what they wait for: they may be released, and what they
/// waited for may have failed, or be forgotten.
/// @param outside with `submitted` set.
/// @param fulfilled conditions that were satisfied when a job was recorded (store/fulfilled.hpp): Slurm may have forgotten that.
/// @param folder knows the arrays whose jobs have a name that Slurm does not show: singleton waits for them, too.
/// @param assume_done what Slurm does not know, or has forgotten, counts as satisfied.
/// @return an error that names a job whose condition can never be satisfied, or is not known.
[[nodiscard]] util::Result<void> judge_outside_jobs(const std::vector<plan::PlannedJob>& jobs,
                                                    const std::set<std::uint32_t>& linked, plan::OutsideJobs& outside,
                                                    const Engine& engine, const store::StateFolder& folder,
                                                    const std::set<std::string>& fulfilled, bool assume_done);

}  // namespace sarray::engine
