// What of the jobs a merged array cannot keep, or keeps by means of its own: found in the plan, said before anything is
// submitted.
#pragma once

#include <array>
#include <string_view>

#include "plan/plan.hpp"

namespace sarray::plan {

/// What share/translate.bash can stand for.
inline constexpr std::array<std::string_view, 5> translated_commands = {"scancel", "scontrol", "squeue", "sacct", "sbatch"};

/// @return an error where --dependency=aftercorr binds tasks by their indices, which are others in the merged array.
[[nodiscard]] util::Result<void> check_correspondence(const Plan& plan, const PlanOptions& options);

/// Notes the plain jobs whose script names srun: srun asks Slurm for its job's variables, and adds those that are not set
/// (observed on 22.05; SLURM_ARRAY_JOB_ID and SLURM_ARRAY_TASK_ID are not among them).
void note_steps(Plan& plan);

/// Notes the jobs that mail once each alone, and merged only once for all.
void note_mail(Plan& plan);

/// Sets PlannedJob::translate of the jobs whose scripts name Slurm's commands with their own ids, and notes them; and notes those
/// that name such a command by its path, where nothing can stand before it.
void choose_translated(Plan& plan, const PlanOptions& options);

}  // namespace sarray::plan
