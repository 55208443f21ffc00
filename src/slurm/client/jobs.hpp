// One job as Slurm has it: whose it is, or that there is none.
#pragma once

#include <string>
#include <vector>

#include "slurm/client/client.hpp"
#include "util/result.hpp"

namespace sarray::slurm {

/// The records of a job of this user's. @return an error where it is another user's, where Slurm does not know this job
/// (`is_unknown`), or
///   where Slurm does not answer.
[[nodiscard]] util::Result<std::vector<slurm::JobRecord>> find_own_job(const slurm::Client& client, const std::string& job_id);
[[nodiscard]] bool is_unknown(const util::Error& error);

/// Why there is no batch script of sarray's for a job, as far as Slurm tells: it is another user's, no array of sarray's, or not
/// known.
[[nodiscard]] util::Error explain_no_script(const slurm::Client& client, const std::string& job_id);

}  // namespace sarray::slurm
