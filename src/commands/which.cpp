#include <algorithm>
#include <cstdio>

#include "cli/arguments.hpp"
#include "commands/commands.hpp"
#include "commands/task_word.hpp"
#include "engine/submissions.hpp"
#include "follow/selection.hpp"
#include "follow/task_files.hpp"
#include "queue/gather.hpp"
#include "report/queue.hpp"
#include "report/status.hpp"
#include "report/table.hpp"
#include "util/json.hpp"
#include "util/message.hpp"
#include "util/shell_quote.hpp"
#include "util/user_text.hpp"

namespace sarray::commands {

namespace {

void print_field(const char* name, const std::string& value) {
  std::printf("%-10s %s\n", name, value.empty() ? "-" : util::printable(value).c_str());
}

std::string arguments_text(const script::MappedJob& job) {
  std::string text;
  for (const auto& argument : job.arguments) text += (text.empty() ? "" : " ") + util::shell_quote(argument);
  return text;
}

std::string script_text(const script::MappedJob& job) {
  switch (job.source) {
    case slurm::ScriptSource::standard_input:
      return "(standard input)";
    case slurm::ScriptSource::wrap:
      return "(--wrap)";
    case slurm::ScriptSource::file:
      break;
  }
  return job.script_path;
}

/// " (Slurm job 42138)". The last task's own id is the array's, and Slurm takes it for that.
std::string own_id_text(const slurm::TaskRecord& task, const follow::Attempt& attempt) {
  if (task.job_id.empty()) return "";
  return " (Slurm job " + task.job_id + (task.job_id == attempt.job_id ? ", which is also the array's id)" : ")");
}

void print_task(const follow::History& history, const script::MappedJob& job, std::uint32_t index,
                const follow::TaskFiles& files) {
  const auto& task = history.task(index);
  const auto& last = history.latest_of(index);
  const auto name = report::task_name(history, index);
  print_field("task", name + own_id_text(task, history.attempts[last.attempt]));
  if (last.attempt > 0) print_field("retry of", history.attempts.front().job_id + "_" + std::to_string(index));
  print_field("job", std::to_string(job.number) + " " + util::shell_quote(job.name));
  const auto local = job.local_id(index);
  print_field("id", std::to_string(job.id) + (local ? "_" + std::to_string(*local) : ""));
  if (local) print_field("array", job.ids->text());
  print_field("script", script_text(job));
  print_field("arguments", arguments_text(job));
  print_field("directory", job.directory);
  print_field("output", files.output);
  if (!files.error.empty() && files.error != files.output) print_field("error", files.error);
  print_field("state", report::state_text(history, index));
  if (!task.start.empty()) print_field("started", task.start + (task.host.empty() ? "" : " on " + task.host));
  if (task.elapsed > 0 || !task.start.empty()) print_field("elapsed", report::duration_text(task.elapsed));
}

util::Json which_json(const follow::History& history, const script::MappedJob& job, std::uint32_t index,
                      const follow::TaskFiles& files) {
  auto json = report::job_json(job);
  json.update(report::task_json(history, job, index));
  json["output"] = files.output;
  json["error"] = files.error.empty() ? files.output : files.error;
  return json;
}

}  // namespace

Status which(const Words& words) {
  std::string word;
  std::string script;
  bool json = false;
  cli::Arguments arguments("which", "Shows which job a task of a merged array belongs to, or which tasks a recorded job became.",
                           "[JOBID_INDEX | VIRTUALID[_LOCAL]] [--json] [--script FILE]");
  arguments.app().add_option(
      "task", word,
      "42137_678 or 42137_[3-5] as squeue shows it, a task's own Slurm id, 2000000003_4 as sbatch answered, or last: the "
      "newest submission from this directory, which is taken if nothing is given");
  arguments.app().add_flag("--json", json, "answer in JSON (docs/follow.md)");
  arguments.app().add_option("--script", script, "the submitted script, if Slurm no longer has it")->type_name("FILE");
  TRY(const bool go_on, arguments.parse(words));
  if (!go_on) return 0;
  const auto site = queue::find_site();
  TRY(const auto task, read_shown_word(site, word));
  TRY(auto target, follow::find_target(site, task, script));
  CHECK_OK(target.array_history.refresh());
  const auto& history = target.array_history.history();
  follow::FileFinder files(site, history);
  auto list = util::Json::array();
  for (std::size_t i = 0; i < target.indices.size(); ++i) {
    const auto index = target.indices[i];
    const auto& job = *history.map().job_at(index);
    if (json) {
      list.push_back(which_json(history, job, index, files.find(index)));
    } else {
      if (i > 0) std::fputs("\n", stdout);
      print_task(history, job, index, files.find(index));
    }
  }
  if (json) std::fputs(util::to_line({{"version", 1}, {"tasks", std::move(list)}}).c_str(), stdout);
  for (const auto& note : history.notes) util::note(note);
  return 0;
}

namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

bool matches(const script::MappedJob& job, const std::string& text) {
  return holds(job.name, text) || holds(job.script_path, text) || holds(job.directory, text) ||
         std::any_of(job.arguments.begin(), job.arguments.end(), [&](const auto& argument) { return holds(argument, text); });
}

std::string indices_text(const std::string& job_id, const script::MappedJob& job) {
  if (job.tasks == 1) return job_id + "_" + std::to_string(job.first_index);
  return job_id + "_[" + std::to_string(job.first_index) + "-" + std::to_string(job.first_index + job.tasks - 1) + "]";
}

/// Returns the arrays to look through: the one that is named, else all that are noted here, newest first.
std::vector<std::string> arrays_to_search(const std::vector<store::Submission>& submissions, const std::string& job_id) {
  if (!job_id.empty()) return {job_id};
  std::vector<std::string> ids;
  for (auto submission = submissions.rbegin(); submission != submissions.rend(); ++submission) {
    if (std::find(ids.begin(), ids.end(), submission->job_id) == ids.end()) ids.push_back(submission->job_id);
  }
  return ids;
}

}  // namespace

Status find(const Words& words) {
  std::string text;
  std::string job_id;
  bool json = false;
  cli::Arguments arguments("find", "Finds jobs whose name, script, directory or arguments contain TEXT.",
                           "TEXT [JOBID] [--json]");
  arguments.app().add_option("text", text, "the exact text, case-sensitive")->required();
  arguments.app().add_option("jobid", job_id, "look in this merged array only");
  arguments.app().add_flag("--json", json, "answer in JSON (docs/follow.md)");
  TRY(const bool go_on, arguments.parse(words));
  if (!go_on) return 0;
  const auto site = queue::find_site();
  const auto noted = engine::list_submissions(site);
  auto submissions = noted;
  if (job_id.empty()) {
    auto others = follow::submissions_in_slurm(site, noted);
    submissions.insert(submissions.begin(), std::make_move_iterator(others.begin()), std::make_move_iterator(others.end()));
  }
  auto list = util::Json::array();
  report::Table table({false, true, true, false, false, false});
  table.add({"tasks", "job", "id", "array", "name", "script and arguments"});
  for (const auto& id : arrays_to_search(submissions, job_id)) {
    const auto loaded = follow::load_map(site, noted, {id, ""}, "");
    if (!loaded) {
      if (!job_id.empty()) return util::fail(loaded.error());
      continue;
    }
    for (const auto& job : loaded->map.jobs) {
      if (!matches(job, text)) continue;
      auto entry = report::job_json(job);
      entry["array_job_id"] = id;
      list.push_back(std::move(entry));
      table.add({indices_text(id, job), std::to_string(job.number), std::to_string(job.id),
                 job.ids ? util::fit(job.ids->text(), 16) : "-", util::fit(util::printable(job.name), 20),
                 report::command_text(job.source, job.script_path, job.arguments)});
    }
  }
  const bool found = !list.empty();
  if (json) {
    std::fputs(util::to_line({{"version", 1}, {"jobs", std::move(list)}}).c_str(), stdout);
  } else if (found) {
    std::fputs(table.text(report::terminal_width(1)).c_str(), stdout);
  } else {
    std::fputs("sarray: no submitted job contains that text\n", stderr);
  }
  return found ? 0 : static_cast<int>(util::Exit::failed);
}

}  // namespace sarray::commands
