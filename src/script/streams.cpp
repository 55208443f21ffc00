#include "script/streams.hpp"

#include <algorithm>

#include "slurm/language/file_pattern.hpp"

namespace sarray::script {

namespace {

using slurm::has_conversion;

/// A plain job's %a (slurmctld's NO_VAL; observed on 22.05).
const std::optional<std::string>& given_pattern(const slurm::Job& job, Stream stream) {
  switch (stream) {
    case Stream::output:
      return job.output;
    case Stream::error:
      return job.error;
    case Stream::input:
      break;
  }
  return job.input;
}

std::string escape_percent(std::string_view text) {
  std::string result;
  for (const char c : text) {
    result += c;
    if (c == '%') result += '%';
  }
  return result;
}

bool is_none(std::string_view pattern) {
  return pattern.size() == 4 &&
         std::equal(pattern.begin(), pattern.end(), "none", [](char a, char b) { return (a | 0x20) == b; });
}

/// sbatch makes a relative name absolute before anything is expanded, so that a % in a folder's name counts too.
std::string absolute_pattern(const slurm::Job& job, const std::string& pattern) {
  if (is_none(pattern)) return "/dev/null";
  if (pattern.starts_with('/')) return pattern;
  return job.work_directory + "/" + pattern;
}

/// Replaces %A by %j: in a merged array a plain job's own id is its task's, so that a name with it stays its own.
std::string plain_job_pattern(std::string pattern) {
  if (!has_conversion(pattern, 'A') || has_conversion(pattern, 'a')) return pattern;
  for (std::size_t at = 0; at + 1 < pattern.size(); ++at) {
    if (pattern[at] != '%') continue;
    auto end = at + 1;
    while (end < pattern.size() && pattern[end] >= '0' && pattern[end] <= '9') ++end;
    if (end < pattern.size() && pattern[end] == 'A') pattern[end] = 'j';
    at = end;
  }
  return pattern;
}

/// Returns the pattern of the task's file in the merged array: absolute; Slurm's default if none was given.
std::string effective_pattern(const slurm::Job& job, Stream stream) {
  const auto& given = given_pattern(job, stream);
  if (given) {
    auto pattern = absolute_pattern(job, *given);
    return job.ids ? pattern : plain_job_pattern(std::move(pattern));
  }
  if (stream == Stream::input) return "/dev/null";
  if (stream == Stream::error) return effective_pattern(job, Stream::output);
  // People look for logs by the id that squeue shows.
  return escape_percent(job.work_directory) + "/slurm-%A_%a.out";
}

/// Returns what %x means: SLURM_JOB_NAME of the environment that the job was sent with (fname.c:_batch_path_check), which lacks
/// it for a script from standard input and after --export-file (observed on 22.05).
std::string pattern_name(const plan::PlannedJob& planned, const slurm::Release& release) {
  const auto sent = slurm::sent_environment(*planned.call, planned.job, release);
  return std::string(sent.variables.get("SLURM_JOB_NAME").value_or("(null)"));
}

/// Whether Slurm's own expansion in the merged array says for every task what its own job would have said.
bool means_the_same_merged(const std::string& pattern, const plan::PlannedJob& planned, const plan::MergedArray& array,
                           const slurm::Release& release) {
  const bool single = array.placements.size() == 1;
  const bool index_is_id = single && planned.job.ids && planned.job.ids->ranges().size() == 1 && planned.job.ids->min() == 0 &&
                           planned.job.ids->ranges().front().step == 1;
  const bool pair = has_conversion(pattern, 'A');
  if (!pair && !index_is_id) {
    if (has_conversion(pattern, 'a')) return false;
    if (has_conversion(pattern, 'b') && release >= slurm::Release{24, 11}) return false;
  }
  return !has_conversion(pattern, 'x') || pattern_name(planned, release) == array.name;
}

}  // namespace

bool makes_folders(const slurm::Release& release) { return release >= slurm::Release{24, 11}; }

const char* stream_name(Stream stream) {
  switch (stream) {
    case Stream::output:
      return "output";
    case Stream::error:
      return "error";
    case Stream::input:
      break;
  }
  return "input";
}

namespace {

StreamPlan plan_stream(Stream stream, const plan::Plan& plan, const plan::MergedArray& array, const plan::PlanOptions& options) {
  StreamPlan result;
  result.stream = stream;
  const auto& jobs = plan.jobs;
  const auto given = [&](const plan::Placement& p) { return given_pattern(jobs[p.job].job, stream).has_value(); };
  const auto& first = jobs[array.placements.front().job];
  const bool nobody = std::none_of(array.placements.begin(), array.placements.end(), given);
  if (nobody && stream != Stream::output) return result;
  const auto pattern = effective_pattern(first.job, stream);
  const bool uniform = std::all_of(array.placements.begin(), array.placements.end(), [&](const auto& p) {
    const auto& planned = jobs[p.job];
    return given(p) == given(array.placements.front()) && effective_pattern(planned.job, stream) == pattern &&
           means_the_same_merged(pattern, planned, array, options.release);
  });
  if (uniform) {
    result.pattern = pattern;
    return result;
  }
  result.links = true;
  result.pattern = escape_percent(options.link_folder) + "/" + stream_name(stream) + "/%a";
  return result;
}

}  // namespace

bool appends(const slurm::Job& job, const plan::PlanOptions& options) {
  return job.open_mode == slurm::OpenMode::append || (job.open_mode == slurm::OpenMode::site_default && options.job_file_append);
}

ArrayStreams plan_streams(const plan::Plan& plan, const plan::MergedArray& array, const plan::PlanOptions& options) {
  ArrayStreams result;
  for (std::size_t i = 0; i < all_streams.size(); ++i) result.streams[i] = plan_stream(all_streams[i], plan, array, options);
  // An error stream that was never asked for follows the output also if that goes through links.
  const auto mode = plan.jobs[array.placements.front().job].job.open_mode;
  result.mixed_open_modes = !std::all_of(array.placements.begin(), array.placements.end(),
                                         [&](const auto& p) { return plan.jobs[p.job].job.open_mode == mode; });
  result.open_mode = result.mixed_open_modes ? slurm::OpenMode::append : mode;
  return result;
}

namespace {

/// All that is known of a task before it runs.
slurm::PatternValues known_values(const plan::PlannedJob& planned, const std::string& pattern, const plan::PlanOptions& options) {
  slurm::PatternValues values;
  if (has_conversion(pattern, 'x')) values.job_name = pattern_name(planned, options.release);
  values.user = options.user;
  values.release = options.release;
  return values;
}

}  // namespace

std::optional<std::string> late_pattern(const plan::PlannedJob& planned, Stream stream, const plan::PlanOptions& options) {
  const auto pattern = effective_pattern(planned.job, stream);
  auto values = known_values(planned, pattern, options);
  values.array_task_id = 0;
  if (slurm::expand_pattern(pattern, values)) return std::nullopt;
  values.array_task_id.reset();
  return slurm::expand_partly(pattern, values);
}

std::string file_pattern(const plan::PlannedJob& planned, Stream stream) { return effective_pattern(planned.job, stream); }

std::string link_target(const plan::PlannedJob& planned, Stream stream, std::uint32_t task, std::uint32_t index,
                        const plan::PlanOptions& options) {
  const auto pattern = effective_pattern(planned.job, stream);
  auto values = known_values(planned, pattern, options);
  values.array_task_id = planned.job.ids ? planned.job.ids->nth(task) : slurm::no_task_id;
  if (has_conversion(pattern, 'A')) values.array_task_id = index;
  if (auto name = slurm::expand_pattern(pattern, values)) return *name;
  // Both streams of a task that go to one file must go through one hidden name.
  const bool shares = stream == Stream::error && pattern == effective_pattern(planned.job, Stream::output);
  auto place = pattern.substr(0, pattern.rfind('/'));
  // Slurm would make the folder when it knows its name, and so does the dispatcher: until then the file is above it.
  while (makes_folders(options.release) && place.rfind('/') != 0 && !slurm::expand_pattern(place, values))
    place.resize(place.rfind('/'));
  values.array_job_id = values.job_id = values.node = values.restart_count = values.sluid = "0";
  const auto folder = slurm::expand_pattern(place, values);
  return *folder + "/.sarray-" + options.hidden_mark + "-" + std::to_string(index) + "." +
         stream_name(shares ? Stream::output : stream);
}

void visit_links(const plan::Plan& plan, const plan::MergedArray& array, const ArrayStreams& streams,
                 const plan::PlanOptions& options, const std::function<void(const std::string&, const std::string&)>& make) {
  for (const auto& stream : streams.streams) {
    if (!stream.links) continue;
    const auto folder = options.link_folder + "/" + stream_name(stream.stream) + "/";
    for (const auto& placement : array.placements) {
      const auto& planned = plan.jobs[placement.job];
      for (std::uint32_t task = 0; task < planned.tasks(); ++task) {
        const auto index = placement.first_index + task;
        make(folder + std::to_string(index), link_target(planned, stream.stream, task, index, options));
      }
    }
  }
}

}  // namespace sarray::script
