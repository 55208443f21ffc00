// What the end of the real sbatch means: Slurm has the job, Slurm does not have it, or it is not known.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "util/process.hpp"

namespace sarray::slurm {

struct Answer {
  enum class Kind : std::uint8_t { accepted, refused, unknown };
  Kind kind = Kind::unknown;
  std::string job_id;  ///< of an accepted job
  std::string why;     ///< why it is unknown, e.g. "ended by signal 9"
};

/// Judges the output of sbatch. It counts as refused only if sbatch (or a site's wrapper) printed its own error message. If the
/// message says that the connection broke after something was sent, Slurm may still accept the job, even later. Source:
/// src/common/slurm_errno.c, whose texts are the same from 20.11 to 26.05; 25.05 adds some.
[[nodiscard]] Answer judge_answer(const util::Output& output);

/// Returns whether the words of one of Slurm's commands say that the connection to the controller broke after something was sent.
[[nodiscard]] bool says_connection_broke(std::string_view words);

}  // namespace sarray::slurm
