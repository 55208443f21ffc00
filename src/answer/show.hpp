// The records of `scontrol show job`, with our tasks as the jobs that they are. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "answer/names.hpp"

namespace sarray::answer {

/// The files of a task, which Slurm knows by their names in the merged array.
struct TaskFiles {
  std::string output;  ///< empty: Slurm's own names are right
  std::string error;   ///< empty: it goes to the output
  std::string input;   ///< empty: /dev/null
};

/// Splits what scontrol printed into records. @param is_oneline -o was given.
[[nodiscard]] std::vector<std::string> split_records(std::string_view text, bool is_oneline);
/// Returns the name of the job that a record is about: "17", "17_3", "17_[3-5]".
[[nodiscard]] std::optional<JobName> record_name(std::string_view record);
/// Returns the value of a field that has no blanks in it; empty if there is none.
[[nodiscard]] std::string record_field(std::string_view record, std::string_view key);

/// Returns the record of a task of a merged array as that of a job of ours.
/// @param shows_arguments of the release.
[[nodiscard]] std::string rewrite_record(std::string record, const OurName& ours, const TaskFiles& files, bool shows_arguments);

/// Returns lines as scontrol prints a record of them.
[[nodiscard]] std::string write_record(const std::vector<std::string>& lines, bool is_oneline);

}  // namespace sarray::answer
