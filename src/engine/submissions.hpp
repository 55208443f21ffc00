// All submissions that are noted in the state folder, the interrupted ones among them settled with Slurm.
#pragma once

#include <vector>

#include "engine/engine.hpp"
#include "engine/fate.hpp"
#include "slurm/client/site.hpp"
#include "store/submissions.hpp"

namespace sarray::engine {

/// Returns all submissions that can be read and went to this cluster (another cluster's job ids mean other jobs), oldest first.
/// None, and a warning, if the state folder is refused. Of a submission whose end was not noted, Slurm is asked what became of
/// it.
[[nodiscard]] std::vector<store::Submission> list_submissions(const slurm::SlurmSite& site);

[[nodiscard]] std::vector<store::Submission> list_submissions(const Engine& engine);

/// Returns what is noted of a submission, for judge_fate(). Its sbatch did not run later than now.
[[nodiscard]] Interrupted as_interrupted(const store::Submission& submission, const Engine& engine);

}  // namespace sarray::engine
