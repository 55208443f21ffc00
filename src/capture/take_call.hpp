// A call, taken whole: what the caller typed and all of its surroundings that sbatch would have looked at.
#pragma once

#include <string>
#include <vector>

#include "slurm/call.hpp"
#include "slurm/intake.hpp"
#include "slurm/job.hpp"
#include "slurm/option.hpp"
#include "util/result.hpp"

namespace sarray::capture {

struct TakenCall {
  slurm::Call call;
  slurm::Job job;
  slurm::Intake intake;
  bool for_real_sbatch = false;  ///< --help, --version, --test-only: nothing to record; call and job are not filled
};

/// Reads script, directory, umask and limits as they are now.
/// @param argv argv[0] is the name that sbatch was called by.
/// @param environment as the real sbatch would have seen it.
/// @param read_input whether a call without a script reads standard input, as sbatch does; else that is an error.
/// @return sbatch's own words and status where sbatch would have refused before asking Slurm.
[[nodiscard]] util::Result<TakenCall> take_call(std::vector<std::string> argv, util::Environment environment,
                                                const slurm::Dialect& dialect, bool read_input = true);

}  // namespace sarray::capture
