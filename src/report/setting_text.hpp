// An option as a person would type it.
#pragma once

#include <string>

#include "slurm/language/job.hpp"

namespace sarray::report {

/// Returns "--time=10", "--comment='a b'", "--exclusive": long name and value, quoted for a shell.
[[nodiscard]] std::string setting_text(const slurm::Setting& setting);

}  // namespace sarray::report
