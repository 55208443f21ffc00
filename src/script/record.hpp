// What the dispatcher must know of one job: its record in the table.
#pragma once

#include "plan/plan.hpp"
#include "script/job_record.hpp"
#include "script/streams.hpp"
#include "slurm/language/call.hpp"
#include "util/environment.hpp"

namespace sarray::script {

/// What every task of an array starts from: the environment, directory, umask and limits that Slurm gives it. A record says
/// only what differs from it.
struct Baseline {
  util::Environment submitted;  ///< the environment that the real sbatch is run with
  util::Environment given;      ///< what of it a task is given, as far as a record can differ from it
  std::string directory;        ///< --chdir of the array
  mode_t umask = 022;
  slurm::SoftLimits limits{};
};

[[nodiscard]] Baseline find_baseline(const plan::Plan& plan, const plan::MergedArray& array, const ArrayStreams& streams,
                                     const plan::PlanOptions& options);

/// assemble() fills in the place of the job's bytes in the data.
[[nodiscard]] JobRecord make_record(const plan::Plan& plan, const plan::MergedArray& array, const plan::Placement& placement,
                                    const Baseline& baseline, const ArrayStreams& streams, const plan::PlanOptions& options);

/// Changes the record so that it names the job's files in another array than the one that it was made for.
void replace_files(JobRecord& record, const plan::PlannedJob& job, const ArrayStreams& streams, const plan::PlanOptions& options);

}  // namespace sarray::script
