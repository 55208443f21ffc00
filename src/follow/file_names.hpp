// Which files a task writes to, by the rules of their patterns in a merged array (script/streams.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "script/map.hpp"
#include "script/streams.hpp"
#include "slurm/client/task_state.hpp"

namespace sarray::follow {

/// What the world says beyond the map.
struct FileSurroundings {
  std::string user;                                ///< %u
  slurm::Release release = slurm::newest_release;  ///< decides what %b and %r mean
  plan::Names names = plan::Names::task;           ///< whose ids are in the names
  bool by_hand = false;                            ///< the script was not submitted by sarray itself
};

/// A name that is known as far as the task's state is.
struct FileName {
  std::string path;      ///< absolute; a pattern of glob(7) if `is_glob`
  bool is_glob = false;  ///< something of the name is not known (a job id that Slurm has forgotten, a host)
};

/// @param stream output or error. @return nullopt for an error stream that goes to the output's file.
/// @param guess_host takes the node's name for the host's, which %N means.
[[nodiscard]] std::optional<FileName> file_name(const script::MappedJob& job, script::Stream stream,
                                                const std::string& array_job_id, const slurm::TaskRecord& task,
                                                const FileSurroundings& surroundings, bool guess_host);

}  // namespace sarray::follow
