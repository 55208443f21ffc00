// What single tasks wait for, as Slurm is told, and as it shows it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "slurm/client/client.hpp"
#include "slurm/client/task_state.hpp"
#include "slurm/language/dependency.hpp"
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

/// What becomes of a condition on jobs that Slurm has.
enum class Verdict : std::uint8_t { open, satisfied, never, unknown };
/// Judges a condition as slurmctld does. Pure.
/// @param records of the tasks that it is on; none: Slurm knows none of them.
[[nodiscard]] Verdict judge_condition(DependencyType type, const std::vector<TaskRecord>& records);
/// Returns those of the records that a condition is on. @param records of several jobs; some ids are those of single tasks.
[[nodiscard]] std::vector<TaskRecord> records_of(const ArrayRecords& records, const Condition& condition);

}  // namespace sarray::slurm
