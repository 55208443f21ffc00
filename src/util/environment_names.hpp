// Every environment variable of ours, once. None of them ever stands in a recorded environment.
#pragma once

#include <string_view>

namespace sarray::util {

inline constexpr std::string_view own_prefix = "SARRAY_";
inline constexpr const char* session_variable = "SARRAY_SESSION";    ///< the name of the session whose shell this is
inline constexpr const char* state_variable = "SARRAY_STATE_DIR";    ///< the state folder, where not the usual one
inline constexpr const char* bash_env_variable = "SARRAY_BASH_ENV";  ///< BASH_ENV as it was before the session; empty: unset
inline constexpr const char* job_variable = "SARRAY_OUTER_JOB";  ///< SLURM_JOB_ID as it was where the session began; empty: none
inline constexpr const char* bin_variable = "SARRAY_BIN";        ///< the session's folder with our sbatch
inline constexpr const char* path_variable = "SARRAY_PATH";      ///< what a session puts before PATH: that folder, and the guard's
inline constexpr const char* share_variable = "SARRAY_SHARE";    ///< the session's folder
/// Set for a command that is typed at the session's own prompt: only such a one ends the session.
inline constexpr const char* prompt_variable = "SARRAY_AT_PROMPT";

}  // namespace sarray::util
