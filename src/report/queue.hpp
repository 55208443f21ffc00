// The queue, for people and for scripts.
#pragma once

#include <string>
#include <vector>

#include "plan/plan.hpp"
#include "script/map.hpp"
#include "util/json.hpp"

namespace sarray::report {

/// Returns what a job runs as one line: "train.slurm 'a b'"; if it has no file, the command that --wrap was given, "$ hostname",
/// or the first that a script from standard input has (slurm::find_first_command), "<< python train.py".
[[nodiscard]] std::string command_text(const script::MappedJob& job);
/// Likewise, of each job; scripts from standard input that begin alike are told apart (slurm::find_commands).
[[nodiscard]] std::vector<std::string> command_texts(const std::vector<plan::PlannedJob>& jobs);

/// Returns a table with one line per job: its number, the options in which the jobs differ, name, script and arguments. What all
/// jobs share is said once, above it. If there are more columns than fit, the last of the differing options are on further lines
/// of their job: none is left out.
/// @param width of the terminal, 0: one line per job, nothing is cut.
[[nodiscard]] std::string queue_text(const std::vector<plan::PlannedJob>& jobs, std::size_t width);

/// Returns some lines per job: all of the above, and each option with the place where it was set. Nothing is cut.
/// @param width at which lines are wrapped, 0: they are not.
[[nodiscard]] std::string queue_details(const std::vector<plan::PlannedJob>& jobs, std::size_t width);

/// Returns the document of list --json (docs/json.md).
[[nodiscard]] util::Json queue_json(const std::vector<plan::PlannedJob>& jobs);

/// Returns a job's output file as a person reads it: relative to the job's directory if it is below that.
[[nodiscard]] std::string output_text(const std::string& path, const std::string& directory);

}  // namespace sarray::report
