// The queue, for people and for scripts.
#pragma once

#include <string>
#include <vector>

#include "plan/plan.hpp"
#include "util/json.hpp"

namespace sarray::report {

/// A job's script and arguments as one line: "train.slurm 'a b'"; "(standard input)" and "(--wrap)" where there is no file.
[[nodiscard]] std::string command_text(const plan::PlannedJob& planned);
[[nodiscard]] std::string command_text(slurm::ScriptSource source, const std::string& script_path,
                                       const std::vector<std::string>& arguments);

/// Two lines a job: number, id, tasks, array ids, name, script and arguments; then its directory and its options, each with the
/// place where it was set. @param width of the terminal, 0: do not cut.
[[nodiscard]] std::string queue_text(const std::vector<plan::PlannedJob>& jobs, std::size_t width);

/// docs/json.md: list --json.
[[nodiscard]] util::Json queue_json(const std::vector<plan::PlannedJob>& jobs);

}  // namespace sarray::report
