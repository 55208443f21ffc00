// Submissions, a line each: `sarray history`, and `sarray status` without a job id.
#pragma once

#include <cstddef>

#include "commands/commands.hpp"
#include "follow/array_history.hpp"
#include "slurm/client/site.hpp"

namespace sarray::commands {

struct OverviewOptions {
  std::size_t max = 0;  ///< the newest so many; 0: all
  bool json = false;
};
[[nodiscard]] Status show_overview(const slurm::SlurmSite& site, const OverviewOptions& options);

}  // namespace sarray::commands
