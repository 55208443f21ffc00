// The jobs that Slurm was given lately, and where they came from.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sarray::slurm {

/// A job as squeue shows where it came from. An array is one.
struct RecentJob {
  std::string job_id;
  uid_t user = 0;
  std::string host;          ///< on which it was submitted, as Slurm names it; "localhost": Slurm does not know
  std::int64_t session = 0;  ///< getsid(2) of the process that submitted it
  std::string submitted;     ///< 2026-11-23T17:15:51, local time
  bool is_batch = false;     ///< by sbatch, not by srun or salloc
  std::string command;       ///< the script's path
  std::string directory;     ///< its working directory
};

/// Reads what squeue printed. Lines that are not of this form are left out.
[[nodiscard]] std::vector<RecentJob> parse_recent_jobs(std::string_view output);

}  // namespace sarray::slurm
