// The environment of the questions that sarray itself asks Slurm.
#pragma once

#include "util/environment.hpp"

namespace sarray::slurm {

/// Returns the environment without what makes Slurm's commands show less, or show it in another form, than they are asked for:
/// a job that squeue leaves out because of SQUEUE_PARTITION would be taken for one that Slurm does not have.
/// Removes what would change the answers; what says which Slurm is asked (SLURM_CONF, SLURM_CLUSTERS) stays. It is not for
/// sbatch, whose environment is the job's. Source: getenv() in src/squeue/opts.c, src/scancel/opt.c, src/sacct/options.c,
/// src/scontrol/scontrol.c, src/common/parse_time.c and slurm_protocol_defs.c, and the ENVIRONMENT VARIABLES of these commands'
/// man pages, 20.11 to 26.05.
[[nodiscard]] util::Environment make_question_environment(util::Environment environment);

}  // namespace sarray::slurm
