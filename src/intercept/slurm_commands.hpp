// Which programs are Slurm's, and which are the session's own.
#pragma once

namespace sarray::intercept {

/// Whether it is one of `commands`: the session has its own.
bool is_command(const char* name);
/// Whether it is a program of a session: .../sessions/NAME/bin/sbatch.
bool is_of_session(const char* path);
/// Whether the file is Slurm's. A script of the user's own named so is not: it runs, and comes here with what it executes.
bool is_slurms(const char* path);
/// Whether the library stays out of the program: one of ours, or one of Slurm's.
bool is_left_alone(const char* path);

}  // namespace sarray::intercept
