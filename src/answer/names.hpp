// Names of jobs and tasks, from Slurm's own to those that sarray gave, and back. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "script/map.hpp"
#include "slurm/language/array_ids.hpp"
#include "slurm/language/option.hpp"

namespace sarray::answer {

/// A name as Slurm's commands write it: "17", "17_3", "17_[3-5,8%2]", "17_3.batch".
struct JobName {
  std::uint32_t job = 0;
  std::vector<std::uint32_t> tasks;  ///< ascending; empty: none is said
  bool is_block = false;             ///< it has brackets: tasks that have no record of their own yet
  bool is_whole = false;             ///< "17_*"
  std::string step;                  ///< without the dot; empty: none
};
/// @return nullopt if the text is not such a name.
[[nodiscard]] std::optional<JobName> read_name(std::string_view text);

/// Returns the names of a list, cut at the commas that are not in brackets; empty ones are left out.
[[nodiscard]] std::vector<std::string> split_names(std::string_view text);

/// Returns task ids as Slurm writes those of a block: ranges, or one range with a step if it is long (bitstring.c:bit_fmt and
/// job_info.c; observed on 22.05).
[[nodiscard]] std::string write_tasks(const std::vector<std::uint32_t>& tasks);

/// A part of what one of Slurm's names means: a job of ours, with its tasks.
struct OurName {
  const script::MappedJob* job = nullptr;
  std::vector<std::uint32_t> tasks;  ///< local ids; empty: a plain job
  bool is_block = false;
  bool has_own_id = true;  ///< false: a pending task without a record of its own, whose job id is the array's
  std::string step;

  /// "2000000003", "2000000003_4", "2000000003_[4-6]", each perhaps with its step.
  [[nodiscard]] std::string text() const;
};
/// Returns what a name of Slurm's means in an array of ours, job by job; nothing if it names no task.
[[nodiscard]] std::vector<OurName> find_ours(const script::Map& map, const JobName& name);

/// Returns the indices in the array that a name of ours means; nullopt if the job is not in this array; nothing if it has no such
/// task.
[[nodiscard]] std::optional<std::vector<std::uint32_t>> find_indices(const script::Map& map, const JobName& ours);

/// Whether the Command of squeue and scontrol has a script's arguments, too: Slurm gives them away up to 22.05 (observed
/// on 22.05, 24.11 and 26.05; the changelog of 23.02).
[[nodiscard]] bool shows_arguments(const slurm::Release& release);
/// Returns a job's Command; "(null)" if it has no script file.
[[nodiscard]] std::string command_of(const script::MappedJob& job, bool has_arguments);

/// "17_3", "17_[3-5]": tasks of one array, for Slurm's commands.
[[nodiscard]] std::string write_slurm_name(const std::string& array, const std::vector<std::uint32_t>& indices);

}  // namespace sarray::answer
