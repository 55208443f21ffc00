// One job as Slurm has it: whose it is, or that there is none.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "slurm/client/client.hpp"
#include "util/result.hpp"

namespace sarray::slurm {

/// What Slurm shows under a job id.
struct JobLine {
  std::string job_id;     ///< the task's own; of pending tasks that have none, the array's
  std::string array_id;   ///< of a plain job its own id, too
  std::string indices;    ///< "7", "3-9%2"; empty: a plain job
  std::string submitted;  ///< 2026-11-23T17:15:51, local time
  std::string command;    ///< the path of its script, as Slurm shows it; empty: not asked for, or none
};

struct JobOwner {
  std::uint32_t uid = 0;
  std::string name;
};

/// Returns the records of a job of this user's; an error if it is another user's, if Slurm does not know this job
/// (`is_unknown`), or if Slurm does not answer.
[[nodiscard]] util::Result<std::vector<slurm::JobRecord>> find_own_job(const slurm::Client& client, const std::string& job_id);
[[nodiscard]] bool is_unknown(const util::Error& error);

/// Returns why there is no batch script of sarray's for a job, as far as Slurm tells: it is another user's, not sarray's, or not
/// known.
[[nodiscard]] util::Error explain_no_script(const slurm::Client& client, const std::string& job_id);

}  // namespace sarray::slurm
