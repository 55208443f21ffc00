// The queue, for people and for scripts.
#pragma once

#include <string>
#include <vector>

#include "plan/plan.hpp"
#include "util/json.hpp"

namespace sarray::report {

/// Returns a job's script and arguments as one line: "train.slurm 'a b'"; "(standard input)" or "(--wrap)" if there is no file.
[[nodiscard]] std::string command_text(const plan::PlannedJob& planned);
[[nodiscard]] std::string command_text(slurm::ScriptSource source, const std::string& script_path,
                                       const std::vector<std::string>& arguments);

/// Returns two lines per job: number, id, tasks, array ids, name, script and arguments; then its directory and its options, each
/// with the place where it was set. @param width of the terminal, 0: do not cut.
[[nodiscard]] std::string queue_text(const std::vector<plan::PlannedJob>& jobs, std::size_t width);

/// Returns the document of list --json (docs/json.md).
[[nodiscard]] util::Json queue_json(const std::vector<plan::PlannedJob>& jobs);

/// Returns a job's output file as a person reads it: relative to the job's directory if it is below that.
[[nodiscard]] std::string output_text(const std::string& path, const std::string& directory);

}  // namespace sarray::report
