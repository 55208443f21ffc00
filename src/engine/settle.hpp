// What became of submissions that were interrupted, so that nothing is submitted twice.
#pragma once

#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "store/session.hpp"
#include "store/state_folder.hpp"
#include "util/fd.hpp"
#include "util/result.hpp"

namespace sarray::engine {

/// Looks for what became of a session's submissions that were interrupted: accepted ones are noted, those that Slurm never saw
/// are withdrawn.
/// @param again treats those that Slurm can no longer be asked about as failed.
/// @return one line about each; an error if it cannot be known.
[[nodiscard]] util::Result<std::vector<std::string>> settle_interrupted(store::Session& session, const store::StateFolder& folder,
                                                                        const Engine& engine, bool again);

/// Settles the retries of an array in the same way. @param first_attempt its job id.
[[nodiscard]] util::Result<std::vector<std::string>> settle_retries(const std::string& first_attempt,
                                                                    const store::StateFolder& folder, const Engine& engine,
                                                                    bool again);
/// Takes the lock that allows only one retry of an array at a time.
[[nodiscard]] util::Result<util::Fd> lock_retries(const std::string& first_attempt, const store::StateFolder& folder);

/// Settles the submissions of a queue file in the same way. @param file absolute.
/// @return an error also if Slurm has it: then nothing is to be submitted, and the next time it is another submission.
[[nodiscard]] util::Result<std::vector<std::string>> settle_file(const std::string& file, const store::StateFolder& folder,
                                                                 const Engine& engine, bool again);

}  // namespace sarray::engine
