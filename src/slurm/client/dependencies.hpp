// What single tasks wait for, as Slurm is told, and as it shows it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "slurm/client/client.hpp"
#include "util/result.hpp"

namespace sarray::slurm {

/// One request.
struct DependencyUpdate {
  std::string tasks;      ///< "17", "17_3", "17_[3-5,8]"
  std::string condition;  ///< a value of --dependency
};

struct TaskDependency {
  std::string array_id;
  std::uint32_t index = 0;  ///< SLURM_ARRAY_TASK_ID; 0 for a plain job
  bool is_pending = false;
  bool is_held = false;   ///< by its user, or an administrator
  std::string condition;  ///< as squeue shows it, "afterok:17_3(unfulfilled),..."; empty: it waits for nothing
};

/// Reads squeue's answer of Client::dependencies().
[[nodiscard]] std::vector<TaskDependency> parse_dependencies(std::string_view squeue_output);

}  // namespace sarray::slurm
