#include "follow/file_names.hpp"

#include "script/names.hpp"
#include "slurm/language/file_pattern.hpp"

namespace sarray::follow {

namespace {

/// Marks what is not known: no name of ours contains it.
constexpr char unknown_mark = '\x01';

std::string to_glob(const std::string& name) {
  std::string glob;
  for (const char c : name) {
    if (c == unknown_mark) {
      glob += '*';
      continue;
    }
    if (c == '*' || c == '?' || c == '[' || c == '\\') glob += '\\';
    glob += c;
  }
  return glob;
}

}  // namespace

std::optional<FileName> file_name(const script::MappedJob& job, script::Stream stream, const std::string& array_job_id,
                                  const slurm::TaskRecord& task, const FileSurroundings& surroundings, bool guess_host) {
  auto pattern = stream == script::Stream::error ? job.error : job.output;
  if (!pattern) return std::nullopt;
  const auto names = surroundings.by_hand ? plan::Names::slurm : surroundings.names;
  if (surroundings.by_hand && job.record.unnamed) {
    const auto name = pattern->rfind('/') + 1;  // as the dispatcher does (share/dispatch_rest/2-files.bash)
    if (pattern->substr(name) == script::default_name(true, plan::Names::task))
      pattern->replace(name, std::string::npos, script::default_name(true, names));
  }
  script::NamedTask named{job.id, {}, task.index, array_job_id, {}};
  if (job.has_index(task.index)) named.local_id = job.local_id(task.index);
  if (!task.job_id.empty()) named.job_id = task.job_id;
  auto values = script::name_ids(named, *pattern, names);
  values.job_name = job.name;
  values.user = surroundings.user;
  values.restart_count = task.restarts;
  values.release = surroundings.release;
  if (guess_host && !task.host.empty()) values.node = task.host.substr(0, task.host.find('.'));
  if (auto name = slurm::expand_pattern(*pattern, values)) return FileName{std::move(*name), false};
  const std::string mark(1, unknown_mark);
  if (!values.job_id) values.job_id = mark;
  if (!values.array_job_id) values.array_job_id = mark;
  if (!values.node) values.node = mark;
  if (!values.sluid) values.sluid = mark;  // no command of Slurm's that is asked says it
  return FileName{to_glob(slurm::expand_pattern(*pattern, values).value_or(mark)), true};
}

}  // namespace sarray::follow
