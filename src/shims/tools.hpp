// Slurm's commands in a session: they know the jobs that are recorded only, and those that were submitted by their own ids.
#pragma once

#include <string>
#include <vector>

#include "slurm/client/tool.hpp"
#include "util/result.hpp"

namespace sarray::shims {

/// Becomes Slurm's own command if its answer cannot hold a job of ours. Else it returns, for run_tool().
/// @param argv argv[0] is the name of one of slurm::tool_names, perhaps with a path.
void pass_on(slurm::Tool tool, int argc, char** argv);

/// Answers as the command would if each recorded call had been submitted alone. To be called in a session's process, or
/// by `sarray exec`.
/// @param words without the command's name.
/// @return its exit status.
[[nodiscard]] util::Result<int> run_tool(slurm::Tool tool, const std::vector<std::string>& words);

/// The whole program if it is called by the name of one of these commands, after pass_on(). @return the exit status.
int answer_as(slurm::Tool tool, int argc, char** argv);

/// Waits until the job with that virtual id has ended, as `sbatch --wait` does.
/// @return the status with which that would end.
[[nodiscard]] util::Result<int> wait_for_job(const std::string& id);

/// Becomes Slurm's own command. @return why it could not.
[[nodiscard]] util::Result<int> become_real(slurm::Tool tool, const std::vector<std::string>& words);

class World;
[[nodiscard]] util::Result<int> ask_queue(World& world, const std::vector<std::string>& words);
[[nodiscard]] util::Result<int> ask_accounting(World& world, const std::vector<std::string>& words);
[[nodiscard]] util::Result<int> cancel_jobs(World& world, const std::vector<std::string>& words);
[[nodiscard]] util::Result<int> control_jobs(World& world, const std::vector<std::string>& words);
[[nodiscard]] util::Result<int> pass_ids(World& world, slurm::Tool tool, const std::vector<std::string>& words);

}  // namespace sarray::shims
