// All submissions that are noted in the state folder, the interrupted ones among them settled with Slurm.
#pragma once

#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/fate.hpp"
#include "slurm/client/site.hpp"
#include "store/submissions.hpp"

namespace sarray::engine {

/// Returns all submissions that can be read and went to this cluster (another cluster's job ids mean other jobs), oldest first.
/// None, and a warning, if the state folder is refused. Of a submission whose end was not noted, Slurm is asked what became of
/// it.
/// @param unreadable if given, it gets the paths of what is there and cannot be read: it is not known what it says.
[[nodiscard]] std::vector<store::Submission> list_submissions(const slurm::SlurmSite& site,
                                                              std::vector<std::string>* unreadable = nullptr);

[[nodiscard]] std::vector<store::Submission> list_submissions(const Engine& engine,
                                                              std::vector<std::string>* unreadable = nullptr);

/// Returns what is noted of a submission, for judge_fate(). Its sbatch did not run later than now.
[[nodiscard]] Interrupted as_interrupted(const store::Submission& submission, const Engine& engine);

}  // namespace sarray::engine
