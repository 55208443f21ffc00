// The largest of what jobs ask for, so that they can share an array although they differ in it. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "plan/conflict.hpp"
#include "plan/plan.hpp"
#include "slurm/language/job.hpp"

namespace sarray::plan {

/// One value for several jobs, which harms none of them but keeps more from others than they need.
struct Largest {
  std::vector<slurm::Setting> settings;  ///< of the jobs that ask for most, one for each option in which they differ
  std::size_t jobs = 0;                  ///< all of them
  std::size_t less = 0;                  ///< those that asked for less
  std::string variables;                 ///< which tasks of those see changed, "A and B"; may be empty
};

/// Returns the largest --mem and --time of jobs that differ in these. Other options have no largest value.
/// @param differences as find_differences() says. @return nullopt if they differ in another option, too, or if a job does not
/// give one of them: it may have any default.
[[nodiscard]] std::optional<Largest> find_largest(const std::vector<PlannedJob>& jobs, const std::vector<Aspect>& differences,
                                                  const slurm::Release& release);

/// Returns "--mem=32G --time=12".
[[nodiscard]] std::string format_settings(const std::vector<slurm::Setting>& settings);

/// Returns "9 of 12 jobs asked for less; their tasks see another SLURM_MEM_PER_NODE".
[[nodiscard]] std::string describe_waste(const Largest& largest);

}  // namespace sarray::plan
