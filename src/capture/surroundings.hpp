// The caller's side of a call: what the process that runs our sbatch got from its caller.
#pragma once

#include <string>
#include <vector>

#include "slurm/language/call.hpp"
#include "util/environment.hpp"
#include "util/result.hpp"

namespace sarray::capture {

/// Returns the environment as the real sbatch would have seen it: without our folder in PATH, our library and our variables, with
/// BASH_ENV as it was.
[[nodiscard]] util::Environment clean_environment(char** entries);

/// Sets our variables from the path with which this program was started, if that is a session's sbatch: the caller may have
/// emptied the environment (`env -i PATH=$PATH sbatch`), or changed HOME.
void find_session_by_program();

/// Returns the id of the job that this process is in, if the session's shell is not in the same job (it may be in an `salloc`);
/// else an empty text. A job that was submitted by the path of the real sbatch has the session's environment on its node, and
/// what it submits there must go to Slurm. A virtual id, or a text that is not a number, is not a job of Slurm's:
/// `export SLURM_JOB_ID=$(sbatch ...)` goes on recording. Call it after find_session_by_program().
[[nodiscard]] std::string find_inner_job();

/// Name of the file in a session's folder with the id of the job that its shell is in, for callers with an empty environment.
inline constexpr const char* outer_job_file = "outer_job";

[[nodiscard]] mode_t current_umask();
[[nodiscard]] slurm::SoftLimits current_limits();

/// Returns the path of the real sbatch: the first in PATH that is not this program under another name. Empty: there is none.
/// @return an error (what: the path) if an earlier one cannot be examined, since the next may belong to another Slurm.
[[nodiscard]] util::Result<std::string> find_real_sbatch(std::string_view path);

}  // namespace sarray::capture
