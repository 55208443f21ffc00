// What was, or would be, submitted: which task of the merged arrays is which.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/plan.hpp"
#include "util/json.hpp"

namespace sarray::report {

struct SubmittedArray {
  std::size_t array = 0;              ///< its place in Plan::arrays
  std::optional<std::string> job_id;  ///< nothing: not submitted
  std::string script;                 ///< the file that holds the generated script
};

/// The table job -> indices of one array. Of very many jobs the first hundred.
[[nodiscard]] std::string submission_text(const plan::Plan& plan, const plan::MergedArray& array, std::size_t width);

/// docs/json.md: submit --json.
[[nodiscard]] util::Json submission_json(const plan::Plan& plan, const std::vector<SubmittedArray>& arrays);

}  // namespace sarray::report
