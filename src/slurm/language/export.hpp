// What environment a call's job gets: --export, --export-file, --get-user-env, and the variables that sbatch itself sets
// from options that may differ between merged jobs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "slurm/language/job.hpp"

namespace sarray::slurm {

struct SentEnvironment {
  util::Environment variables;  ///< what sbatch sends; the node adds its own
  bool login = false;           ///< whether the node loads the user's login environment below it
};

/// The words of an --export list, split as Slurm splits it: at commas, quotes protect them (env.c:find_quote_token; semantics
/// section 5.1).
[[nodiscard]] std::vector<std::string> split_export_list(std::string_view list);

/// Whether the node loads the user's login environment below what is sent.
[[nodiscard]] bool loads_login_environment(const Job& job, const Release& release);

/// Source: semantics section 5.1 and 5.2 (sbatch.c:_fill_job_desc_from_opts, env.c).
[[nodiscard]] SentEnvironment sent_environment(const Call& call, const Job& job, const Release& release);

/// Whether the soft limits of the caller are lost on the way: sbatch sends them as variables of its own environment, which
/// --export-file leaves out (observed on 22.05).
[[nodiscard]] bool loses_limits(const Call& call);

/// Whether Slurm overwrites the variable for every job, with the same value that it would have in a job of its own, so that
/// a merge has nothing to restore. `settings` are the job's: some variables are overwritten only where an option is given.
[[nodiscard]] bool is_set_by_slurm(std::string_view variable, const Job& job);

}  // namespace sarray::slurm
