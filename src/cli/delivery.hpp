// Bringing a rendered array to Slurm: the files that it needs, the real sbatch, and the notes that make it happen once.
#pragma once

#include <string>
#include <vector>

#include "merge/plan.hpp"
#include "merge/render.hpp"
#include "slurm/client.hpp"
#include "store/session.hpp"
#include "store/state_folder.hpp"
#include "util/result.hpp"

namespace sarray::cli {

/// One array on its way: everything about it lies in a folder of its own below the state folder, whose random name stands in
/// the path of the script that Slurm shows as the job's Command.
struct Parcel {
  std::string marker;
  std::string folder;       ///< STATE/submissions/MARKER
  std::string cluster;      ///< ClusterName of the Slurm that it goes to: another's job ids are not its own; empty: not known
};
[[nodiscard]] Parcel name_parcel(const store::StateFolder& folder);

/// Where the rendered script finds what lies in the state folder: links, translator, scratch. For every array that is rendered.
void set_folders(merge::PlanOptions& options, const std::string& state_folder, const std::string& marker);

/// What sbatch answered.
struct Delivery {
  std::string job_id;
  std::string answer;  ///< sbatch's stdout, as it stands
};

/// Writes the parcel's files and runs the real sbatch on it.
/// @param session where the intent and the outcome are noted; null: a queue file, nothing is noted.
/// @return sbatch's own words and status where it refuses: then nothing of the parcel is left.
[[nodiscard]] util::Result<Delivery> deliver(const Parcel& parcel, const merge::Plan& plan, const merge::MergedArray& array,
                                             const merge::Rendered& rendered, const merge::PlanOptions& options,
                                             const slurm::Client& client, store::Session* session, const std::string& saved_script);

/// Looks for what became of submissions that were cut off: accepted ones are noted, those that Slurm never saw are withdrawn.
/// @param again those that Slurm cannot be asked about any more are taken for failed.
/// @return a line about each; an error where it cannot be known.
[[nodiscard]] util::Result<std::vector<std::string>> settle_interrupted(store::Session& session, const store::StateFolder& folder,
                                                                        const slurm::Client& client, bool again);

}  // namespace sarray::cli
