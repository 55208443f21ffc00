#include "script/names.hpp"

namespace sarray::script {

slurm::PatternValues name_ids(const NamedTask& task, const std::string& pattern, plan::Names names) {
  const bool is_plain = !task.local_id;
  slurm::PatternValues values;
  values.job_id = task.job_id;
  values.array_task_id = task.local_id.value_or(slurm::no_task_id);
  if (names == plan::Names::task) {
    values.array_job_id = is_plain ? task.job_id : std::optional(std::to_string(task.virtual_id));
    return values;
  }
  values.array_job_id = task.array_job_id;
  if (!slurm::has_conversion(pattern, 'A')) return values;
  if (is_plain && !slurm::has_conversion(pattern, 'a')) {
    values.array_job_id = task.job_id;
  } else {
    values.array_task_id = task.index;
  }
  return values;
}

const char* default_name(bool is_plain, plan::Names names) {
  return is_plain && names == plan::Names::task ? "slurm-%j.out" : "slurm-%A_%a.out";
}

}  // namespace sarray::script
