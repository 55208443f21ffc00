// The record of a job that is recorded only, for `sacct --json`.
#include <string_view>
#include <utility>

#include "answer/account_json.hpp"
#include "answer/recorded_parts.hpp"
#include "util/join.hpp"
#include "util/parse.hpp"

namespace sarray::answer {

namespace {

/// A job that has not begun, and of which nothing more is known. Observed on 22.05 (openapi/dbv0.0.38).
constexpr std::string_view form_22_05 = R"({
  "account": "", "comment": {"administrator": null, "job": null, "system": null}, "allocation_nodes": 0,
  "array": {"job_id": 0, "limits": {"max": {"running": {"tasks": 0}}}, "task": null, "task_id": null},
  "association": {"account": "", "cluster": "", "partition": null, "user": ""}, "cluster": "", "constraints": "",
  "container": null, "derived_exit_code": {"status": "SUCCESS", "return_code": 0},
  "time": {"elapsed": 0, "eligible": 0, "end": 0, "start": 0, "submission": 0, "suspended": 0,
    "system": {"seconds": 0, "microseconds": 0}, "limit": null, "total": {"seconds": 0, "microseconds": 0},
    "user": {"seconds": 0, "microseconds": 0}},
  "exit_code": {"status": "SUCCESS", "return_code": 0}, "flags": [], "group": "", "het": {"job_id": 0, "job_offset": null},
  "job_id": 0, "name": "", "mcs": {"label": ""}, "nodes": "None assigned", "partition": "", "priority": 0, "qos": "",
  "required": {"CPUs": 0, "memory": 0}, "kill_request_user": null, "reservation": {"id": 0, "name": 0},
  "state": {"current": "PENDING", "reason": ""}, "steps": [], "tres": {"allocated": [], "requested": []}, "user": "",
  "wckey": {"wckey": "", "flags": []}, "working_directory": ""})";

/// Likewise with --json=v0.0.42 on 24.11; v0.0.40 and v0.0.41 have less.
constexpr std::string_view form_24_11 = R"({
  "account": "", "comment": {"administrator": "", "job": "", "system": ""}, "allocation_nodes": 0,
  "array": {"job_id": 0, "limits": {"max": {"running": {"tasks": 0}}}, "task_id": null, "task": ""},
  "association": {"account": "", "cluster": "", "partition": "", "user": "", "id": 0}, "block": "", "cluster": "",
  "constraints": "", "container": "", "derived_exit_code": null,
  "time": {"elapsed": 0, "eligible": 0, "end": 0, "planned": null, "start": 0, "submission": 0, "suspended": 0,
    "system": {"seconds": 0, "microseconds": 0}, "limit": null, "total": {"seconds": 0, "microseconds": 0},
    "user": {"seconds": 0, "microseconds": 0}},
  "exit_code": null, "extra": "", "failed_node": "", "flags": [], "group": "", "het": {"job_id": 0, "job_offset": null},
  "job_id": 0, "name": "", "licenses": "", "mcs": {"label": ""}, "nodes": "None assigned", "partition": "", "hold": false,
  "priority": null, "qos": "", "qosreq": "", "required": {"CPUs": 0, "memory_per_cpu": null, "memory_per_node": null},
  "kill_request_user": "", "restart_cnt": 0, "reservation": {"id": 0, "name": ""}, "script": "", "stdin_expanded": "",
  "stdout_expanded": "", "stderr_expanded": "", "stdout": "", "stderr": "", "stdin": "",
  "state": {"current": [], "reason": ""}, "steps": [], "submit_line": "", "tres": {"allocated": [], "requested": []},
  "used_gres": "", "user": "", "wckey": {"wckey": "", "flags": []}, "working_directory": ""})";

/// Slurm's NO_VAL (slurm.h), which is null in 22.05, and a plain number later.
constexpr std::uint32_t no_value = 0xfffffffe;

Json empty_record(const JsonShape& shape) {
  if (!shape.tags_numbers()) return Json::parse(form_22_05);
  auto record = Json::parse(form_24_11);
  for (const auto* key : {"derived_exit_code", "exit_code"}) record[key] = no_outcome(shape);
  for (auto* number : {&record["time"]["planned"], &record["priority"], &record["required"]["memory_per_node"]})
    *number = shape.number(0);
  for (auto* number : {&record["het"]["job_offset"], &record["required"]["memory_per_cpu"], &record["array"]["task_id"]})
    *number = shape.number(std::nullopt);
  // What the forms before v0.0.41, and before v0.0.42, have not.
  constexpr int with_files = 41;
  constexpr int with_restarts = 42;
  if (shape.parser < with_files) {
    record["time"].erase("planned");
    for (const auto* key : {"stdin", "stdout", "stderr"}) {
      record.erase(key);
      record.erase(std::string(key) + "_expanded");
    }
  }
  if (shape.parser < with_restarts) {
    record.erase("qosreq");
    record.erase("restart_cnt");
  }
  return record;
}

void set_identity(Json& record, const RecordedJob& job, const JsonShape& shape) {
  const auto& ids = job.job->ids;
  record["job_id"] = job.id;
  if (!ids) return;
  std::vector<std::uint32_t> tasks;
  for (std::uint32_t i = 0; i < ids->count(); ++i) tasks.push_back(ids->nth(i));
  auto& array = record["array"];
  array["job_id"] = job.id;
  array["task_id"] = shape.number(std::nullopt);
  array["task"] = write_task_mask(tasks, ids->max());
  array["limits"]["max"]["running"]["tasks"] = ids->throttle();
}

void set_texts(Json& record, const RecordedJob& job, const Defaults& defaults) {
  const auto shown = [&](std::string_view field) { return account_value(job, field, defaults).value_or(""); };
  record["account"] = record["association"]["account"] = shown("account");
  record["cluster"] = record["association"]["cluster"] = defaults.cluster;
  record["user"] = record["association"]["user"] = defaults.user;
  record["group"] = defaults.group;
  record["constraints"] = shown("constraints");
  record["name"] = job.job->name;
  record["partition"] = shown("partition");
  record["qos"] = shown("qos");
  record["wckey"]["wckey"] = shown("wckey");
  record["working_directory"] = job.job->work_directory;
  replace_field(record, "submit_line", util::join(job.call->argv, " "));
}

void set_time(Json& record, const RecordedJob& job, const Defaults& defaults, const JsonShape& shape) {
  auto& time = record["time"];
  time["limit"] = time_limit(job, defaults, shape);
  time["submission"] = job.submitted_at;
  const bool is_held = job.job->find("hold") != nullptr;
  replace_field(record, "hold", is_held);
  if (!is_held) time["eligible"] = job.submitted_at;
  if (job.state == RecordedState::pending) return;
  time["start"] = shape.tags_numbers() ? Json(no_value) : Json();
  time["end"] = job.submitted_at;
  record["kill_request_user"] = record["user"];
  // The accounting gets it when the job begins or ends.
  if (const auto comment = account_value(job, "comment", defaults); comment && !comment->empty())
    record["comment"]["job"] = *comment;
}

void set_resources(Json& record, const RecordedJob& job, const Defaults& defaults, const JsonShape& shape) {
  auto& required = record["required"];
  required["CPUs"] = util::to_number<std::uint64_t>(account_value(job, "reqcpus", defaults).value_or("")).value_or(0);
  const auto per_node = memory_megabytes(job, "mem");
  const auto per_cpu = memory_megabytes(job, "mem-per-cpu");
  replace_field(required, "memory", per_cpu.value_or(per_node.value_or(0)));
  replace_field(required, "memory_per_node", shape.number(per_cpu ? std::nullopt : std::optional(per_node.value_or(0))));
  replace_field(required, "memory_per_cpu", shape.number(per_cpu));
}

void set_files(Json& record, const RecordedJob& job, const Defaults& defaults) {
  const auto shown = [&](std::string_view field) { return queue_value(job, field, defaults).value_or(""); };
  const std::string usual = job.job->ids ? "/slurm-%A_%a.out" : "/slurm-%j.out";
  replace_field(record, "stdout", file_pattern(job, job.job->output, job.job->work_directory + usual));
  replace_field(record, "stderr", file_pattern(job, job.job->error, ""));
  replace_field(record, "stdin", file_pattern(job, job.job->input, "/dev/null"));
  replace_field(record, "stdout_expanded", shown("stdout"));
  replace_field(record, "stderr_expanded", job.job->error ? shown("stderr") : "");
  replace_field(record, "stdin_expanded", shown("stdin"));
}

}  // namespace

Json recorded_account_record(const RecordedJob& job, const Defaults& defaults, const JsonShape& shape) {
  auto record = empty_record(shape);
  set_identity(record, job, shape);
  set_texts(record, job, defaults);
  set_time(record, job, defaults, shape);
  set_resources(record, job, defaults, shape);
  set_files(record, job, defaults);
  record["state"]["current"] = shape.state(job.state == RecordedState::pending ? "PENDING" : "CANCELLED");
  record["state"]["reason"] = account_value(job, "reason", defaults).value_or("");
  return record;
}

}  // namespace sarray::answer
