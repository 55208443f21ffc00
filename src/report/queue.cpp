#include "report/queue.hpp"

#include <map>
#include <tuple>
#include <utility>

#include "report/graph.hpp"
#include "report/setting_text.hpp"
#include "slurm/language/first_command.hpp"
#include "util/message.hpp"
#include "util/shell_quote.hpp"
#include "util/user_text.hpp"
#include "util/wrap.hpp"

namespace sarray::report {

namespace {

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string command_text(slurm::ScriptSource source, const std::string& script_path, const std::string& command,
                         const std::vector<std::string>& arguments) {
  constexpr std::size_t longest_shown = 2000;
  auto text =
      source == slurm::ScriptSource::file ? util::shell_quote(base_name(script_path)) : slurm::name_command(source, command);
  for (const auto& argument : arguments) {
    if (text.size() > longest_shown) break;
    text += " " + util::shell_quote(argument);
  }
  return util::printable(text);
}

std::vector<std::string> commands_of(const std::vector<plan::PlannedJob>& jobs) {
  std::vector<slurm::ScriptText> scripts;
  for (const auto& planned : jobs) scripts.push_back({planned.call->source, *planned.call->script});
  return slurm::find_commands(scripts);
}

/// Returns a line for each place where options were set: "command line: --array=0-4 --time=10", "line 3: --mem=1G".
std::vector<std::string> option_lines(const slurm::Job& job) {
  std::map<std::tuple<int, std::uint32_t, std::string>, std::string> lines;  // the place that counts most first
  for (const auto& setting : job.settings) {
    if (setting.option->name == "wrap") continue;
    const auto& source = setting.source;
    auto& line = lines[{-static_cast<int>(source.kind), source.line, source.text()}];
    line += (line.empty() ? source.text() + ":" : "") + " " + setting_text(setting);
  }
  std::vector<std::string> texts;
  for (auto& [place, line] : lines) texts.push_back(std::move(line));
  return texts;
}

}  // namespace

std::string setting_text(const slurm::Setting& setting) {
  return "--" + std::string(setting.option->name) + (setting.has_value ? "=" + util::shell_quote(setting.value) : "");
}

std::vector<std::string> command_texts(const std::vector<plan::PlannedJob>& jobs) {
  auto texts = commands_of(jobs);
  for (std::size_t i = 0; i < jobs.size(); ++i)
    texts[i] = command_text(jobs[i].call->source, jobs[i].call->script_path, texts[i], jobs[i].job.arguments);
  return texts;
}

std::string command_text(const script::MappedJob& job) {
  return command_text(job.source, job.script_path, job.command, job.arguments);
}

std::string queue_details(const std::vector<plan::PlannedJob>& jobs, std::size_t width) {
  constexpr std::size_t indent = 5;
  const auto waits = wait_names(jobs);
  const auto commands = command_texts(jobs);
  std::string text;
  const auto add = [&](const std::string& line) {
    const auto room = width > indent ? width - indent : 0;
    text += std::string(indent, ' ') + util::wrap(util::printable(line), room, indent) + "\n";
  };
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto& planned = jobs[i];
    const auto& job = planned.job;
    text += "job " + std::to_string(planned.number) + " " + util::printable(job.name) + ": " + std::to_string(planned.id) +
            (job.ids ? "_[" + job.ids->text() + "]" : "") + ", " + util::count(planned.tasks(), "task") + "\n";
    add(commands[i]);
    add("in " + job.directory);
    if (!waits[i].empty()) add("waits for " + waits[i]);
    for (const auto& line : option_lines(job)) add(line);
  }
  return text;
}

util::Json queue_json(const std::vector<plan::PlannedJob>& jobs) {
  auto list = util::Json::array();
  const auto commands = commands_of(jobs);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto& planned = jobs[i];
    util::Json job;
    job["job"] = planned.number;
    job["id"] = planned.id;
    job["name"] = planned.job.name;
    job["array"] = planned.job.ids ? util::Json(planned.job.ids->text()) : util::Json(nullptr);
    job["tasks"] = planned.tasks();
    job["script"] =
        planned.call->source == slurm::ScriptSource::file ? util::Json(planned.call->script_path) : util::Json(nullptr);
    job["command"] = commands[i].empty() ? util::Json(nullptr) : util::Json(commands[i]);
    job["arguments"] = planned.job.arguments;
    job["directory"] = planned.job.directory;
    job["options"] = util::Json::object();
    job["sources"] = util::Json::object();
    for (const auto& setting : planned.job.settings) {
      const std::string name(setting.option->name);
      job["options"][name] = setting.has_value ? util::Json(setting.value) : util::Json(true);
      job["sources"][name] = setting.source.text();
    }
    job["waits"] = waits_json(planned, jobs);
    list.push_back(std::move(job));
  }
  return util::Json{{"version", 1}, {"jobs", std::move(list)}};
}

std::string output_text(const std::string& path, const std::string& directory) {
  const auto below = directory + "/";
  return util::printable(path.starts_with(below) && path.size() > below.size() ? path.substr(below.size()) : path);
}

}  // namespace sarray::report
