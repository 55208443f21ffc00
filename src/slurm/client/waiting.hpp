// What tasks in the queue wait for, as Slurm shows it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "slurm/client/task_state.hpp"
#include "slurm/language/dependency.hpp"

namespace sarray::slurm {

/// A task in the queue, and what it waits for; or what it waited for when it was cancelled: by its user, or by the site, because
/// it would have waited for ever (kill_invalid_depend).
struct WaitingTask {
  std::string array_id;     ///< of a job that is not an array, its own
  std::uint32_t index = 0;  ///< TaskRecord::plain_job: it is not an array
  TaskState state = TaskState::pending;
  bool is_held = false;     ///< by its user, or an administrator
  std::string shown{};      ///< as squeue shows it, "afterok:17_3(unfulfilled),..."; empty: it waits for nothing
  ShownDependency waits{};  ///< `shown`, read; has no conditions if it waits for nothing, or for what cannot be read
};

/// Returns the one task that a condition of a task is about: with aftercorr that of its own index. @return nullopt: all tasks.
[[nodiscard]] std::optional<std::uint32_t> target_index(const WaitingTask& task, const ShownCondition& condition);

/// Reads the lines of the question that Client::dependencies() and Client::waiting_tasks() ask.
[[nodiscard]] std::vector<WaitingTask> parse_waiting(std::string_view squeue_output);

}  // namespace sarray::slurm
