// What the dispatcher must know of one job: its record in the table.
#pragma once

#include "merge/job_record.hpp"
#include "merge/plan.hpp"
#include "merge/streams.hpp"
#include "slurm/call.hpp"
#include "util/environment.hpp"

namespace sarray::merge {

/// What every task of an array starts from: the environment, directory, umask and limits that Slurm gives it. A record says
/// only what differs from it.
struct Baseline {
  util::Environment submitted;  ///< the environment that the real sbatch is run with
  util::Environment given;      ///< what of it a task is given, as far as a record can differ from it
  std::string directory;        ///< --chdir of the array
  mode_t umask = 022;
  slurm::SoftLimits limits{};
};

[[nodiscard]] Baseline find_baseline(const Plan& plan, const MergedArray& array, const ArrayStreams& streams,
                                     const PlanOptions& options);

/// Where the job's bytes stand in the data is filled in by assemble().
[[nodiscard]] JobRecord make_record(const Plan& plan, const MergedArray& array, const Placement& placement, const Baseline& baseline,
                                    const ArrayStreams& streams, const PlanOptions& options);

/// Makes the record say where the files go in another array than the one that it was made for.
void replace_files(JobRecord& record, const PlannedJob& job, const ArrayStreams& streams, const PlanOptions& options);

}  // namespace sarray::merge
