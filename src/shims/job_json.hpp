// Records of jobs as JSON, which squeue and scontrol share.
#pragma once

#include <string>

#include "answer/job_json.hpp"
#include "shims/world.hpp"

namespace sarray::shims {

/// What our answer has that Slurm's record of a merged task has not: the task's files, its own call.
[[nodiscard]] answer::FindDetails find_details(World& world);

/// World::defaults() for a record, with the cluster's name.
[[nodiscard]] answer::Defaults json_defaults(World& world, const answer::JsonShape& shape);

/// Prints the document as Slurm's commands do.
void print_document(World& world, answer::Json document);

/// @return an error that refuses --json by name: Slurm's answer has another form than all that are known.
[[nodiscard]] util::Error unknown_form(const std::string& command);

}  // namespace sarray::shims
