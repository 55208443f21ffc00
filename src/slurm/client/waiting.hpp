// What pending tasks wait for, as Slurm shows it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "slurm/client/task_state.hpp"

namespace sarray::slurm {

/// A condition that is not fulfilled yet, or never will be.
struct ShownCondition {
  std::string type;                   ///< "afterok", as Slurm writes it; "singleton"
  std::string job_id;                 ///< of an array, a task of it or a job; empty for singleton
  std::optional<std::uint32_t> task;  ///< nullopt: the whole job
  std::uint32_t minutes = 0;          ///< of `after`
  bool has_failed = false;            ///< it can never be fulfilled
  friend bool operator==(const ShownCondition&, const ShownCondition&) = default;
};
/// Returns "afterok:17_3", as scontrol takes it.
[[nodiscard]] std::string condition_text(const ShownCondition& condition);

/// A task that waits for others, or that did when it was cancelled: by its user, or by the site, because it would have waited for
/// ever (kill_invalid_depend).
struct WaitingTask {
  std::string array_id;     ///< of a job that is not an array, its own
  std::uint32_t index = 0;  ///< TaskRecord::plain_job: it is not an array
  TaskState state = TaskState::pending;
  bool any = false;  ///< one of the conditions is enough
  std::vector<ShownCondition> conditions;
};

/// Returns the one task that a condition of a task is about: with aftercorr that of its own index. @return nullopt: all tasks.
[[nodiscard]] std::optional<std::uint32_t> target_index(const WaitingTask& task, const ShownCondition& condition);

/// Reads a dependency as squeue shows it (%E): "afterok:17_3(unfulfilled),after:18_*+5(failed)", "(null)". What is fulfilled is
/// not in it. Observed on 20.11 to 26.05.
/// @return nullopt if it is not one.
[[nodiscard]] std::optional<WaitingTask> parse_shown_dependency(std::string_view text);

/// Reads the lines of the question that Client::waiting_tasks() asks.
[[nodiscard]] std::vector<WaitingTask> parse_waiting(std::string_view squeue_output);

}  // namespace sarray::slurm
