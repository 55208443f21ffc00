// A session's count of questions about jobs that are recorded only.
#pragma once

#include "shims/world.hpp"

namespace sarray::shims {

/// Notes that a question was asked whose answer holds a job that is recorded only. `sarray run` sees by it that its program
/// waits; in a `listen`, where nothing is submitted by itself, the tenth one is answered with a line on standard error.
void note_question(World& world);

/// Name of the file in a session's folder that grows by a byte with each such question.
inline constexpr const char* asked_file = "asked";

}  // namespace sarray::shims
