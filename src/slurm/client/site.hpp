// The Slurm that a command talks to, and what it says of the place.
#pragma once

#include <string>

#include "slurm/client/client.hpp"
#include "util/environment.hpp"

namespace sarray::slurm {

/// Slurm as it is seen from here: our own traces are taken out of the environment that its commands get.
struct SlurmSite {
  util::Environment environment;
  Client client;
};

/// Returns the user's name as the system knows it; $USER if the system cannot be asked.
[[nodiscard]] std::string user_name(const util::Environment& environment);

/// Returns the ClusterName of the Slurm that is seen from here; empty if Slurm does not say.
[[nodiscard]] std::string cluster_name(const SlurmSite& site);

}  // namespace sarray::slurm
