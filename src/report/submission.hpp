// What was, or would be, submitted: which job each task of the merged arrays belongs to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/plan.hpp"
#include "util/json.hpp"

namespace sarray::report {

struct SubmittedArray {
  std::size_t array = 0;              ///< index into Plan::arrays
  std::optional<std::string> job_id;  ///< nullopt: not submitted
  std::string script;                 ///< the file with the generated script
};

/// Returns the table job -> indices, output of one array. If there are many jobs, only the first hundred are shown.
[[nodiscard]] std::string submission_text(const plan::Plan& plan, const plan::MergedArray& array, plan::Names names,
                                          std::size_t width);

/// Returns the document of submit --json (docs/json.md).
[[nodiscard]] util::Json submission_json(const plan::Plan& plan, const std::vector<SubmittedArray>& arrays);

}  // namespace sarray::report
