// What Slurm itself still holds of a user's merged arrays, known by the paths of their scripts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "slurm/client/client.hpp"
#include "util/result.hpp"

namespace sarray::slurm {

struct HeldArray {
  std::string job_id;
  std::string place;      ///< ends with the .../submissions that the script lies in
  std::string marker;     ///< of .../submissions/MARKER/sarray.slurm
  std::string submitted;  ///< 2026-11-23T17:15:51, local time
  /// Whether sbatch refused it: Slurm shows what no node can run for some minutes as a failed job (observed on 22.05).
  bool is_refused = false;
};

/// A job that the queue shows.
struct QueuedCommand {
  std::string job_id;  ///< the array's
  std::string command;
};

/// Returns the seconds for which Slurm surely shows an array, whatever became of it: MinJobAge with a margin, at most two
/// minutes, since sites change it. None or fewer: never.
[[nodiscard]] std::int64_t guaranteed_retention_seconds(const slurm::Configuration& configuration);

/// Returns the time as Slurm's commands write and read it: 2026-11-23T17:15:51, local time. @param seconds since 1970.
[[nodiscard]] std::string slurm_time(std::int64_t seconds);

/// How far back a search without any notes goes.
[[nodiscard]] std::int64_t a_month_ago();

/// Returns whether a Command that Slurm shows names the script of some submission of sarray's.
[[nodiscard]] bool is_submission_script(std::string_view command);

/// Returns whether a Command that Slurm shows names that script of a submission: .../submissions/MARKER/sarray.slurm. The folders
/// above may have other names on the host that submitted.
[[nodiscard]] bool names_script(std::string_view command, const std::string& script);

/// Makes the marker of a new submission: nobody can guess it.
/// @param first_attempt job id of what it is a retry of; empty: of nothing.
[[nodiscard]] std::string make_marker(const std::string& first_attempt);
/// Whether it is the marker of a retry of that array.
[[nodiscard]] bool marks_retry_of(const std::string& marker, const std::string& first_attempt);

}  // namespace sarray::slurm
