// The files of a merged task, as Slurm's own record lets tell.
#pragma once

#include <string>

#include "answer/names.hpp"
#include "answer/show.hpp"

namespace sarray::shims {

/// What Slurm's record of a task says of it.
struct RecordedTask {
  std::string array;     ///< the array's id
  std::string job_id;    ///< the task's own
  std::string restarts;  ///< how often it was requeued
  std::string user;
};

[[nodiscard]] answer::TaskFiles files_of(const answer::OurName& ours, const RecordedTask& task);

}  // namespace sarray::shims
