// How the states of tasks are drawn and counted: marks, colours and words, the same everywhere.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "follow/attempts.hpp"

namespace sarray::report {

/// How a state is drawn, and its short name.
struct Drawing {
  slurm::TaskState state;
  char mark;
  const char* color;  ///< the number of an SGR escape
  const char* word;   ///< "ok", "fail"
};
/// In the order of a bar: what is done first, what has yet to begin last.
[[nodiscard]] std::span<const Drawing> drawings();

/// Returns a bar of `width` columns. Every state that occurs gets at least one, if there are enough.
[[nodiscard]] std::string bar(const follow::Summary& summary, std::size_t width, bool color);

/// Returns what the marks in a bar mean, of the states that occur: "# done  x failed  > running  . pending".
[[nodiscard]] std::string bar_legend(const follow::Summary& summary, bool color);

/// Returns the text in a state's colour.
[[nodiscard]] std::string paint(const std::string& text, slurm::TaskState state, bool color);

/// Returns "12 running, 3 failed": only states that occur.
/// @param is_short "12 run, 3 fail".
[[nodiscard]] std::string counts_text(const follow::Summary& summary, bool is_short = false);

/// Returns "12 of 40 done (30 %), 16 running, 2 failed, 10 pending": done are those that completed, and the per cent are never
/// rounded up.
[[nodiscard]] std::string progress_text(const follow::Summary& summary);

/// Whether any task is in a state that --failed means.
[[nodiscard]] bool has_failed(const follow::Summary& summary);

/// Returns how soon a person wants to see a job or a task: 0 for what failed, then what runs, what is not known, what is pending,
/// cancelled, and done at last.
[[nodiscard]] int urgency(const follow::Summary& summary);
[[nodiscard]] int urgency(slurm::TaskState state);

}  // namespace sarray::report
