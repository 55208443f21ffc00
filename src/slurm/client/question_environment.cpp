#include "slurm/client/question_environment.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace sarray::slurm {

namespace {

/// Prefixes of what one command reads for itself: filters, formats, the order of its lines.
constexpr std::array<std::string_view, 5> prefixes = {"SACCT_", "SCANCEL_", "SCONTROL_", "SINFO_", "SQUEUE_"};
/// Variables that several commands read.
constexpr std::array<std::string_view, 3> names = {
    "SLURM_BITSTR_LEN",   // cuts the list of a pending array's ids
    "SLURM_TIME_FORMAT",  // times that cannot be read
    "SLURM_TOPO_LEN",
};

}  // namespace

util::Environment make_question_environment(util::Environment environment) {
  std::vector<std::string> found;
  for (const auto prefix : prefixes) environment.visit_prefix(prefix, [&](auto name, auto) { found.emplace_back(name); });
  for (const auto& name : found) environment.unset(name);
  for (const auto name : names) environment.unset(name);
  return environment;
}

}  // namespace sarray::slurm
