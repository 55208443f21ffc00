// What a session writes into its own copy of the library (intercept.cpp) before programs load it.
#pragma once

#include <cstddef>

namespace sarray::intercept {

/// The commands of Slurm that a session has its own of, in its folder `bin`. A program that executes Slurm's gets the session's.
inline constexpr const char* commands[] = {"sbatch"};

/// Begins the piece of the library that is written over. The library must not contain it twice.
#define SARRAY_SETTINGS_MARK "sarray: the settings of a session:"

/// Its size. After the mark and its NUL come strings, each with its NUL, and an empty one as the end: the path of this copy of
/// the library, the session's folder `bin`, and the commands of `commands` that PATH led to when the session began.
inline constexpr std::size_t settings_size = 16384;

}  // namespace sarray::intercept
