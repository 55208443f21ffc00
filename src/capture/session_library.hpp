// Writes the library that a session has loaded into its programs, so that they cannot miss its sbatch.
#pragma once

#include <string>

#include "store/session.hpp"

namespace sarray::capture {

/// Writes the library (src/intercept) into the session's folder, or into the guard's if programs can only load it from there, and
/// tries that it loads, and that nothing is printed because of it.
/// @param guard_folder empty: there is none.
/// @return its path; empty, with a note that says why, if programs are better off without it. No note if the user wants none
/// (SARRAY_INTERCEPT=off).
[[nodiscard]] std::string place_library(const store::Session& session, const std::string& guard_folder);

}  // namespace sarray::capture
