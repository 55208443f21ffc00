// A question to squeue, and its answer with the jobs that sarray gave ids to. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "answer/names.hpp"
#include "answer/recorded.hpp"
#include "answer/table.hpp"
#include "answer/words.hpp"
#include "util/environment.hpp"
#include "util/result.hpp"

namespace sarray::answer {

/// A comma-separated list of words, compared whole; empty: everything matches.
using WordList = std::vector<std::string>;

struct QueueQuestion {
  Format format;
  bool has_header = true;
  bool is_dated = false;        ///< -l: the time is printed first
  bool is_by_task = false;      ///< -r
  bool is_json = false;         ///< --json: the format does not count
  bool shows_arguments = true;  ///< shows_arguments() of the release
  std::string sort;             ///< --sort, or squeue's own
  int interval = 0;             ///< -i, in seconds; 0: once
  std::optional<std::vector<JobName>> ids;
  WordList names, states, users, accounts, partitions, qos;
  bool is_for_others = false;  ///< it asks by what no recorded job has (nodes, licenses, reservations)
  std::vector<Option> passed;  ///< for Slurm's own squeue, beside the format and the ids
};

/// @param user the caller's name, which --me means.
/// @return an error for a format that cannot be answered, by its name.
[[nodiscard]] util::Result<QueueQuestion> read_queue_question(const Words& words, const util::Environment& environment,
                                                              const std::string& user);

/// The columns that are asked of Slurm before those of the format.
[[nodiscard]] std::vector<std::string> queue_keys(const Format& format);

/// Returns the map of the array whose script a Command names; null if it is none of ours.
using FindMap = std::function<const script::Map*(std::string_view command)>;

/// Returns Slurm's rows as lines, with the tasks of our arrays as the jobs that they are.
/// @param rows as squeue gave them: keys, then the format's columns.
/// @param seen is told the virtual ids that the rows have.
struct QueueLines {
  std::vector<std::string> pending;  ///< up to the last pending one
  std::vector<std::string> others;
  std::vector<std::uint32_t> ours;  ///< virtual ids in them
};
[[nodiscard]] util::Result<QueueLines> write_queue_lines(const QueueQuestion& question,
                                                         const std::vector<std::vector<std::string>>& rows,
                                                         const FindMap& find_map);

/// Returns the parts of a row's jobs that were asked for. Slurm shows a task that is asked for by itself in a line of its own.
[[nodiscard]] std::vector<OurName> asked_parts(const QueueQuestion& question, std::vector<OurName> all);
/// Whether the ids name Slurm's own job. @param raw its job id; nullopt: not known.
[[nodiscard]] bool is_asked_as_slurms(const QueueQuestion& question, const JobName& name, std::optional<std::uint32_t> raw);
/// Returns the parts of a recorded job that have a line each: itself, or its tasks that were asked for.
[[nodiscard]] std::vector<RecordedJob> recorded_parts(const QueueQuestion& question, const RecordedJob& job);

/// Whether a job that is recorded only belongs into the answer.
[[nodiscard]] bool is_asked_for(const QueueQuestion& question, const RecordedJob& job, const Defaults& defaults);
/// Returns its lines. @return an error that names a column that cannot be filled in.
[[nodiscard]] util::Result<std::vector<std::string>> write_recorded_lines(const QueueQuestion& question, const RecordedJob& job,
                                                                          const Defaults& defaults);

/// Returns the text in lines, cut at commas; empty parts are left out.
[[nodiscard]] WordList split_words(std::string_view text);
/// Whether the list is empty, or has the word, in whatever case if `ignore_case`.
[[nodiscard]] bool matches(const WordList& list, std::string_view word, bool ignore_case = false);

}  // namespace sarray::answer
