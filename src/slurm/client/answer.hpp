// What the real sbatch's end means: whether Slurm has the job, has it not, or nobody knows.
#pragma once

#include <cstdint>
#include <string>

#include "util/process.hpp"

namespace sarray::slurm {

struct Answer {
  enum class Kind : std::uint8_t { accepted, refused, unknown };
  Kind kind = Kind::unknown;
  std::string job_id;  ///< of what was accepted
  std::string why;     ///< of what is unknown, e.g. "ended by signal 9"
};

/// Refused is only what sbatch, or a site's wrapper of it, says in words of its own. Where the words are those of a connection
/// that broke after something was sent, Slurm may take the job all the same, later even. Source: src/common/slurm_errno.c, whose
/// texts are the same from 20.11 to today; 25.05 adds some.
[[nodiscard]] Answer judge_answer(const util::Output& output);

}  // namespace sarray::slurm
