#include "answer/job_json.hpp"

#include <utility>

#include "util/parse.hpp"

namespace sarray::answer {

namespace {

/// Returns the pattern of a job's output; nullopt if its call names none. A merged job has Slurm's default pattern in full.
std::optional<std::string> own_pattern(const OurName& ours, const std::string& usual) {
  const auto& job = *ours.job;
  return job.output == job.directory + "/" + usual ? std::nullopt : job.output;
}

void set_files(Json& record, const OurName& ours, const TaskFiles& files, const JsonShape& shape) {
  const auto& job = *ours.job;
  const auto input = job.input.value_or("/dev/null");
  if (shape.tags_numbers() && !shape.expands_files()) {
    if (files.output.empty()) return;
    replace_field(record, "standard_output", files.output);
    replace_field(record, "standard_error", files.error.empty() ? files.output : files.error);
    replace_field(record, "standard_input", files.input.empty() ? input : files.input);
    return;
  }
  const std::string usual = ours.tasks.empty() ? "slurm-%j.out" : "slurm-%A_%a.out";
  replace_field(record, "standard_output", own_pattern(ours, usual).value_or(shape.expands_files() ? usual : ""));
  // Beside a job with --error, a merged one without it has its output's pattern.
  const bool has_error = job.error && job.error != job.output;
  replace_field(record, "standard_error", has_error ? *job.error : "");
  replace_field(record, "standard_input", input);
  replace_field(record, "stdout_expanded", files.output);
  replace_field(record, "stderr_expanded", has_error ? files.error : "");
  replace_field(record, "stdin_expanded", files.input.empty() ? input : files.input);
}

void set_name(Json& record, const OurName& ours, const JsonShape& shape) {
  const auto id = ours.job->id;
  const bool is_plain = ours.tasks.empty();
  if (is_plain || !ours.has_own_id) {
    replace_field(record, "job_id", id);
    if (const auto step = record.find("step_id"); step != record.end() && step->is_object())
      replace_field(*step, "job_id", shape.number(id));
  }
  const auto throttle = !is_plain && ours.job->ids ? ours.job->ids->throttle() : 0;
  const bool is_single = !is_plain && !ours.is_block;
  replace_field(record, "array_job_id", shape.number(is_plain ? 0 : id));
  replace_field(record, "array_task_id",
                shape.number(is_single ? std::optional<std::uint64_t>(ours.tasks.front()) : std::nullopt));
  replace_field(record, "array_max_tasks", shape.number(throttle));
  const auto limit = throttle > 0 ? "%" + std::to_string(throttle) : std::string();
  replace_field(record, "array_task_string", ours.is_block && !is_plain ? write_tasks(ours.tasks) + limit : std::string());
}

Json rewrite_record(Json record, const OurName& ours, const JobDetails& details, const JsonShape& shape) {
  const auto& job = *ours.job;
  set_name(record, ours, shape);
  replace_field(record, "name", job.name);
  const bool has_script = job.source == slurm::ScriptSource::file;
  replace_field(record, "command", has_script ? command_of(job, shape.has_arguments) : "");
  replace_field(record, "current_working_directory", job.directory);
  replace_field(record, "submit_line", details.submit_line);
  set_files(record, ours, details.files, shape);
  return record;
}

}  // namespace

std::optional<JobName> job_name(const Json& record) {
  const auto id = read_number(record, "job_id");
  const auto array = read_number(record, "array_job_id").value_or(0);
  if (!id) return std::nullopt;
  if (array == 0) return read_name(std::to_string(*id));
  const auto block = read_text(record, "array_task_string");
  if (!block.empty()) return read_name(std::to_string(array) + "_[" + block + "]");
  const auto task = read_number(record, "array_task_id");
  return read_name(std::to_string(array) + (task ? "_" + std::to_string(*task) : ""));
}

JobRecords translate_job_records(
    const Json& jobs, const JsonShape& shape, const FindMap& find_map, const FindDetails& find_details,
    const std::function<std::optional<bool>(const JobName& name, const Json& record, bool is_ours)>& is_slurms,
    const ChooseParts& choose) {
  JobRecords result;
  for (const auto& record : jobs) {
    const auto name = record.is_object() ? job_name(record) : std::nullopt;
    const auto* map = name && !name->tasks.empty() ? find_map(read_text(record, "command")) : nullptr;
    const auto is_kept = name ? is_slurms(*name, record, map != nullptr) : std::optional(true);
    if (!is_kept) continue;
    if (map == nullptr || *is_kept) {
      result.records.push_back(record);
      continue;
    }
    const auto state = record.find("job_state");
    const bool is_pending = state != record.end() && has_state(*state, "PENDING");
    const bool has_own_id = !is_pending || read_number(record, "job_id") != name->job;
    for (auto& ours : choose(find_ours(*map, *name))) {
      ours.has_own_id = ours.has_own_id && has_own_id;
      result.records.push_back(rewrite_record(record, ours, find_details(ours, *name, record), shape));
      result.ours.push_back(ours.job->id);
    }
  }
  return result;
}

}  // namespace sarray::answer
