// Which of an array's tasks a command means, in the user's own words.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "follow/array_history.hpp"
#include "follow/attempts.hpp"
#include "script/map.hpp"
#include "slurm/client/site.hpp"
#include "slurm/language/array_ids.hpp"
#include "slurm/language/group_name.hpp"
#include "util/result.hpp"

namespace sarray::follow {

/// Tasks, or one job of many tasks, as a person names them.
struct TaskReference {
  std::string job_id;                      ///< of an array in Slurm, of one of its tasks, or a virtual id
  std::optional<slurm::ArrayIds> indices;  ///< in Slurm's array, or local ids; nullopt: all
  bool is_virtual = false;
  bool is_slurms = false;                 ///< "slurm:17": not a number in a session's queue
  std::optional<slurm::GroupName> group;  ///< instead of a job id: the arrays of one submission, or one of them
};
/// "sarray-3", "sarray-3.2", "42137", "42137_678", "2000000003", "2000000003_4", and, as squeue shows several, "42137_[3-5,8%2]";
/// "slurm:42137".
[[nodiscard]] util::Result<TaskReference> parse_task_reference(const std::string& word);

/// What a word means among Slurm's arrays.
struct Place {
  ArrayName array;
  std::optional<slurm::ArrayIds> indices;  ///< in that array; nullopt: all of it, or of a virtual id's job
};
/// Finds the array that a word means: by its own job id, which may be the last task's, too, as it is in Slurm; by the job id of
/// another of its tasks, which means that task; or, of a virtual id, the first submission that carries it, by the notes on this
/// machine, else by the scripts of the user's arrays that Slurm's queue still holds.
/// @return an error if two submissions carry a virtual id, which names them.
[[nodiscard]] util::Result<Place> find_place(const slurm::SlurmSite& site, const std::vector<store::Submission>& submissions,
                                             const TaskReference& word);

/// What --failed means, and what retry submits by default: failed, timeout, out_of_memory. Who cancelled a task knows of it.
inline constexpr std::array failed_states = {slurm::TaskState::failed, slurm::TaskState::timeout,
                                             slurm::TaskState::out_of_memory};
[[nodiscard]] bool is_failed(slurm::TaskState state);

/// What --job, --tasks and --state say; all must hold.
struct Selection {
  std::vector<std::string> jobs;  ///< --job, as select_jobs() reads each
  std::string tasks;              ///< indices in the merged array: "3,5-8"
  std::vector<slurm::TaskState> states;
  bool failed = false;
};

/// @return indices of the first attempt, ascending. An empty selection means every task.
[[nodiscard]] util::Result<std::vector<std::uint32_t>> select_tasks(const follow::History& history, const Selection& selection);
/// The same of several arrays: a list for each. A word of --job is read as one of all their jobs.
[[nodiscard]] util::Result<std::vector<std::vector<std::uint32_t>>> select_tasks(
    const std::vector<const follow::History*>& histories, const Selection& selection);

/// What a word means: the array with its attempts, and the tasks, as indices of the first attempt, ascending.
struct Target {
  ArrayHistory array_history;
  std::vector<std::uint32_t> indices;
  bool is_whole_array = false;  ///< the word names the array itself
};
/// Opens the array at the word's place. @param file --from; empty: none.
[[nodiscard]] util::Result<Target> open_target(const slurm::SlurmSite& site, const std::vector<store::Submission>& submissions,
                                               const TaskReference& word, const Place& place, const std::string& file);

}  // namespace sarray::follow
