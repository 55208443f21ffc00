// Submissions, a line each: `sarray history`, and `sarray status` without a job id.
#pragma once

#include <cstddef>

#include "cli/commands.hpp"
#include "cli/submissions.hpp"

namespace sarray::cli {

struct OverviewOptions {
  std::size_t most = 0;  ///< the newest so many; 0: all
  bool json = false;
};
[[nodiscard]] Status show_overview(const Site& site, const OverviewOptions& options);

}  // namespace sarray::cli
