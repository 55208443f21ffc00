// Why jobs cannot share one array, as a table that a person can act on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace sarray::plan {

/// One option that decides whether two jobs may share an array, with its value in each job. Values are compared by meaning.
struct Aspect {
  std::string option;                  ///< long name, or "login environment", "resource limits", "array throttle"
  std::vector<std::string> values;     ///< per job, as the user wrote it; "" for not given
  std::vector<std::string> sources;    ///< per job: "line 3", "SBATCH_TIMELIMIT", "command line"
  std::vector<std::uint32_t> classes;  ///< per job: equal numbers mean equal values
};

/// Returns the aspects in which the jobs differ, in order of name.
[[nodiscard]] std::vector<Aspect> find_differences(const std::vector<PlannedJob>& jobs, const PlanOptions& options);

/// Returns the table, one line per option and value, ending with a newline.
[[nodiscard]] std::string format_differences(const std::vector<PlannedJob>& jobs, const std::vector<Aspect>& differences);

}  // namespace sarray::plan
