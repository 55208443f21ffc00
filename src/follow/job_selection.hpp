// Which of the jobs of an array, or of several, a word of --job means.
#pragma once

#include <string>
#include <vector>

#include "script/map.hpp"
#include "util/result.hpp"

namespace sarray::follow {

using JobList = std::vector<const script::MappedJob*>;
[[nodiscard]] JobList jobs_of(const script::Map& map);

/// Returns the jobs that some words mean, in the order given; all of them if there is no word.
///
/// A word is a job number (or a list: "1,4-6"), a virtual id or an exact name; if it is none of these, it is a
/// pattern of names. "number:3", "id:2000000003", "name:3" and "pattern:run*" say which is meant.
/// @param hint the command that shows the jobs.
/// @return an error if a word means no job, which says what there is; or if it has two readings that mean different jobs (a
///   number that is also another job's name), which names both.
[[nodiscard]] util::Result<JobList> select_jobs(const JobList& jobs, const std::vector<std::string>& words,
                                                const std::string& hint);

}  // namespace sarray::follow
