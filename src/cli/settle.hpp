// What became of a session's submissions that were cut off, so that nothing is submitted twice.
#pragma once

#include <string>
#include <vector>

#include "slurm/client.hpp"
#include "store/session.hpp"
#include "store/state_folder.hpp"
#include "util/result.hpp"

namespace sarray::cli {

/// Looks for what became of submissions that were cut off: accepted ones are noted, those that Slurm never saw are withdrawn.
/// @param again those that Slurm cannot be asked about any more are taken for failed.
/// @return a line about each; an error where it cannot be known.
[[nodiscard]] util::Result<std::vector<std::string>> settle_interrupted(store::Session& session, const store::StateFolder& folder,
                                                                        const slurm::Client& client, bool again);

}  // namespace sarray::cli
