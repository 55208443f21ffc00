#include "script/streams.hpp"

#include <algorithm>

#include "script/names.hpp"
#include "slurm/language/file_pattern.hpp"

namespace sarray::script {

namespace {

using slurm::has_conversion;

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

/// Returns what %x means: SLURM_JOB_NAME of the environment that the job was sent with (fname.c:_batch_path_check), which lacks
/// it for a script from standard input and after --export-file (observed on 22.05).
std::string pattern_name(const plan::PlannedJob& planned, const slurm::Release& release) {
  const auto sent = slurm::sent_environment(*planned.call, planned.job, release);
  return std::string(sent.variables.get("SLURM_JOB_NAME").value_or("(null)"));
}

/// Whether every index of the array is the task's own id.
bool indices_are_ids(const plan::PlannedJob& planned, const plan::MergedArray& array) {
  const auto& ids = planned.job.ids;
  return array.placements.size() == 1 && ids && ids->ranges().size() == 1 && ids->ranges().front().step == 1 &&
         ids->min() == array.placements.front().first_index;
}

/// Returns the pattern of which Slurm makes in the merged array, for every task of the job, what the given one means by the rule;
/// nullopt if there is none.
std::optional<std::string> slurms_pattern(const std::string& pattern, const plan::PlannedJob& planned,
                                          const plan::MergedArray& array, const plan::PlanOptions& options, plan::Names names) {
  if (has_conversion(pattern, 'x') && pattern_name(planned, options.release) != array.name) return std::nullopt;
  const bool has_array = has_conversion(pattern, 'A');
  const bool has_task = has_conversion(pattern, 'a');
  const bool is_plain = !planned.job.ids;
  const bool is_slurms_pair = names == plan::Names::slurm && has_array && (has_task || !is_plain);
  if (is_slurms_pair) return pattern;
  if (is_plain) return slurm::pattern_of_plain_job(pattern, options.release);
  if (has_array) return std::nullopt;
  const bool has_digit = has_conversion(pattern, 'b') && options.release >= slurm::Release{24, 11};
  if ((has_task || has_digit) && !indices_are_ids(planned, array)) return std::nullopt;
  return pattern;
}

}  // namespace

std::string file_pattern(const plan::PlannedJob& planned, Stream stream, plan::Names names) {
  const auto& job = planned.job;
  if (const auto& given = given_pattern(job, stream)) return absolute_pattern(job, *given);
  if (stream == Stream::input) return "/dev/null";
  if (stream == Stream::error) return file_pattern(planned, Stream::output, names);
  return escape_percent(job.work_directory) + "/" + default_name(!job.ids, names);
}

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

/// All that is known of a job's tasks before they run.
slurm::PatternValues known_values(const plan::PlannedJob& planned, const std::string& pattern, const plan::PlanOptions& options) {
  slurm::PatternValues values;
  if (has_conversion(pattern, 'x')) values.job_name = pattern_name(planned, options.release);
  values.user = options.user;
  values.release = options.release;
  return values;
}

/// All that is known of a task before it runs. @param task counted from 0 in its job.
slurm::PatternValues own_values(const plan::PlannedJob& planned, const std::string& pattern, std::uint32_t task,
                                std::uint32_t index, const plan::PlanOptions& options) {
  NamedTask named{planned.id, {}, index, {}, {}};
  if (planned.job.ids) named.local_id = planned.job.ids->nth(task);
  auto values = name_ids(named, pattern, options.names);
  const auto known = known_values(planned, pattern, options);
  values.job_name = known.job_name;
  values.user = known.user;
  values.release = known.release;
  return values;
}

/// Returns the folder of a task's file; its name is known before the task runs (CommonPattern::find_name).
std::string folder_of(const plan::PlannedJob& planned, Stream stream, std::uint32_t task, std::uint32_t index,
                      const plan::PlanOptions& options) {
  const auto pattern = file_pattern(planned, stream, options.names);
  const auto values = own_values(planned, pattern, task, index, options);
  const auto folder = slurm::expand_pattern(pattern.substr(0, pattern.rfind('/')), values).value_or("");
  return folder.empty() ? "/" : folder;
}

/// The patterns of one stream of an array's jobs, with the work of finding out done once for jobs that are alike.
class CommonPattern {
 public:
  CommonPattern(Stream stream, const plan::Plan& plan, const plan::MergedArray& array, const plan::PlanOptions& options,
                plan::Names names)
      : m_stream(stream), m_plan(plan), m_array(array), m_options(options), m_names(names) {}

  /// Returns the pattern of which Slurm makes the right name for every task; nullopt if there is none.
  [[nodiscard]] std::optional<std::string> find() const {
    const bool given = is_given(m_array.placements.front());
    return find_common([&](const plan::Placement& placement, const std::string& pattern) -> std::optional<std::string> {
      if (is_given(placement) != given) return std::nullopt;
      return slurms_pattern(pattern, job(placement), m_array, m_options, m_names);
    });
  }

  /// Returns the last part of all patterns, if Slurm makes the right name of it in each task's own folder, which is known before,
  /// and nobody but the running task knows it; else nullopt.
  [[nodiscard]] std::optional<std::string> find_name() const {
    const auto name =
        find_common([&](const plan::Placement& placement, const std::string& pattern) -> std::optional<std::string> {
          if (pattern.find('\\') != std::string::npos) return std::nullopt;
          const auto folder = pattern.substr(0, pattern.rfind('/'));
          // By that rule, one of them in the folder's name changes the meaning of the other.
          if (m_names == plan::Names::slurm && (has_conversion(folder, 'A') || has_conversion(folder, 'a'))) return std::nullopt;
          if (!slurm::expand_pattern(folder, own_values(job(placement), pattern, 0, 0, m_options))) return std::nullopt;
          return slurms_pattern(pattern.substr(folder.size() + 1), job(placement), m_array, m_options, m_names);
        });
    const auto is_late = [&](char conversion) { return has_conversion(*name, conversion); };
    constexpr std::string_view late = "jJNrS";
    return name && std::any_of(late.begin(), late.end(), is_late) ? name : std::nullopt;
  }

 private:
  [[nodiscard]] const plan::PlannedJob& job(const plan::Placement& placement) const { return m_plan.jobs[placement.job]; }
  [[nodiscard]] bool is_given(const plan::Placement& placement) const {
    return given_pattern(job(placement).job, m_stream).has_value();
  }

  /// Returns what `read` returns for every job, if that is the same.
  template <typename Read>
  [[nodiscard]] std::optional<std::string> find_common(const Read& read) const {
    std::optional<std::string> common;
    std::string last;
    bool was_plain = false;
    for (const auto& placement : m_array.placements) {
      const bool is_plain = !job(placement).job.ids;
      auto pattern = file_pattern(job(placement), m_stream, m_names);
      const bool is_alike = common && pattern == last && is_plain == was_plain && !has_conversion(pattern, 'x') &&
                            is_given(placement) == is_given(m_array.placements.front());
      if (is_alike) continue;
      auto found = read(placement, pattern);
      if (!found || (common && *found != *common)) return std::nullopt;
      common = std::move(found);
      last = std::move(pattern);
      was_plain = is_plain;
    }
    return common;
  }

  Stream m_stream;
  const plan::Plan& m_plan;
  const plan::MergedArray& m_array;
  const plan::PlanOptions& m_options;
  plan::Names m_names;
};

StreamPlan plan_stream(Stream stream, const plan::Plan& plan, const plan::MergedArray& array, const plan::PlanOptions& options) {
  StreamPlan result;
  result.stream = stream;
  const auto given = [&](const plan::Placement& p) { return given_pattern(plan.jobs[p.job].job, stream).has_value(); };
  const bool nobody = std::none_of(array.placements.begin(), array.placements.end(), given);
  if (nobody && stream != Stream::output) return result;
  result.script_pattern = CommonPattern(stream, plan, array, options, plan::Names::slurm).find();
  result.opened_by_hand = !result.script_pattern;
  if (!result.script_pattern && stream == Stream::output) {
    // Where a task says what went wrong before it has opened its own file, and what becomes that file if it can.
    const auto& directory = plan.jobs[array.placements.front().job].job.work_directory;
    result.script_pattern = escape_percent(directory) + "/" + default_name(false, plan::Names::slurm);
  }
  const CommonPattern own(stream, plan, array, options, options.names);
  result.pattern = own.find();
  if (result.pattern) return result;
  const auto links = escape_percent(options.link_folder) + "/" + stream_name(stream) + "/%a";
  const auto name = own.find_name();
  result.links = name ? Links::folders : Links::files;
  result.pattern = name ? links + "/" + *name : links;
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

std::string late_pattern(const plan::PlannedJob& planned, Stream stream, const plan::PlanOptions& options) {
  const auto pattern = file_pattern(planned, stream, options.names);
  return slurm::expand_partly(pattern, known_values(planned, pattern, options));
}

bool keeps_earlier(const plan::PlannedJob& planned, Stream stream, const plan::PlanOptions& options) {
  return !options.retry_of.empty() && options.names == plan::Names::task && planned.job.ids && !appends(planned.job, options) &&
         has_conversion(file_pattern(planned, stream, options.names), 'A');
}

bool is_hidden(const plan::PlannedJob& planned, Stream stream, const StreamPlan& streams, const plan::PlanOptions& options) {
  if (streams.links != Links::files || stream == Stream::input) return false;
  const auto pattern = file_pattern(planned, stream, options.names);
  return keeps_earlier(planned, stream, options) || !slurm::expand_pattern(pattern, own_values(planned, pattern, 0, 0, options));
}

std::string link_target(const plan::PlannedJob& planned, Stream stream, std::uint32_t task, std::uint32_t index,
                        const plan::PlanOptions& options) {
  const auto pattern = file_pattern(planned, stream, options.names);
  auto values = own_values(planned, pattern, task, index, options);
  auto name = slurm::expand_pattern(pattern, values);
  if (name && !keeps_earlier(planned, stream, options)) return *name;
  // Both streams of a task that go to one file must go through one hidden name.
  const bool shares = stream == Stream::error && pattern == file_pattern(planned, Stream::output, options.names);
  auto place = pattern.substr(0, pattern.rfind('/'));
  // Slurm would make the folder when it knows its name, and so does the dispatcher: until then the file is above it.
  while (makes_folders(options.release) && place.rfind('/') != 0 && !slurm::expand_pattern(place, values))
    place.resize(place.rfind('/'));
  if (!values.array_job_id) values.array_job_id = "0";
  values.job_id = values.node = values.restart_count = values.sluid = "0";
  const auto folder = name ? name->substr(0, name->rfind('/')) : *slurm::expand_pattern(place, values);
  return folder + "/.sarray-" + options.hidden_mark + "-" + std::to_string(index) + "." +
         stream_name(shares ? Stream::output : stream);
}

void visit_links(const plan::Plan& plan, const plan::MergedArray& array, const ArrayStreams& streams,
                 const plan::PlanOptions& options, const LinkMaker& make) {
  for (const auto& stream : streams.streams) {
    if (stream.links == Links::none) continue;
    const auto links = options.link_folder + "/" + stream_name(stream.stream) + "/";
    for (const auto& placement : array.placements) {
      const auto& planned = plan.jobs[placement.job];
      for (std::uint32_t task = 0; task < planned.tasks(); ++task) {
        const auto index = placement.first_index + task;
        const auto path = links + std::to_string(index);
        if (stream.links == Links::folders) {
          const auto folder = folder_of(planned, stream.stream, task, index, options);
          make(path, folder, folder);
        } else {
          const auto target = link_target(planned, stream.stream, task, index, options);
          make(path, target, target.substr(0, target.rfind('/')));
        }
      }
    }
  }
}

}  // namespace sarray::script
