// `scontrol show job`, and the script of a job.
#pragma once

#include <string>

#include "answer/words.hpp"
#include "shims/targets.hpp"
#include "shims/world.hpp"
#include "util/result.hpp"

namespace sarray::shims {

/// @param words operands: show, the entity, and perhaps an id. @return scontrol's exit status.
[[nodiscard]] util::Result<int> show_jobs(World& world, const answer::Words& words);

/// Returns the bytes of the job's own script.
[[nodiscard]] util::Result<std::string> own_script(World& world, const Target& target);

}  // namespace sarray::shims
