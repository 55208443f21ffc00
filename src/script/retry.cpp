#include "script/retry.hpp"

#include <algorithm>

#include "slurm/language/file_pattern.hpp"
#include "slurm/language/group_name.hpp"
#include "slurm/language/settings.hpp"

namespace sarray::script {

namespace {

/// Head options that assemble() writes itself, from what it knows of the array; and what the tasks of the first attempt waited
/// for: what is left of that is said of each task.
bool is_made_anew(std::string_view option) {
  static constexpr std::array<std::string_view, 9> names = {"array", "job-name",  "chdir",  "output",    "error",
                                                            "input", "open-mode", "export", "dependency"};
  return std::find(names.begin(), names.end(), option) != names.end();
}

util::Error own_option(const slurm::Setting& setting) {
  util::Error error{"--" + std::string(setting.option->name), "each task has its own, and a retry keeps it",
                    "sarray retry --help"};
  error.status = static_cast<int>(util::Exit::usage);
  return error;
}

util::Result<std::vector<slurm::Setting>> merge_settings(const Map& map, const slurm::Dialect& dialect,
                                                         const plan::PlanOptions& options) {
  slurm::Settings settings;
  for (const auto& option : map.options) {
    if (is_made_anew(option.name)) continue;
    const auto* spec = dialect.find(option.name);
    if (spec == nullptr)
      return util::fail("--" + option.name, "the array was submitted with it, and this sbatch does not know it", "sbatch --help");
    settings.set(*spec, option.value, {});
  }
  for (const auto& setting : options.overrides) {
    if (setting.option->name == "job-name") continue;
    const auto owner = setting.option->owner;
    if (owner != slurm::Owner::array && owner != slurm::Owner::plan) return util::fail(own_option(setting));
    settings.replace(setting);
  }
  return settings.all();
}

bool is_overridden(std::string_view name, const plan::PlanOptions& options) {
  return std::any_of(options.overrides.begin(), options.overrides.end(),
                     [&](const auto& setting) { return setting.option->name == name; });
}

/// The tasks of one job that are to run again.
struct Chosen {
  const MappedJob* job = nullptr;
  std::vector<std::uint32_t> indices;
  std::uint32_t attempt = 1;  ///< the last one of all of them: what a record says of it is said once
};

std::vector<Chosen> group_by_job(const Map& map, const std::vector<RetryTask>& tasks) {
  std::vector<Chosen> chosen;
  for (const auto& task : tasks) {
    const auto* job = map.job_at(task.index);
    if (job == nullptr) continue;
    if (chosen.empty() || chosen.back().job != job || chosen.back().attempt != task.attempt)
      chosen.push_back({job, {}, task.attempt});
    chosen.back().indices.push_back(task.index);
  }
  return chosen;
}

/// Returns as much of a job as the planning of its files and the overview need; its record has all else.
util::Result<plan::PlannedJob> make_planned(const Chosen& chosen, std::string_view script) {
  const auto& mapped = *chosen.job;
  TRY(auto bytes, read_script(mapped, script));
  plan::PlannedJob planned;
  planned.number = mapped.number;
  planned.id = mapped.id;
  planned.translate = mapped.record.translate;
  auto& job = planned.job;
  job.name = mapped.name;
  if (mapped.ids) {
    std::vector<std::uint32_t> locals;
    for (const auto index : chosen.indices) locals.push_back(*mapped.local_id(index));
    job.ids = slurm::ArrayIds::from_ids(locals);
  }
  job.directory = job.work_directory = mapped.directory;
  if (!mapped.record.unnamed) job.output = mapped.output;
  job.error = mapped.error;
  job.input = mapped.input;
  job.open_mode = mapped.open_mode;
  job.arguments = mapped.arguments;
  job.script = std::make_shared<const std::string>(std::move(bytes));
  auto call = std::make_shared<slurm::Call>();
  call->source = mapped.source;
  call->script_path = mapped.script_path;
  call->script = job.script;
  planned.call = std::move(call);
  return planned;
}

std::uint32_t original_throttle(const Map& map) {
  const auto* option = map.option("array");
  if (option == nullptr || !option->value) return 0;
  const auto ids = slurm::ArrayIds::parse(*option->value, slurm::unknown_max_array_size);
  return ids && *ids ? (*ids)->throttle() : 0;
}

plan::MergedArray make_array(const Map& map, const std::vector<plan::PlannedJob>& jobs, std::vector<slurm::Setting> settings,
                             const plan::PlanOptions& options) {
  plan::MergedArray array;
  for (std::uint32_t i = 0; i < jobs.size(); ++i) {
    array.placements.push_back({i, array.tasks});
    array.tasks += jobs[i].tasks();
  }
  array.settings = std::move(settings);
  array.throttle = options.throttle.value_or(original_throttle(map));
  // A name that a person gave stays, and so does that of jobs that are singleton.
  const bool is_renamed = options.group > 0 && slurm::is_given_by_sarray(map.name);
  array.name = is_renamed ? slurm::array_name({options.group, options.parts_before + 1, 0}) : map.name;
  for (const auto& setting : options.overrides) {
    if (setting.option->name == "job-name") array.name = setting.value;
  }
  const auto* exported = map.option("export");
  array.login = exported != nullptr && exported->value.value_or("") != "ALL";
  return array;
}

/// Keeps the way in which the first array opens its files, since its records rely on it.
void keep_open_mode(const Map& map, ArrayStreams& streams) {
  streams.open_mode = slurm::OpenMode::site_default;
  if (const auto* option = map.option("open-mode"); option != nullptr) {
    streams.open_mode = option->value.value_or("") == "append" ? slurm::OpenMode::append : slurm::OpenMode::truncate;
  }
}

/// Whether a task of the job empties a file that an earlier attempt wrote.
bool writes_again(const plan::PlannedJob& planned, const plan::PlanOptions& options) {
  if (appends(planned.job, options)) return false;
  return std::any_of(all_streams.begin(), all_streams.end(), [&](Stream stream) {
    if (stream == Stream::input) return false;
    const auto pattern = file_pattern(planned, stream, options.names);
    constexpr std::string_view ids = "AjJS";
    return pattern != "/dev/null" &&
           std::none_of(ids.begin(), ids.end(), [&](char id) { return slurm::has_conversion(pattern, id); });
  });
}

JobRecord make_retry_record(const Chosen& chosen, const plan::PlannedJob& planned, std::uint32_t first_index, const Map& map,
                            const plan::MergedArray& array, const ArrayStreams& streams, const plan::PlanOptions& options) {
  auto record = chosen.job->record;
  record.first_index = first_index;
  record.tasks = planned.tasks();
  record.ids = planned.job.ids;  // COUNT, MIN, MAX and STEP stay what they were
  replace_files(record, planned, streams, options);
  record.earlier.reset();
  if (keeps_earlier(planned, Stream::output, options) || keeps_earlier(planned, Stream::error, options))
    record.earlier = std::to_string(chosen.attempt);
  // If the job had the array's own name, that is another one now.
  if (array.name != map.name && record.variable("SLURM_JOB_NAME") == nullptr) {
    record.variables.push_back({VariableKind::set, "SLURM_JOB_NAME", map.name});
  }
  return record;
}

}  // namespace

util::Result<Retry> plan_retry(const Map& map, std::string_view script, const std::vector<RetryTask>& tasks,
                               const slurm::Start& start, const slurm::Dialect& dialect, const plan::PlanOptions& options) {
  TRY(auto settings, merge_settings(map, dialect, options));
  const auto chosen = group_by_job(map, tasks);
  if (chosen.empty()) return util::fail("retry", "no tasks to run again", "sarray status --failed");
  Retry retry;
  for (const auto& group : chosen) {
    TRY(auto planned, make_planned(group, script));
    if (writes_again(planned, options)) retry.written_again += planned.tasks();
    retry.plan.jobs.push_back(std::move(planned));
  }
  retry.plan.arrays.push_back(make_array(map, retry.plan.jobs, std::move(settings), options));
  const auto& array = retry.plan.arrays.front();
  auto streams = plan_streams(retry.plan, array, options);
  keep_open_mode(map, streams);
  Baseline baseline;
  baseline.submitted = start.environment;
  baseline.umask = start.umask;
  baseline.limits = start.limits;
  if (const auto* directory = map.option("chdir"); directory != nullptr) baseline.directory = directory->value.value_or("");
  const auto make = [&](std::size_t i) {
    return make_retry_record(chosen[i], retry.plan.jobs[i], array.placements[i].first_index, map, array, streams, options);
  };
  retry.rendered = assemble(retry.plan, array, baseline, streams, make, options);
  for (const auto& argument : start.arguments) {
    const auto name = std::string_view(argument).substr(2, argument.find('=') - 2);
    if (!is_overridden(name, options) && !is_made_anew(name)) retry.rendered.arguments.push_back(argument);
  }
  return retry;
}

}  // namespace sarray::script
