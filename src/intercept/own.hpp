// What the session wrote into this copy of the library (settings.hpp).
#pragma once

namespace sarray::intercept {

/// Returns the path of this copy; empty if no session has written anything into it.
const char* own_library();
/// Returns the session's folder of programs.
const char* own_folder();
/// Returns the first of the commands of Slurm's that the session found in PATH; next_string() gives the others, an empty string
/// is the end.
const char* first_known_command();
const char* next_string(const char* text);
/// Returns an address within the library, as it is loaded.
const void* own_address();

}  // namespace sarray::intercept
