// The record of a job that is recorded only, for `squeue --json` and `scontrol show job --json`.
#include <array>
#include <utility>

#include "answer/job_json.hpp"
#include "answer/recorded_parts.hpp"
#include "slurm/language/value.hpp"
#include "util/join.hpp"
#include "util/parse.hpp"

namespace sarray::answer {

Json no_outcome(const JsonShape& shape) {
  if (!shape.tags_numbers()) return 0;
  if (!shape.lists_states()) return {{"status", "SUCCESS"}, {"return_code", shape.number(0)}};
  return {{"status", Json::array({"SUCCESS"})},
          {"return_code", shape.number(0)},
          {"signal", {{"id", shape.number(std::nullopt)}, {"name", ""}}}};
}

Json time_limit(const RecordedJob& job, const Defaults& defaults, const JsonShape& shape) {
  if (const auto minutes = limit_minutes(job)) return shape.number(*minutes);
  if (job.job->find("time") != nullptr || defaults.time_limit == "UNLIMITED") return shape.infinite();
  return shape.number(util::to_number<std::uint64_t>(defaults.time_limit));
}

std::string file_pattern(const RecordedJob& job, const std::optional<std::string>& given, const std::string& otherwise) {
  if (!given) return otherwise;
  return given->starts_with('/') ? *given : job.job->work_directory + "/" + *given;
}

namespace {

enum class Kind : std::uint8_t { text, count, number, unset, infinite, flag, list, null, outcome, flags_object, no_profile };

/// A field with its value in a job that has not begun, and of which nothing more is known.
struct Field {
  const char* name;
  Kind kind;
  int since = 0;  ///< JsonShape::parser
  int until = 99;
};

constexpr int first = 39;  ///< data_parser, not openapi
constexpr auto text = Kind::text;
constexpr auto count = Kind::count;
constexpr auto number = Kind::number;

/// Observed on 22.05 (openapi/v0.0.38), and with --json=v0.0.40 to v0.0.45 on 24.11 and 26.05.
constexpr std::array fields = {
    Field{"account", text},
    Field{"accrue_time", number},
    Field{"admin_comment", text},
    Field{"allocating_node", text, 40},
    Field{"array_job_id", number},
    Field{"array_task_id", Kind::unset},
    Field{"array_max_tasks", number},
    Field{"array_task_string", text},
    Field{"association_id", count},
    Field{"batch_features", text},
    Field{"batch_flag", Kind::flag},
    Field{"batch_host", text},
    Field{"flags", Kind::list},
    Field{"burst_buffer", text},
    Field{"burst_buffer_state", text},
    Field{"cluster", text},
    Field{"cluster_features", text},
    Field{"command", text},
    Field{"comment", text},
    Field{"container", text},
    Field{"container_id", text, first},
    Field{"container_type", text, 45},
    Field{"contiguous", Kind::flag},
    Field{"core_spec", Kind::null, 0, 0},
    Field{"core_spec", count, first},
    Field{"thread_spec", Kind::null, 0, 0},
    Field{"thread_spec", count, first},
    Field{"cores_per_socket", Kind::unset},
    Field{"billable_tres", Kind::unset},
    Field{"cpus_per_task", Kind::unset},
    Field{"cpu_frequency_minimum", Kind::unset},
    Field{"cpu_frequency_maximum", Kind::unset},
    Field{"cpu_frequency_governor", Kind::unset},
    Field{"cpus_per_tres", text},
    Field{"cron", text, first},
    Field{"deadline", number},
    Field{"delay_boot", number},
    Field{"dependency", text},
    Field{"derived_exit_code", Kind::outcome},
    Field{"eligible_time", number},
    Field{"end_time", number},
    Field{"excluded_nodes", text},
    Field{"exit_code", Kind::outcome},
    Field{"extra", text, first},
    Field{"failed_node", text, 40},
    Field{"features", text},
    Field{"federation_origin", text},
    Field{"federation_siblings_active", text},
    Field{"federation_siblings_viable", text},
    Field{"gres_detail", Kind::list},
    Field{"group_id", count},
    Field{"group_name", text},
    Field{"het_job_id", number},
    Field{"het_job_id_set", text},
    Field{"het_job_offset", number},
    Field{"job_id", count},
    Field{"job_resources", Kind::null, first},
    Field{"job_size_str", Kind::list, 40},
    Field{"job_state", text},
    Field{"last_sched_evaluation", number},
    Field{"licenses", text},
    Field{"licenses_allocated", text, 43},
    Field{"mail_type", Kind::list, 40},
    Field{"mail_user", text, 40},
    Field{"max_cpus", number},
    Field{"max_nodes", number},
    Field{"mcs_label", text},
    Field{"memory_per_tres", text},
    Field{"memory_update_delay", count, 45},
    Field{"memory_update_margin", count, 45},
    Field{"name", text},
    Field{"network", text, first},
    Field{"nodes", text},
    Field{"nice", Kind::null, 0, 0},
    Field{"nice", count, first},
    Field{"tasks_per_core", Kind::infinite},
    Field{"tasks_per_tres", number, first},
    Field{"tasks_per_node", number},
    Field{"tasks_per_socket", Kind::infinite},
    Field{"tasks_per_board", number},
    Field{"cpus", number},
    Field{"node_count", number},
    Field{"tasks", number},
    Field{"partition", text},
    Field{"prefer", text},
    Field{"memory_per_cpu", Kind::unset},
    Field{"memory_per_node", Kind::unset, 0, 0},
    Field{"memory_per_node", number, first},
    Field{"minimum_cpus_per_node", number},
    Field{"minimum_tmp_disk_per_node", number},
    Field{"power", Kind::flags_object, first, 44},
    Field{"preempt_time", number},
    Field{"preemptable_time", number, first},
    Field{"pre_sus_time", number},
    Field{"hold", Kind::flag, first},
    Field{"priority", number},
    Field{"priority_by_partition", Kind::list, 42},
    Field{"profile", Kind::null, 0, 0},
    Field{"profile", Kind::no_profile, first},
    Field{"qos", text},
    Field{"reboot", Kind::flag},
    Field{"required_nodes", text},
    Field{"minimum_switches", count, first, 41},
    Field{"required_switches", count, 42},
    Field{"requeue", Kind::flag},
    Field{"resize_time", number},
    Field{"restart_cnt", count},
    Field{"resv_name", text},
    Field{"scheduled_nodes", text, 40},
    Field{"segment_size", count, 43},
    Field{"selinux_context", text, first},
    Field{"shared", Kind::null, 0, 0},
    Field{"shared", Kind::list, first},
    Field{"exclusive", Kind::list, first, 41},
    Field{"oversubscribe", Kind::flag, first, 41},
    Field{"show_flags", Kind::list, 0, 41},
    Field{"sockets_per_board", count},
    Field{"sockets_per_node", Kind::unset},
    Field{"start_time", number},
    Field{"state_description", text},
    Field{"state_reason", text},
    Field{"standard_input", text},
    Field{"standard_output", text},
    Field{"standard_error", text},
    Field{"stdin_expanded", text, 43},
    Field{"stdout_expanded", text, 43},
    Field{"stderr_expanded", text, 43},
    Field{"submit_time", number},
    Field{"submit_line", text, 44},
    Field{"suspend_time", number},
    Field{"system_comment", text},
    Field{"time_limit", number},
    Field{"time_minimum", number},
    Field{"threads_per_core", Kind::unset},
    Field{"tres_bind", text},
    Field{"tres_freq", text},
    Field{"tres_per_job", text},
    Field{"tres_per_node", text},
    Field{"tres_per_socket", text},
    Field{"tres_per_task", text},
    Field{"tres_req_str", text},
    Field{"tres_alloc_str", text},
    Field{"user_id", count},
    Field{"user_name", text},
    Field{"maximum_switch_wait_time", count, first},
    Field{"wckey", text},
    Field{"current_working_directory", text},
};

Json empty_value(Kind kind, const JsonShape& shape) {
  switch (kind) {
    case Kind::text:
      return "";
    case Kind::count:
      return 0;
    case Kind::number:
      return shape.number(0);
    case Kind::unset:
      return shape.number(std::nullopt);
    case Kind::infinite:
      return shape.infinite();
    case Kind::flag:
      return false;
    case Kind::list:
      return Json::array();
    case Kind::outcome:
      return no_outcome(shape);
    case Kind::flags_object:
      return {{"flags", Json::array()}};
    case Kind::no_profile:
      return Json::array({"NOT_SET"});
    case Kind::null:
      break;
  }
  return {};
}

std::optional<std::uint64_t> option_number(const RecordedJob& job, std::string_view name) {
  const auto* setting = job.job->find(name);
  if (setting == nullptr || !setting->has_value) return std::nullopt;
  return util::to_number<std::uint64_t>(slurm::normalize_value(*setting->option, setting->value));
}

/// What squeue shows as text is in JSON without its words for nothing.
std::string shown(const RecordedJob& job, std::string_view field, const Defaults& defaults) {
  auto value = queue_value(job, field, defaults).value_or("");
  return value == "(null)" || value == "N/A" ? std::string() : value;
}

/// Texts that squeue has under a name of its own.
struct Shown {
  const char* name;
  std::string_view field;
};
constexpr std::array shown_texts = {
    Shown{"account", "account"},
    Shown{"cluster", "cluster"},
    Shown{"command", "command"},
    Shown{"comment", "comment"},
    Shown{"dependency", "dependency"},
    Shown{"excluded_nodes", "excnodes"},
    Shown{"features", "feature"},
    Shown{"group_name", "groupname"},
    Shown{"licenses", "licenses"},
    Shown{"name", "name"},
    Shown{"network", "network"},
    Shown{"partition", "partition"},
    Shown{"qos", "qos"},
    Shown{"required_nodes", "reqnodes"},
    Shown{"resv_name", "reservation"},
    Shown{"state_reason", "reason"},
    Shown{"tres_per_node", "tres-per-node"},
    Shown{"user_name", "username"},
    Shown{"wckey", "wckey"},
    Shown{"current_working_directory", "workdir"},
};

void set_files(Json& record, const RecordedJob& job, const Defaults& defaults, const JsonShape& shape) {
  const auto output = shown(job, "stdout", defaults);
  const auto error = shown(job, "stderr", defaults);
  const auto input = shown(job, "stdin", defaults);
  if (shape.tags_numbers() && !shape.expands_files()) {
    replace_field(record, "standard_output", output);
    replace_field(record, "standard_error", error);
    replace_field(record, "standard_input", input);
    return;
  }
  const std::string usual = job.job->ids ? "slurm-%A_%a.out" : "slurm-%j.out";
  replace_field(record, "standard_output", file_pattern(job, job.job->output, shape.expands_files() ? usual : ""));
  replace_field(record, "standard_error", file_pattern(job, job.job->error, ""));
  replace_field(record, "standard_input", file_pattern(job, job.job->input, "/dev/null"));
  replace_field(record, "stdout_expanded", output);
  replace_field(record, "stderr_expanded", job.job->error ? error : "");
  replace_field(record, "stdin_expanded", input);
}

void set_identity(Json& record, const RecordedJob& job, const Defaults& defaults, const JsonShape& shape) {
  const auto& ids = job.job->ids;
  replace_field(record, "job_id", job.id);
  replace_field(record, "array_job_id", shape.number(ids ? job.id : 0));
  if (job.task) replace_field(record, "array_task_id", shape.number(*job.task));
  if (ids) replace_field(record, "array_max_tasks", shape.number(ids->throttle()));
  if (ids && !job.task) replace_field(record, "array_task_string", queue_value(job, "arraytaskid", defaults).value_or(""));
  replace_field(record, "user_id", util::to_number<std::uint64_t>(defaults.user_id).value_or(0));
  replace_field(record, "group_id", util::to_number<std::uint64_t>(defaults.group_id).value_or(0));
  replace_field(record, "allocating_node", defaults.host);
  replace_field(record, "mail_user", defaults.user);
  replace_field(record, "batch_flag", true);
  replace_field(record, "submit_line", util::join(job.call->argv, " "));
  if (shape.parser < 44) return;
  record["step_id"] = {
      {"sluid", ""}, {"job_id", shape.number(job.id)}, {"step_het_component", shape.number(std::nullopt)}, {"step_id", "entire"}};
}

void set_state(Json& record, const RecordedJob& job, const JsonShape& shape) {
  const bool is_pending = job.state == RecordedState::pending;
  const bool is_held = job.job->find("hold") != nullptr;
  const auto time = static_cast<std::uint64_t>(job.submitted_at);
  replace_field(record, "job_state", shape.state(is_pending ? "PENDING" : "CANCELLED"));
  replace_field(record, "submit_time", shape.number(time));
  replace_field(record, "hold", is_held);
  if (!is_held) replace_field(record, "eligible_time", shape.number(time));
  if (is_pending) return;
  replace_field(record, "start_time", shape.number(time));
  replace_field(record, "end_time", shape.number(time));
}

void set_resources(Json& record, const RecordedJob& job, const Defaults& defaults, const JsonShape& shape) {
  const auto amount = [&](std::string_view field) {
    return shape.number(util::to_number<std::uint64_t>(queue_value(job, field, defaults).value_or("")));
  };
  replace_field(record, "cpus", amount("numcpus"));
  replace_field(record, "tasks", amount("numtasks"));
  replace_field(record, "node_count", amount("numnodes"));
  if (const auto* nodes = job.job->find("nodes"); nodes != nullptr && nodes->has_value)
    replace_field(record, "max_nodes",
                  shape.number(util::to_number<std::uint64_t>(nodes->value.substr(nodes->value.find('-') + 1))));
  replace_field(record, "minimum_cpus_per_node", amount("mincpus"));
  const auto per_task = option_number(job, "cpus-per-task");
  if (per_task || shape.tags_numbers()) replace_field(record, "cpus_per_task", shape.number(per_task.value_or(1)));
  replace_field(record, "time_limit", time_limit(job, defaults, shape));
  if (const auto memory = memory_megabytes(job, "mem")) replace_field(record, "memory_per_node", shape.number(*memory));
  if (const auto memory = memory_megabytes(job, "mem-per-cpu")) {
    replace_field(record, "memory_per_cpu", shape.number(*memory));
    replace_field(record, "memory_per_node", shape.number(std::nullopt));
  }
  const auto nice = util::to_number<std::int64_t>(shown(job, "nice", defaults)).value_or(0);
  if (nice != 0) replace_field(record, "nice", nice);
  replace_field(record, "contiguous", shown(job, "contiguous", defaults) == "1");
  replace_field(record, "requeue", shown(job, "requeue", defaults) == "1");
  replace_field(record, "reboot", job.job->find("reboot") != nullptr);
}

}  // namespace

Json recorded_job_record(const RecordedJob& job, const Defaults& defaults, const JsonShape& shape) {
  auto record = Json::object();
  for (const auto& field : fields) {
    if (shape.parser >= field.since && shape.parser <= field.until) record[field.name] = empty_value(field.kind, shape);
  }
  for (const auto& field : shown_texts) replace_field(record, field.name, shown(job, field.field, defaults));
  set_identity(record, job, defaults, shape);
  set_state(record, job, shape);
  set_resources(record, job, defaults, shape);
  set_files(record, job, defaults, shape);
  return record;
}

}  // namespace sarray::answer
