// The arrays of one submission as one thing: its number, and which arrays it has.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "slurm/language/group_name.hpp"
#include "store/state_folder.hpp"
#include "store/submissions.hpp"
#include "util/result.hpp"

namespace sarray::store {

/// Takes a number for a submission of several arrays, which no other one of this state folder has, also if two are made at once.
/// A counter that is lost, damaged, or older than the records of submissions is made good from them.
[[nodiscard]] util::Result<std::uint32_t> take_group_number(const StateFolder& folder);
/// Returns the number that is taken next, for what only shows it.
[[nodiscard]] std::uint32_t next_group_number(const StateFolder& folder);

/// Returns the last place in a submission of several arrays that was cut off, or refused, before its last array was Slurm's.
/// @param submissions those that belong together, in any order: a session's, or the retries of an array.
/// @return nullopt if the newest of them is complete, or the only array of its submission.
[[nodiscard]] std::optional<slurm::GroupPlace> find_unfinished_group(const std::vector<Submission>& submissions);

/// Returns the arrays of a submission, by their part; of one that is its submission's only array, that alone.
[[nodiscard]] std::vector<const Submission*> arrays_of_group(const std::vector<Submission>& submissions, const Submission& one);
/// Returns those with that number; none: it is not known.
[[nodiscard]] std::vector<const Submission*> arrays_of_group(const std::vector<Submission>& submissions, std::uint32_t number);

/// The arrays of a submission of which no record is among those that were read.
struct MissingParts {
  std::uint32_t number = 0;
  std::uint32_t of = 0;              ///< how many parts it has
  std::vector<std::uint32_t> parts;  ///< ascending, at least one
  bool may_be_unsent = false;        ///< the last part is among them: a submit that was cut off leaves the same
};
/// @param arrays of one submission, as arrays_of_group() returns them. @return nullopt if all its parts are there.
[[nodiscard]] std::optional<MissingParts> find_missing_parts(const std::vector<const Submission*>& arrays);

/// Returns the names in Slurm of the arrays whose jobs all have that name, but which have another themselves. Slurm is not asked.
[[nodiscard]] std::set<std::string> names_of_arrays(const StateFolder& folder, const std::string& job_name);

}  // namespace sarray::store
