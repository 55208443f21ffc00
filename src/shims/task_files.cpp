#include "shims/task_files.hpp"

#include "follow/file_names.hpp"
#include "script/map.hpp"

namespace sarray::shims {

namespace {

std::string file_of(const answer::OurName& ours, script::Stream stream, const RecordedTask& known, std::uint32_t index) {
  slurm::TaskRecord task;
  task.index = index;
  task.job_id = known.job_id;
  task.restarts = known.restarts;
  follow::FileSurroundings surroundings;
  surroundings.user = known.user;
  const auto name = follow::file_name(*ours.job, stream, known.array, task, surroundings, false);
  return name ? name->path : std::string();
}

}  // namespace

answer::TaskFiles files_of(const answer::OurName& ours, const RecordedTask& task) {
  const auto index = ours.job->index_of(ours.tasks.empty() ? std::nullopt : std::optional(ours.tasks.front())).value_or(0);
  return {file_of(ours, script::Stream::output, task, index), file_of(ours, script::Stream::error, task, index),
          ours.job->input.value_or("")};
}

}  // namespace sarray::shims
