// Which jobs of a session's queue a person means, and which others go with them. Pure, but for the words of errors.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.hpp"
#include "store/session.hpp"
#include "util/result.hpp"

namespace sarray::queue {

/// Returns whether a word can be a list of jobs: "3", "5-8", "1,4-6", "2000000003". A file may have such a name, too.
[[nodiscard]] bool is_job_list(std::string_view word);

/// Returns the numbers of the jobs that words mean, each once, ascending: numbers as `sarray list` shows them, lists and ranges
/// of these, and virtual ids.
/// @return an error if one of them is not of this session, or is not queued any more.
[[nodiscard]] util::Result<std::vector<std::uint32_t>> find_queued(const store::SessionContents& contents,
                                                                   const std::vector<std::string>& words);

/// Returns the numbers of the other jobs that wait for these, directly or through others. Singleton waits for whoever is before.
/// @param jobs all that are queued, in their order. @param numbers ascending.
[[nodiscard]] std::vector<std::uint32_t> find_dependents(const std::vector<plan::PlannedJob>& jobs,
                                                         const std::vector<std::uint32_t>& numbers);

/// Returns the numbers of the other jobs for which these wait, directly or through others; for singleton those of the same name
/// that come before. Parameters as above.
[[nodiscard]] std::vector<std::uint32_t> find_parents(const std::vector<plan::PlannedJob>& jobs,
                                                      const std::vector<std::uint32_t>& numbers);

/// Leaves only these jobs in `jobs`. @param with_parents also those for which they wait.
/// @return an error if they wait for others that would stay in the queue.
[[nodiscard]] util::Result<void> choose_jobs(std::vector<plan::PlannedJob>& jobs, std::vector<std::uint32_t> numbers,
                                             bool with_parents);

}  // namespace sarray::queue
