// The word `last` in place of a TASK.
#pragma once

#include <optional>
#include <string>

#include "slurm/client/site.hpp"
#include "store/submissions.hpp"
#include "util/result.hpp"

namespace sarray::commands {

inline constexpr std::string_view last_word = "last";

/// Returns the newest array that was submitted from this directory on this cluster; nullopt if there is none.
[[nodiscard]] std::optional<store::Submission> find_last(const slurm::SlurmSite& site);

/// Returns a TASK with `last` ("last", "last_3", "last_[3-5]") replaced by the job id for which it stands. Other words stay as
/// they are. @param says whether that is told on standard error: what acts must not act on something else than a person thinks
/// of.
/// @return an error if there is no such submission, or if a task is meant and it has several arrays.
[[nodiscard]] util::Result<std::string> replace_last(const slurm::SlurmSite& site, const std::string& word, bool says);

}  // namespace sarray::commands
