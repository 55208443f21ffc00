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

/// The same with --json. @param entity what stands after "show". @param ids a list with commas; empty: all jobs.
[[nodiscard]] util::Result<int> show_jobs_as_json(World& world, const answer::Words& words, const std::string& entity,
                                                  const std::string& ids);

/// Returns the bytes of the job's own script.
[[nodiscard]] util::Result<std::string> own_script(World& world, const Target& target);

}  // namespace sarray::shims
