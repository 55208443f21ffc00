// What a session sets in the environment of its programs, so that it can be taken out again: no job gets it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sarray::util {

/// Name of the library that a session has loaded into its programs (capture/session_library.hpp), in any folder.
inline constexpr std::string_view library_name = "sarray-intercept.so";

/// Name of a guard's folder, before its random part: it holds an sbatch that refuses, for the time when the session's own cannot
/// be reached (capture/session_files.hpp).
inline constexpr std::string_view guard_prefix = "sarray-guard-";

/// Whether the folder is one of programs of a session, .../sessions/20261126-035543.283-ad07/bin, or a guard. The name decides:
/// PATH is read for each recorded call, and the folder may be gone.
[[nodiscard]] bool is_session_folder(std::string_view folder);

/// Returns PATH without the folders of programs that sessions put there: `own_folder`, those of other sessions, and guards.
[[nodiscard]] std::string clean_path(std::string_view path, std::string_view own_folder);

/// Returns a value of LD_PRELOAD without the libraries of sessions.
[[nodiscard]] std::string clean_preload(std::string_view libraries);

/// Returns a variable's value without what a session put there; nullopt if the whole variable is a session's.
[[nodiscard]] std::optional<std::string> clean_value(std::string_view name, std::string_view value);

}  // namespace sarray::util
