// In which variables the jobs of a merged array differ.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "script/map.hpp"
#include "util/environment.hpp"

namespace sarray::script {

/// Returns the names of the variables that not all jobs were given with the same value, sorted. Those that Slurm, sarray and the
/// shell keep (SLURM_*, SARRAY_*, PWD, OLDPWD, SHLVL, _) are left out.
[[nodiscard]] std::vector<std::string> find_differing_variables(const Map& map);

/// What a job has of a variable.
struct VariableValue {
  bool is_set = true;
  std::optional<std::string> value;  ///< nullopt: it is not set, or the value is not known
};

/// @param name one of find_differing_variables().
/// @param base what the array's sbatch was run with, which a job has of what its record does not name; null: not known.
[[nodiscard]] VariableValue value_of(const MappedJob& job, const std::string& name, const util::Environment* base);

}  // namespace sarray::script
