// What the ids in the name of a task's file are: the one rule, for links, for the dispatcher and for those who look for the
// files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "plan/plan.hpp"
#include "slurm/language/array_ids.hpp"
#include "slurm/language/file_pattern.hpp"

namespace sarray::script {

/// A task, as far as the name of its file depends on it.
struct NamedTask {
  std::uint32_t virtual_id = 0;             ///< of its job
  std::optional<std::uint32_t> local_id;    ///< nullopt: a plain job's
  std::uint32_t index = 0;                  ///< in the merged array
  std::optional<std::string> array_job_id;  ///< the merged array's id; nullopt: not known yet
  std::optional<std::string> job_id;        ///< the task's own id in Slurm; nullopt: not known yet
};

/// Returns the values of %A, %a (and so %b) and %j in a pattern. With Names::task they are what the task's own variables say, and
/// a plain job's %A is its %j, as alone. With Names::slurm %A and %a together are Slurm's own pair; %a without %A is the local
/// id, and a plain job's %A without %a its %j.
[[nodiscard]] slurm::PatternValues name_ids(const NamedTask& task, const std::string& pattern, plan::Names names);

/// Whether a retry's task would write to the file that the attempt before it wrote, because of an id that both have: an array's
/// own. It gives that file another name first (share/dispatch_rest/2-files.bash).
[[nodiscard]] bool has_shared_id(const std::string& pattern, bool is_plain, plan::Names names);

/// Returns the name, without folder, of the file that a job without --output writes.
[[nodiscard]] const char* default_name(bool is_plain, plan::Names names);

}  // namespace sarray::script
