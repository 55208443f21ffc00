// Every environment variable of ours, once. None of them is ever in a recorded environment.
#pragma once

#include <string_view>

namespace sarray::util {

inline constexpr std::string_view own_prefix = "SARRAY_";
inline constexpr const char* session_variable = "SARRAY_SESSION";    ///< the name of the session whose shell this is
inline constexpr const char* state_variable = "SARRAY_STATE_DIR";    ///< the state folder, if it is not the usual one
inline constexpr const char* bash_env_variable = "SARRAY_BASH_ENV";  ///< BASH_ENV as it was before the session; empty: unset
inline constexpr const char* zdotdir_variable = "SARRAY_ZDOTDIR";    ///< ZDOTDIR as it was; empty: unset
inline constexpr const char* home_variable = "SARRAY_HOME";          ///< HOME, for the start of a session's tcsh
inline constexpr const char* library_variable = "SARRAY_LIBRARY";    ///< path of the library that programs load; empty: none
inline constexpr const char* job_variable = "SARRAY_OUTER_JOB";  ///< SLURM_JOB_ID as it was when the session began; empty: none
inline constexpr const char* names_variable = "SARRAY_NAMES";    ///< "slurm": as submit --names=slurm
inline constexpr const char* bars_variable = "SARRAY_BARS";      ///< "off": as status --no-bars
inline constexpr const char* sbatch_timeout_variable = "SARRAY_SBATCH_TIMEOUT";  ///< seconds for which sbatch is waited for
inline constexpr const char* settle_variable = "SARRAY_SETTLE_SECONDS";          ///< see engine/settings.hpp
inline constexpr const char* bin_variable = "SARRAY_BIN";                        ///< the session's folder with our sbatch
inline constexpr const char* path_variable = "SARRAY_PATH";    ///< what a session puts before PATH: that folder, and the guard's
inline constexpr const char* share_variable = "SARRAY_SHARE";  ///< the session's folder
inline constexpr const char* intercept_variable = "SARRAY_INTERCEPT";  ///< "off": programs are not loaded with our library
/// For the start of a session's bash whose commands come from no terminal: the descriptor of their pipe.
inline constexpr const char* commands_variable = "SARRAY_COMMANDS";
inline constexpr const char* check_variable = "SARRAY_CHECK";  ///< "on", "off": as run and listen --check, --no-check
/// Set for a command that is typed at the session's own prompt: only such a one ends the session.
inline constexpr const char* prompt_variable = "SARRAY_AT_PROMPT";

/// In a merged task, until the dispatcher has looked: the name of the submission that sarray itself made. It begins as Slurm's
/// own do, so that no --export keeps it back. The dispatcher spells it, too (share/dispatch/1-start.bash).
inline constexpr const char* submission_variable = "SLURM_SARRAY";

}  // namespace sarray::util
