// How many requests Slurm gets for a pipeline. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "plan/graph.hpp"
#include "plan/plan.hpp"

namespace sarray::plan {

/// Returns the tasks of a TaskWait as they stand after the array's job id, a text for each request: "" for all, "_3", "_[1,3-5]".
/// A long list of tasks takes several requests.
[[nodiscard]] std::vector<std::string> list_tasks(const TaskWait& wait);

struct Requests {
  std::size_t arrays = 0;   ///< each is submitted with one request, and released with one
  std::size_t updates = 0;  ///< which say what tasks wait for
  [[nodiscard]] std::size_t total() const { return 2 * arrays + updates; }
};

/// Counts what a pipeline's arrays take; the few questions beside that, whose number does not grow, are left out.
/// Precondition: the plan is a pipeline.
[[nodiscard]] Requests count_requests(const Plan& plan, const OutsideJobs& outside, const ClusterLimits& limits);

/// Returns "40 requests to Slurm: 15 submit, 10 say which tasks wait for which, 15 release".
[[nodiscard]] std::string format_requests(const Requests& requests);

}  // namespace sarray::plan
