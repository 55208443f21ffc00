#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

#include "cli/arguments.hpp"
#include "commands/commands.hpp"
#include "commands/task_word.hpp"
#include "engine/engine.hpp"
#include "follow/group.hpp"
#include "follow/start.hpp"
#include "follow/task_files.hpp"
#include "queue/gather.hpp"
#include "report/status.hpp"
#include "script/variables.hpp"
#include "util/fd.hpp"
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
      return job.command.empty() ? "(standard input)" : "(standard input) " + job.command;
    case slurm::ScriptSource::wrap:
      return "--wrap " + util::shell_quote(job.command);
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

struct WhichOptions {
  std::string task;
  std::string from;
  bool json = false;
  bool script = false;
  bool env = false;
  bool values = false;
};

util::Result<std::optional<WhichOptions>> parse(const Words& words) {
  WhichOptions options;
  cli::Arguments arguments("which", "Shows which job a task of a merged array belongs to, or which tasks a recorded job became.",
                           "[TASK] [--script|--env [--values]] [--json] [--from FILE]");
  auto& app = arguments.app();
  app.add_option(
      "task", options.task,
      "42137_678 or 42137_[3-5] as squeue shows it, a task's own Slurm id, 2000000003_4 as sbatch answered, or last: the "
      "newest submission from this directory, which is taken if nothing is given");
  auto* script = app.add_flag("--script", options.script, "print the job's own script, byte for byte");
  auto* env = app.add_flag("--env", options.env, "print the names of the variables in which the array's jobs differ");
  env->excludes(script);
  app.add_flag("--values", options.values, "with --env: and what the job has in them, which may be secret")->needs(env);
  app.add_flag("--json", options.json, "answer in JSON (docs/follow.md)")->excludes(script);
  app.add_option("--from", options.from, "the submitted script, if Slurm no longer has it")->type_name("FILE");
  TRY(const bool go_on, arguments.parse(words));
  return go_on ? std::optional(std::move(options)) : std::nullopt;
}

/// Returns the jobs of the tasks that are meant, each once.
std::vector<const script::MappedJob*> jobs_of(const follow::Target& target) {
  std::vector<const script::MappedJob*> jobs;
  for (const auto index : target.indices) {
    const auto* job = target.array_history.history().map().job_at(index);
    if (jobs.empty() || jobs.back() != job) jobs.push_back(job);
  }
  return jobs;
}

Status show_script(const follow::Group& group, const std::string& word) {
  const auto& target = group.targets().front();
  if (group.array_count() > 1) {
    return util::fail(word, "its " + util::count(group.array_count(), "array") + " have a script each: name one task",
                      "sarray which " + report::task_name(target.array_history.history(), target.indices.front()) + " --script");
  }
  const auto jobs = jobs_of(target);
  const auto& batch_script = target.array_history.script(0);
  for (const auto* job : jobs) {
    if (job->script_offset != jobs.front()->script_offset) {
      return util::fail(
          word, "its " + util::count(jobs.size(), "job") + " do not have the same script: name one task",
          "sarray which " + report::task_name(target.array_history.history(), target.indices.front()) + " --script");
    }
  }
  TRY(const auto bytes, script::read_script(*jobs.front(), batch_script));
  CHECK_OK(util::write_all(1, bytes, "standard output"));
  return 0;
}

/// The variables in which the array's jobs differ, and what each job has.
class Variables {
 public:
  Variables(const slurm::SlurmSite& site, const follow::History& history, bool with_values)
      : m_names(script::find_differing_variables(history.map())),
        m_with_values(with_values),
        m_start(follow::read_start(site, history.attempts.front())) {}

  [[nodiscard]] std::string text(const script::MappedJob& job) const {
    std::string text;
    for (const auto& name : m_names) {
      const auto variable = value_in(job, name);
      text += util::printable(name);
      if (!variable.is_set) {
        text += " (not set)";
      } else if (m_with_values) {
        text += variable.value ? "=" + util::printable(util::shell_quote(*variable.value)) : " (value not recorded)";
      }
      text += "\n";
    }
    return text;
  }

  [[nodiscard]] util::Json json(const script::MappedJob& job) const {
    auto list = util::Json::array();
    for (const auto& name : m_names) {
      const auto variable = value_in(job, name);
      util::Json entry{{"name", name}, {"set", variable.is_set}};
      if (m_with_values) entry["value"] = variable.value ? util::Json(*variable.value) : util::Json(nullptr);
      list.push_back(std::move(entry));
    }
    return list;
  }
  [[nodiscard]] bool empty() const { return m_names.empty(); }

 private:
  [[nodiscard]] script::VariableValue value_in(const script::MappedJob& job, const std::string& name) const {
    return script::value_of(job, name, m_start ? &m_start->environment : nullptr);
  }

  std::vector<std::string> m_names;
  bool m_with_values;
  std::optional<slurm::Start> m_start;
};

void show_variables(const follow::Target& target, const Variables& variables) {
  const auto jobs = jobs_of(target);
  for (const auto* job : jobs) {
    if (jobs.size() > 1) std::printf("job %u %s:\n", job->number, util::printable(job->name).c_str());
    std::fputs(variables.text(*job).c_str(), stdout);
  }
  if (variables.empty()) util::note("the jobs of this array do not differ in their variables");
}

}  // namespace

Status which(const Words& words) {
  TRY(const auto options, parse(words));
  if (!options) return 0;
  const auto site = queue::find_site();
  TRY(const auto task, read_shown_word(site, options->task));
  TRY(auto group, follow::Group::find(site, task, options->from, follow::Extent::tasks));
  warn_of_missing(group.missing(), LeftOut::not_shown);
  if (options->script) return show_script(group, options->task.empty() ? "last" : options->task);
  if (options->env && !options->json) {
    for (const auto& target : group.targets()) show_variables(target, {site, target.array_history.history(), options->values});
    return 0;
  }
  CHECK_OK(group.refresh(engine::SlurmEngine(site.client)));
  auto list = util::Json::array();
  bool is_first = true;
  for (const auto& target : group.targets()) {
    const auto& history = target.array_history.history();
    follow::FileFinder files(site, history);
    std::optional<Variables> variables;
    if (options->env) variables.emplace(site, history, options->values);
    for (const auto index : target.indices) {
      const auto& job = *history.map().job_at(index);
      if (options->json) {
        list.push_back(which_json(history, job, index, files.find(index)));
        if (variables) list.back()["variables"] = variables->json(job);
      } else {
        if (!is_first) std::fputs("\n", stdout);
        print_task(history, job, index, files.find(index));
      }
      is_first = false;
    }
  }
  const util::Json document{{"version", 1}, {"tasks", std::move(list)}, {"missing", follow::name_missing(group.missing())}};
  if (options->json) std::fputs(util::to_line(document).c_str(), stdout);
  for (const auto* history : group.histories()) {
    for (const auto& note : history->notes) util::note(note);
  }
  return 0;
}

}  // namespace sarray::commands
