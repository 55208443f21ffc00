// The TASK of a command that changes something.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "follow/group.hpp"
#include "follow/selection.hpp"
#include "util/result.hpp"

namespace sarray::commands {

/// The help texts of TASK and of --job SEL.
inline constexpr const char* task_help =
    "a merged array (of several of one submission, any: it stands for all), some of its tasks, a task's own Slurm id, a recorded job's id, or last: the newest submission from this directory";
inline constexpr const char* job_help = "only this job: its number, virtual id, name, or a pattern of names";

/// Reads a TASK as parse_task_reference() does, and the word `last` (last.hpp).
/// @param command the command's name, for the hint.
/// @return an error if this shell is in a session in whose queue a job has that very number: a person may mean either.
[[nodiscard]] util::Result<follow::TaskReference> read_task_word(const slurm::SlurmSite& site, const std::string& word,
                                                                 const std::string& command);

/// Says which arrays a word stands for, and how to name one of them, if it stands for several: what acts must not act on more
/// than a person thinks of. @param word as it was given.
void say_group(const follow::Group& group, const std::string& word);

/// Says which arrays of a submission are not known here, and that the command leaves them out: its answer is not about the whole.
enum class LeftOut : std::uint8_t { not_shown, left_as_it_is };
void warn_of_missing(const std::vector<store::MissingParts>& missing, LeftOut how, const std::string& hint = "sarray history");

/// Reads the TASK of a command that only shows something. @param word empty: `last`.
[[nodiscard]] util::Result<follow::TaskReference> read_shown_word(const slurm::SlurmSite& site, const std::string& word);

}  // namespace sarray::commands
