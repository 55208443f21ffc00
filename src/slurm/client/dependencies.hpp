// What single tasks wait for, as Slurm is told, and what becomes of a condition.
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

/// What becomes of a condition on jobs that Slurm has.
enum class Verdict : std::uint8_t { open, satisfied, never, unknown };
/// Judges a condition as slurmctld does. Pure.
/// @param records of the tasks that it is on; none: Slurm knows none of them.
[[nodiscard]] Verdict judge_condition(DependencyType type, const std::vector<TaskRecord>& records);
/// Returns those of the records that a condition is on. @param records of several jobs; some ids are those of single tasks.
[[nodiscard]] std::vector<TaskRecord> records_of(const ArrayRecords& records, const Condition& condition);

}  // namespace sarray::slurm
