// The caller's side of a call: what the process that runs our sbatch was given.
#pragma once

#include <string>
#include <vector>

#include "slurm/language/call.hpp"
#include "util/environment.hpp"

namespace sarray::capture {

/// The environment as the real sbatch would have seen it: without our folder in PATH, without our variables, BASH_ENV as it was.
[[nodiscard]] util::Environment clean_environment(char** entries);

/// PATH without the folders of programs that sessions put there: `own_folder`, those of other sessions, and guards.
[[nodiscard]] std::string clean_path(std::string_view path, std::string_view own_folder);

/// Name of a guard's folder, before its random part: it holds an sbatch that refuses, for the time when the session's own cannot
/// be reached (session_files.hpp).
inline constexpr std::string_view guard_prefix = "sarray-guard-";

/// Sets our variables from the path that this program was started by, where that is a session's sbatch: a caller may have
/// emptied the environment (`env -i PATH=$PATH sbatch`), or changed HOME.
void find_session_by_program();

/// The job that this process is in, where that is not the one that the session's shell is in (a session in an `salloc`): a job
/// that the real sbatch was given by its path takes the session's environment to the node, and what it submits there belongs to
/// Slurm. Empty: none. A virtual id is not a job of Slurm's: `export SLURM_JOB_ID=$(sbatch --parsable ...)` goes on recording.
/// Call it after find_session_by_program().
[[nodiscard]] std::string find_inner_job();

/// Name of the file in a session's folder with the id of the job that its shell is in, for callers that emptied their
/// environment.
inline constexpr const char* outer_job_file = "outer_job";

[[nodiscard]] mode_t current_umask();
[[nodiscard]] slurm::SoftLimits current_limits();
[[nodiscard]] std::string current_host();

/// The real sbatch: the first in PATH that is not this program under another name. Empty: there is none.
[[nodiscard]] std::string find_real_sbatch(std::string_view path);

}  // namespace sarray::capture
