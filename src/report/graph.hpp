// Which queued jobs wait for which, for people, for Graphviz and for scripts.
#pragma once

#include <string>
#include <vector>

#include "plan/plan.hpp"
#include "util/json.hpp"

namespace sarray::report {

/// Returns, of each job in turn, what it waits for: "3 align, 4 align"; with a word for what is not afterok: "afterany 3 align",
/// "singleton". Empty for a job that waits for nothing.
[[nodiscard]] std::vector<std::string> wait_names(const std::vector<plan::PlannedJob>& jobs);

/// Returns the stages as a table: the jobs that can run when all stages before them are over, and the jobs that they wait for.
/// @return empty if no job waits for another. @param width of the terminal, 0: do not cut.
[[nodiscard]] std::string stages_text(std::vector<plan::PlannedJob> jobs, std::size_t width);

/// Returns the graph in the language of Graphviz: a node for each job, an edge from parent to child.
[[nodiscard]] std::string graph_text(const std::vector<plan::PlannedJob>& jobs);

/// Returns what a job waits for: [{"type", "job", "id", "task", "minutes"}]; `job` is null if it is not in the queue.
[[nodiscard]] util::Json waits_json(const plan::PlannedJob& planned, const std::vector<plan::PlannedJob>& jobs);

}  // namespace sarray::report
