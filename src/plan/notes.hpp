// Notes on what a merged array cannot keep of its jobs, or keeps in its own way. They are found in the plan and shown before
// anything is submitted.
#pragma once

#include <array>
#include <string_view>

#include "plan/plan.hpp"

namespace sarray::plan {

/// The commands that the translator (share/translate) can replace.
inline constexpr std::array<std::string_view, 5> translated_commands = {"scancel", "scontrol", "squeue", "sacct", "sbatch"};

/// Notes the plain jobs whose script names srun: srun asks Slurm for its job's variables, and adds those that are not set
/// (observed on 22.05; SLURM_ARRAY_JOB_ID and SLURM_ARRAY_TASK_ID are not among them).
void note_steps(Plan& plan);

/// Notes the jobs that would each send mail, of which the merged array sends only one.
void note_mail(Plan& plan);

/// Sets PlannedJob::translate of the jobs whose scripts name Slurm's commands, or a framework that calls them, and notes them;
/// and notes those that name such a command by its path beside their own ids, so that nothing can replace it.
void choose_translated(Plan& plan, const PlanOptions& options);

}  // namespace sarray::plan
