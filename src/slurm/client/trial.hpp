// Whether Slurm would take a call, asked of the real `sbatch --test-only`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "slurm/language/call.hpp"
#include "slurm/language/job.hpp"
#include "slurm/language/option.hpp"
#include "util/process.hpp"
#include "util/result.hpp"

namespace sarray::slurm {

/// What a trial tells of a call.
struct Trial {
  enum class Kind : std::uint8_t {
    passes,   ///< sbatch would take it, or it is not certain that it would not
    refused,  ///< sbatch would refuse it at once
    unknown,  ///< Slurm did not answer
  };
  Kind kind = Kind::passes;
  util::Error refusal = {};  ///< sbatch's own words and status
};

/// Returns the options of sbatch with which a call is tried: its own without the dependency, and of its array the largest index
/// alone, which is one job for every limit. The script comes from standard input.
[[nodiscard]] std::vector<std::string> trial_words(const Call& call, const Job& job, const Dialect& dialect);

/// What the end of one `sbatch --test-only` says.
struct TrialEnd {
  Trial trial;
  /// Whether it says only that no node can run the job now. For some reasons sbatch refuses that, too; for others it takes the
  /// job, which then waits.
  bool is_about_nodes = false;
};

/// Judges the output of `sbatch --test-only`, which refuses what sbatch refuses, and more: what no node can run now because nodes
/// are down, or because of a limit of a partition that is not enforced at the submission (EnforcePartLimits=NO). Limits on the
/// number of jobs refuse nothing here, since a merge has fewer. Observed on 20.11, 22.05, 24.11 and 26.05.
/// @param status with which sbatch ends if Slurm refuses a job (failure_status).
[[nodiscard]] TrialEnd judge_trial(const util::Output& output, int status);

/// A demand on each node of a job. sbatch refuses it at once if no node of the cluster is large enough, be it down or not.
struct NodeDemand {
  std::string_view option;     ///< long name
  std::string_view column;     ///< of `sinfo -o`: what a node has of it
  std::string_view least;      ///< a value that every node can satisfy
  std::string_view complaint;  ///< sbatch's, without "sbatch: error: "
};

/// Returns the largest number in the lines of sinfo; nullopt if there is none.
[[nodiscard]] std::optional<std::uint64_t> largest_number(std::string_view sinfo_output);

}  // namespace sarray::slurm
