// The generated script that `submit` leaves in the user's folder.
#pragma once

#include <cstddef>
#include <string>

#include "commands/submit_options.hpp"
#include "util/result.hpp"

namespace sarray::commands {

/// Returns the path of an array's script, by -o: sarray.slurm, sarray-2.slurm ... @param number of the array, from 0.
[[nodiscard]] std::string script_path(const SubmitOptions& options, std::size_t number);

/// Makes the folder of -o DIR/.
[[nodiscard]] util::Result<void> make_output_folder(const SubmitOptions& options);

/// Writes the script for a dry run with -o. @return an error if a file is there that is not sarray's own.
[[nodiscard]] util::Result<void> write_script(const SubmitOptions& options, const std::string& path, const std::string& script);

/// Leaves the script of a submission in the user's folder. A file there that sarray did not write stays as it is; and only when
/// -o FILE asks for the file does a folder that cannot be written to fail a submission.
/// @param copy the script in the state folder. @return the path of the one that the user is left with.
[[nodiscard]] util::Result<std::string> leave_script(const SubmitOptions& options, std::size_t number, const std::string& script,
                                                     const std::string& copy);

}  // namespace sarray::commands
