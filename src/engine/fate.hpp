// What became of a submission whose end nobody noted. Pure: this is the one rule that keeps an array from being submitted twice.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "slurm/client/arrays.hpp"
#include "util/moment.hpp"

namespace sarray::engine {

/// A submission that was interrupted, as it is noted.
struct Interrupted {
  std::string marker;
  std::string cluster;        ///< ClusterName that it went to; empty: not known
  util::Moment begun;         ///< before its sbatch was run
  std::int64_t last_run = 0;  ///< seconds since 1970: when its sbatch is known to have run last
};

struct Fate {
  enum class Kind : std::uint8_t {
    accepted,       ///< Slurm has it, as job_id
    never_sent,     ///< Slurm would still show it, and does not
    forgotten,      ///< Slurm shows none of it, but it may have run and be forgotten
    too_early,      ///< the controller may still take it: ask again later
    other_cluster,  ///< the Slurm that was asked cannot know it
  };
  Kind kind = Kind::forgotten;
  std::string job_id;
  friend bool operator==(const Fate&, const Fate&) = default;
};

/// @param held what Slurm shows now of this user's arrays.
/// @param configuration of the Slurm that was asked.
/// @param settle after which a controller no longer takes what a killed sbatch had sent.
[[nodiscard]] Fate judge_fate(const Interrupted& noted, const std::vector<slurm::HeldArray>& held, const util::Moment& now,
                              const slurm::Configuration& configuration, std::chrono::seconds settle);

/// Returns the time from which accounting is asked for a submission that began at `begun`: a day earlier, since clocks differ,
/// and never later than a day ago. @return seconds since 1970.
[[nodiscard]] std::int64_t search_begin(std::int64_t begun, std::int64_t now);

}  // namespace sarray::engine
