// The environment that a call's job gets: --export, --export-file, --get-user-env, and the variables that sbatch itself sets
// from options that may differ between merged jobs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "slurm/language/job.hpp"

namespace sarray::slurm {

struct SentEnvironment {
  util::Environment variables;  ///< what sbatch sends; the node adds its own
  bool login = false;           ///< whether the node loads the user's login environment first
};

/// Returns the words of an --export list, split at commas that are not in quotes, as Slurm does (env.c:find_quote_token).
[[nodiscard]] std::vector<std::string> split_export_list(std::string_view list);

/// Returns whether the node loads the user's login environment before it adds what is sent.
[[nodiscard]] bool loads_login_environment(const Job& job, const Release& release);

/// Returns the environment that sbatch would send. Source: sbatch.c:_fill_job_desc_from_opts, env.c; observed on 22.05.
[[nodiscard]] SentEnvironment sent_environment(const Call& call, const Job& job, const Release& release);

/// Returns whether the caller's soft limits are lost: sbatch sends them as variables of its own environment, which --export-file
/// leaves out (observed on 22.05).
[[nodiscard]] bool loses_limits(const Call& call);

/// Returns whether Slurm overwrites the variable in every job, with the value that it would have in a job of its own. Then a
/// merge has nothing to restore. `settings` are the job's: some variables are overwritten only if an option is given.
[[nodiscard]] bool is_set_by_slurm(std::string_view variable, const Job& job);

}  // namespace sarray::slurm
