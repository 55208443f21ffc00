// What a submission started from, as far as its batch script does not say it.
#pragma once

#include <optional>

#include "follow/attempts.hpp"
#include "slurm/client/site.hpp"
#include "slurm/language/call.hpp"

namespace sarray::follow {

/// Returns what the first submission started from, as the state folder has it; nullopt if it has no record of it.
[[nodiscard]] std::optional<slurm::Start> read_start(const slurm::SlurmSite& site, const Attempt& first);

}  // namespace sarray::follow
