// What words of a command line can be, as far as this user's own notes tell. Nothing here asks Slurm or fails: what cannot be
// read is not offered.
#pragma once

#include <string>
#include <vector>

namespace sarray::commands {

struct Offer {
  std::string word;
  std::string text;  ///< its meaning; may be empty
};

/// Returns all sessions, newest first.
[[nodiscard]] std::vector<Offer> session_offers();
/// Returns the job ids of the submissions from this state folder, newest first.
[[nodiscard]] std::vector<Offer> submission_offers();
/// Returns the numbers of the jobs that are queued in this shell's session.
[[nodiscard]] std::vector<Offer> queue_offers();
/// Returns the names of the jobs in a submission. @param task a word that names it or its tasks: 42137, 42137_[3-5]; empty: in
/// the newest submissions.
[[nodiscard]] std::vector<Offer> job_name_offers(const std::string& task);

}  // namespace sarray::commands
