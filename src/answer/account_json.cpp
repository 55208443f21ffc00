#include "answer/account_json.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sarray::answer {

namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";
constexpr std::uint32_t bits = 4;  ///< of a digit

std::optional<std::uint32_t> small_number(const Json& record, const std::string& key) {
  const auto number = read_number(record, key);
  if (!number || *number > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

/// Whether a task of an array is shown by itself.
bool is_single(const OurName& ours) { return !ours.tasks.empty() && !ours.is_block; }

void set_array(Json& array, const OurName& ours, const JsonShape& shape) {
  const bool is_block = ours.is_block && !ours.tasks.empty();
  replace_field(array, "job_id", ours.tasks.empty() ? 0 : ours.job->id);
  replace_field(array, "task_id",
                shape.number(is_single(ours) ? std::optional<std::uint64_t>(ours.tasks.front()) : std::nullopt));
  const auto none = shape.tags_numbers() ? Json("") : Json();
  replace_field(array, "task", is_block ? Json(write_task_mask(ours.tasks, ours.job->ids->max())) : none);
  replace_field(array, "limits", {{"max", {{"running", {{"tasks", is_block ? ours.job->ids->throttle() : 0}}}}}});
}

/// A step is named by its job's id: as a number in 22.05, within a text later.
void set_steps(Json& steps, std::uint32_t id) {
  for (auto& entry : steps) {
    const auto step = entry.is_object() ? entry.find("step") : entry.end();
    if (step == entry.end() || !step->is_object()) continue;
    replace_field(*step, "job_id", id);
    const auto name = read_name(read_text(*step, "id"));
    if (name && !name->step.empty()) replace_field(*step, "id", std::to_string(id) + "." + name->step);
  }
}

void set_files(Json& record, const OurName& ours, const TaskFiles& files) {
  const auto& job = *ours.job;
  const auto input = job.input.value_or("/dev/null");
  const std::string usual = ours.tasks.empty() ? "/slurm-%j.out" : "/slurm-%A_%a.out";
  // Beside a job with --error, a merged one without it has its output's pattern.
  const bool has_error = job.error && job.error != job.output;
  replace_field(record, "stdout", job.output.value_or(job.directory + usual));
  replace_field(record, "stderr", has_error ? *job.error : "");
  replace_field(record, "stdin", input);
  if (!files.output.empty()) replace_field(record, "stdout_expanded", files.output);
  replace_field(record, "stderr_expanded", has_error ? files.error : "");
  replace_field(record, "stdin_expanded", files.input.empty() ? input : files.input);
}

Json rewrite_record(Json record, const OurName& ours, const JobDetails& details, const JsonShape& shape) {
  if (const auto array = record.find("array"); array != record.end()) set_array(*array, ours, shape);
  if (!is_single(ours)) {
    replace_field(record, "job_id", ours.job->id);
    if (const auto steps = record.find("steps"); steps != record.end() && steps->is_array()) set_steps(*steps, ours.job->id);
  }
  replace_field(record, "name", ours.job->name);
  replace_field(record, "working_directory", ours.job->directory);
  replace_field(record, "submit_line", details.submit_line);
  set_files(record, ours, details.files);
  return record;
}

}  // namespace

std::optional<JsonShape> read_account_shape(const Json& document) {
  auto shape = read_shape(document);
  constexpr int oldest = 40;
  constexpr int newest = 42;
  if (!shape || (shape->parser >= oldest && shape->parser <= newest)) return shape;
  const bool is_22_05 = read_text(document["meta"]["plugin"], "type") == "openapi/dbv0.0.38";
  return shape->parser == 0 && is_22_05 ? shape : std::nullopt;
}

std::optional<std::vector<std::uint32_t>> read_task_mask(std::string_view text) {
  if (!text.starts_with("0x")) return std::nullopt;
  text.remove_prefix(2);
  if (text.empty() || text.size() > script::max_tasks / bits + 1) return std::nullopt;
  std::vector<std::uint32_t> tasks;
  for (std::uint32_t place = 0; place < text.size(); ++place) {
    const auto digit = hex_digits.find(text[text.size() - 1 - place]);
    if (digit == std::string_view::npos) return std::nullopt;
    for (std::uint32_t bit = 0; bit < bits; ++bit) {
      if ((digit >> bit & 1U) != 0) tasks.push_back(place * bits + bit);
    }
  }
  return tasks;
}

std::string write_task_mask(const std::vector<std::uint32_t>& tasks, std::uint32_t max) {
  std::vector<std::uint32_t> digits(max / bits + 1);
  for (const auto task : tasks) {
    if (task <= max) digits[digits.size() - 1 - task / bits] |= 1U << task % bits;
  }
  std::string text = "0x";
  for (const auto digit : digits) text += hex_digits[digit];
  return text;
}

std::optional<JobName> account_job_name(const Json& record) {
  const auto id = small_number(record, "job_id");
  const auto array = record.find("array");
  if (!id || array == record.end() || !array->is_object()) return std::nullopt;
  JobName name;
  name.job = small_number(*array, "job_id").value_or(0);
  if (name.job == 0) {
    name.job = *id;
    return name;
  }
  if (const auto task = small_number(*array, "task_id")) {
    name.tasks.push_back(*task);
  } else if (auto tasks = read_task_mask(read_text(*array, "task"))) {
    name.is_block = true;
    name.tasks = std::move(*tasks);
  }
  return name;
}

JobRecords translate_account_records(const AccountQuestion& question, const Json& jobs, const JsonShape& shape,
                                     const std::function<const script::Map*(const RowArray&)>& find_map,
                                     const FindDetails& find_details) {
  JobRecords result;
  BegunTasks begun;
  for (const auto& record : jobs) {
    if (const auto name = record.is_object() ? account_job_name(record) : std::nullopt) begun.add(*name);
  }
  for (const auto& record : jobs) {
    auto name = record.is_object() ? account_job_name(record) : std::nullopt;
    const auto line = record.is_object() ? read_text(record, "submit_line") : std::string();
    const auto array = name ? std::to_string(name->job) : std::string();
    const auto* map = name && !name->tasks.empty() ? find_map({array, line}) : nullptr;
    if (map == nullptr) {
      const auto raw = name ? std::to_string(small_number(record, "job_id").value_or(0)) : std::string();
      const bool is_named = question.names.empty() || (name && matches(question.names, read_text(record, "name")));
      if (is_named && is_asked_as_slurms(question, name, raw)) result.records.push_back(record);
      continue;
    }
    name->tasks = begun.others(*name);
    for (const auto& ours : find_ours(*map, *name)) {
      const auto showing = choose_showing(question, *name, ours);
      if (showing == Showing::none) continue;
      if (showing == Showing::as_slurms) {
        result.records.push_back(record);
        break;
      }
      result.records.push_back(rewrite_record(record, ours, find_details(ours, *name, record), shape));
      result.ours.push_back(ours.job->id);
    }
  }
  return result;
}

}  // namespace sarray::answer
