// The merged batch script: a pure function of the plan.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "plan/plan.hpp"
#include "script/record.hpp"
#include "script/streams.hpp"
#include "slurm/language/call.hpp"

namespace sarray::script {

/// What the real sbatch must be run with besides the script itself.
struct Rendered {
  std::string script;                  ///< the batch script, byte for byte
  std::vector<std::string> arguments;  ///< sbatch options that a #SBATCH line cannot hold
  util::Environment environment;       ///< of the sbatch process: what the merged tasks start from
  mode_t umask = 022;
  slurm::SoftLimits limits{};
  std::string directory;            ///< to run sbatch in
  std::set<std::string> variables;  ///< whose values are in the script, which administrators can read
  ArrayStreams streams;             ///< links to make before the submission: visit_links()
  /// The table of a large script again, in files that are named by their number, from 0 on, in the folder `pages` of the
  /// submission: a task reads its page there without starting a process. Empty if it reads the table in the script as quickly.
  std::vector<std::string> page_files;
};

/// Makes the record of the array's placement of that number. Asked once for each, in order.
using RecordMaker = std::function<JobRecord(std::size_t number)>;

/// The script of records that somebody else makes.
[[nodiscard]] Rendered assemble(const plan::Plan& plan, const plan::MergedArray& array, const Baseline& baseline,
                                ArrayStreams streams, const RecordMaker& make, const plan::PlanOptions& options);

[[nodiscard]] util::Result<Rendered> render(const plan::Plan& plan, const plan::MergedArray& array,
                                            const plan::PlanOptions& options);

}  // namespace sarray::script
