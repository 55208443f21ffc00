#include <algorithm>
#include <optional>

#include "follow/selection.hpp"
#include "report/states.hpp"
#include "report/status.hpp"
#include "report/usage.hpp"

namespace sarray::report {

namespace {

util::Json counts_json(const follow::Summary& summary) {
  util::Json counts = util::Json::object();
  for (const auto state : slurm::all_task_states) counts[slurm::task_state_name(state)] = summary.count(state);
  return counts;
}

/// Null if it waits for nothing.
util::Json wait_json(const follow::History& history, std::uint32_t index) {
  const auto wait = history.waits.find(index);
  if (wait == history.waits.end()) return nullptr;
  util::Json json;
  json["never"] = wait->second.is_never;
  json["any"] = wait->second.any;
  json["on"] = util::Json::array();
  for (const auto& on : wait->second.on) {
    json["on"].push_back(util::Json{{"type", on.type},
                                    {"task", on.task},
                                    {"job", on.job},
                                    {"name", on.name.empty() ? util::Json(nullptr) : util::Json(on.name)},
                                    {"local_id", on.local ? util::Json(*on.local) : util::Json(nullptr)},
                                    {"failed", on.has_failed}});
  }
  return json;
}

util::Json elapsed_json(std::optional<std::int64_t> seconds) { return seconds ? util::Json(*seconds) : util::Json(nullptr); }
util::Json time_json(std::int64_t seconds) { return seconds > 0 ? util::Json(seconds) : util::Json(nullptr); }

}  // namespace

namespace {

util::Json attempts_json(const follow::History& history) {
  auto attempts = util::Json::array();
  for (const auto& attempt : history.attempts)
    attempts.push_back(util::Json{{"job_id", attempt.job_id}, {"tasks", attempt.map.tasks}});
  return attempts;
}

void add_jobs(const follow::History& history, const StatusView& view, util::Json& jobs) {
  for (const auto& job : history.map().jobs) {
    const auto summary = follow::summarize(history, job);
    if (summary.tasks == 0 || (view.failed_only && !has_failed(summary))) continue;
    auto entry = job_json(job);
    entry["array_job_id"] = history.attempts.front().job_id;
    entry["states"] = counts_json(summary);
    entry["started"] = time_json(summary.first_start);
    entry["elapsed"] = elapsed_json(summary.elapsed(view.now));
    if (view.usage) entry["usage"] = usage_json(history, job);
    if (view.tasks) {
      entry["task_list"] = util::Json::array();
      for (auto index = job.first_index; index < job.first_index + job.tasks; ++index) {
        if (!history.means(index) || (view.failed_only && !follow::is_failed(history.task(index).state))) continue;
        entry["task_list"].push_back(task_json(history, job, index));
        entry["task_list"].back()["output"] = view.output_of(history, index);
      }
    }
    jobs.push_back(std::move(entry));
  }
}

}  // namespace

util::Json status_json(const follow::Histories& histories, const StatusView& view) {
  const auto total = follow::summarize(histories);
  util::Json json;
  json["version"] = 1;
  json["group"] = view.group.empty() ? util::Json(nullptr) : util::Json(view.group);
  json["missing"] = view.missing;
  json["attempts"] = util::Json::array();
  json["arrays"] = util::Json::array();
  json["notes"] = util::Json::array();
  json["jobs"] = util::Json::array();
  for (const auto* history : histories) {
    const auto attempts = attempts_json(*history);
    json["attempts"].insert(json["attempts"].end(), attempts.begin(), attempts.end());
    json["arrays"].push_back({{"job_id", history->attempts.front().job_id},
                              {"attempts", attempts},
                              {"states", counts_json(follow::summarize(*history))}});
    for (const auto& note : history->notes) json["notes"].push_back(note);
    add_jobs(*history, view, json["jobs"]);
  }
  json["tasks"] = total.tasks;
  json["over"] = total.is_over();
  json["states"] = counts_json(total);
  json["started"] = time_json(total.first_start);
  json["elapsed"] = elapsed_json(total.elapsed(view.now));
  return json;
}

util::Json job_json(const script::MappedJob& job) {
  const bool is_file = job.source == slurm::ScriptSource::file;
  return util::Json{{"job", job.number},
                    {"id", job.id},
                    {"name", job.name},
                    {"array", job.ids ? util::Json(job.ids->text()) : util::Json(nullptr)},
                    {"first_index", job.first_index},
                    {"tasks", job.tasks},
                    {"script", is_file ? util::Json(job.script_path) : util::Json(nullptr)},
                    {"command", job.command.empty() ? util::Json(nullptr) : util::Json(job.command)},
                    {"arguments", job.arguments},
                    {"directory", job.directory}};
}

util::Json task_json(const follow::History& history, const script::MappedJob& job, std::uint32_t index) {
  const auto& task = history.task(index);
  const auto& last = history.latest_of(index);
  const auto local = job.local_id(index);
  util::Json json;
  json["task"] = task_name(history, index);
  json["attempt"] = last.attempt + 1;
  json["local_id"] = local ? util::Json(*local) : util::Json(nullptr);
  json["job_id"] = task.job_id.empty() ? util::Json(nullptr) : util::Json(task.job_id);
  json["state"] = slurm::task_state_name(task.state);
  json["slurm_state"] = task.word.empty() ? util::Json(nullptr) : util::Json(task.word);
  json["reason"] = task.reason.empty() ? util::Json(nullptr) : util::Json(task.reason);
  json["exit_status"] = slurm::is_done(task.state) ? util::Json(task.exit_status) : util::Json(nullptr);
  json["exit_signal"] = slurm::is_done(task.state) ? util::Json(task.exit_signal) : util::Json(nullptr);
  json["start"] = task.start.empty() ? util::Json(nullptr) : util::Json(task.start);
  json["end"] = task.end.empty() ? util::Json(nullptr) : util::Json(task.end);
  json["elapsed"] = task.word.empty() ? util::Json(nullptr) : util::Json(task.elapsed);  // null: Slurm has forgotten it
  json["waits"] = wait_json(history, index);
  json["host"] = task.host.empty() ? util::Json(nullptr) : util::Json(task.host);
  return json;
}

}  // namespace sarray::report
