// All submissions that are noted in the state folder, the interrupted ones among them settled with Slurm.
#pragma once

#include <vector>

#include "slurm/client/site.hpp"
#include "store/submissions.hpp"

namespace sarray::engine {

/// All that can be read and went to this cluster, oldest first: another cluster's job ids mean other jobs. None, and a warning,
/// where the state folder is refused. Of a submission whose end was not noted, Slurm is asked what became of it.
[[nodiscard]] std::vector<store::Submission> list_submissions(const slurm::SlurmSite& site);

}  // namespace sarray::engine
