#include "engine/fate.hpp"

#include <algorithm>

namespace sarray::engine {

Fate judge_fate(const Interrupted& noted, const std::vector<slurm::HeldArray>& held, const util::Moment& now,
                const slurm::Configuration& configuration, std::chrono::seconds settle) {
  using Kind = Fate::Kind;
  const bool is_of_another =
      !noted.cluster.empty() && !configuration.cluster_name.empty() && noted.cluster != configuration.cluster_name;
  if (is_of_another) return {Kind::other_cluster, ""};
  const auto found = std::find_if(held.begin(), held.end(), [&](const auto& array) { return array.marker == noted.marker; });
  if (found != held.end()) return {Kind::accepted, found->job_id};
  if (now.seconds - noted.last_run < settle.count()) return {Kind::too_early, ""};
  // An age that is not known, since another machine wrote the time or a clock was set, is not taken for a young one.
  const auto age = util::seconds_between(noted.begun, now);
  const bool is_still_shown = age && *age < slurm::guaranteed_retention_seconds(configuration);
  return {is_still_shown ? Kind::never_sent : Kind::forgotten, ""};
}

std::int64_t search_begin(std::int64_t begun, std::int64_t now) {
  constexpr std::int64_t day = 86400;
  constexpr std::int64_t month = 30 * day;
  return std::min(begun > 0 ? begun : now - month, now) - day;
}

}  // namespace sarray::engine
