// Bringing a rendered array to Slurm: the files that it needs, the real sbatch, and the notes that make it happen once.
#pragma once

#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "plan/plan.hpp"
#include "script/render.hpp"
#include "slurm/language/group_name.hpp"
#include "store/session.hpp"
#include "store/state_folder.hpp"
#include "util/fd.hpp"
#include "util/result.hpp"

namespace sarray::engine {

/// One array that is being submitted. All of its files are in a folder of its own below the state folder, whose random name is in
/// the path of the script that Slurm shows as the job's Command.
struct SubmissionFolder {
  std::string marker;
  std::string folder;                     ///< STATE/submissions/MARKER
  std::string command = "sarray submit";  ///< what settles it if it is interrupted
  std::string queue_file;                 ///< what is submitted, if that is a file; absolute
  std::string cluster;      ///< ClusterName of the Slurm that it goes to: another's job ids are not its own; empty: not known
  slurm::GroupPlace group;  ///< if the submission has several arrays
};
/// @param first_attempt job id of what it is a retry of; empty: of nothing.
[[nodiscard]] SubmissionFolder name_submission_folder(const store::StateFolder& folder, const std::string& first_attempt = "");

/// The real sbatch holds it as long as it lives, even if we are killed: then its end is awaited before Slurm is asked.
[[nodiscard]] util::Result<util::Fd> lock_submission_folder(const std::string& folder);

/// Sets the paths below the state folder that a rendered script uses: links, translator, scratch. Every rendered array needs
/// them.
void set_folders(plan::PlanOptions& options, const std::string& state_folder, const std::string& marker);

/// What sbatch answered.
struct Delivery {
  std::string job_id;
  std::string answer;  ///< sbatch's stdout, unchanged
};

/// Writes the submission_folder's files and runs the real sbatch on it.
/// @param session gets the intent and the outcome; null for a queue file or a retry, whose outcome note_delivery() records.
/// @return sbatch's own words and status if it refuses; the submission's folder is then removed.
[[nodiscard]] util::Result<Delivery> deliver(const SubmissionFolder& submission_folder, const plan::Plan& plan,
                                             const plan::MergedArray& array, const script::Rendered& rendered,
                                             const plan::PlanOptions& options, const Engine& engine, store::Session* session,
                                             const std::string& saved_script);

/// Notes the outcome of what belongs to no session. To be called once the answer is told: of one that was interrupted before
/// that, nobody knows, and the next submit of the file, or retry, looks for it.
void note_delivery(const SubmissionFolder& submission_folder, const Delivery& delivery);

}  // namespace sarray::engine
