#include "report/queue.hpp"

#include <string_view>
#include <utility>

#include "plan/graph.hpp"
#include "report/table.hpp"
#include "util/shell_quote.hpp"
#include "util/user_text.hpp"

namespace sarray::report {

namespace {

constexpr std::size_t longest_shown = 2000;

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string options_text(const slurm::Job& job) {
  std::string text;
  for (const auto& setting : job.settings) {
    if (setting.option->name == "wrap") continue;
    text += (text.empty() ? "" : ", ") + ("--" + std::string(setting.option->name));
    if (setting.has_value) text += "=" + util::shell_quote(setting.value);
    text += " (" + setting.source.text() + ")";
  }
  return text;
}

}  // namespace

std::string command_text(const plan::PlannedJob& planned) {
  return command_text(planned.call->source, planned.call->script_path, planned.job.arguments);
}

std::string command_text(slurm::ScriptSource source, const std::string& script_path, const std::vector<std::string>& arguments) {
  std::string text;
  switch (source) {
    case slurm::ScriptSource::standard_input:
      text = "(standard input)";
      break;
    case slurm::ScriptSource::wrap:
      text = "(--wrap)";
      break;
    case slurm::ScriptSource::file:
      text = util::shell_quote(base_name(script_path));
      break;
  }
  for (const auto& argument : arguments) {
    if (text.size() > longest_shown) break;
    text += " " + util::shell_quote(argument);
  }
  return util::printable(text);
}

std::string queue_text(const std::vector<plan::PlannedJob>& jobs, std::size_t width) {
  Table table({true, true, true, false, false, false});
  table.add({"job", "id", "tasks", "array", "name", "script and arguments"});
  for (const auto& planned : jobs) {
    table.add({std::to_string(planned.number), std::to_string(planned.id), std::to_string(planned.tasks()),
               planned.job.ids ? util::fit(planned.job.ids->text(), 16) : "-", util::fit(util::printable(planned.job.name), 20),
               command_text(planned)});
  }
  const auto lines = table.text(width);
  std::size_t at = 0;
  const auto next_line = [&] {
    const auto begin = std::exchange(at, lines.find('\n', at) + 1);
    return std::string_view(lines).substr(begin, at - begin);
  };
  std::string text(next_line());
  const auto numbers = plan::number_ids(jobs);
  for (const auto& planned : jobs) {
    text += next_line();
    auto detail = "     in " + util::printable(planned.job.directory);
    text += (width > 0 ? util::fit(detail, width) : detail) + "\n";
    detail = "     " + util::printable(options_text(planned.job));
    if (detail.size() > 5) text += (width > 0 ? util::fit(detail, width) : detail) + "\n";
    detail = "     waits for " + plan::describe_waits(planned, numbers);
    if (planned.job.dependency) text += (width > 0 ? util::fit(detail, width) : detail) + "\n";
  }
  return text;
}

util::Json queue_json(const std::vector<plan::PlannedJob>& jobs) {
  auto list = util::Json::array();
  for (const auto& planned : jobs) {
    util::Json job;
    job["job"] = planned.number;
    job["id"] = planned.id;
    job["name"] = planned.job.name;
    job["array"] = planned.job.ids ? util::Json(planned.job.ids->text()) : util::Json(nullptr);
    job["tasks"] = planned.tasks();
    job["script"] =
        planned.call->source == slurm::ScriptSource::file ? util::Json(planned.call->script_path) : util::Json(nullptr);
    job["arguments"] = planned.job.arguments;
    job["directory"] = planned.job.directory;
    job["options"] = util::Json::object();
    job["sources"] = util::Json::object();
    for (const auto& setting : planned.job.settings) {
      const std::string name(setting.option->name);
      job["options"][name] = setting.has_value ? util::Json(setting.value) : util::Json(true);
      job["sources"][name] = setting.source.text();
    }
    list.push_back(std::move(job));
  }
  return util::Json{{"version", 1}, {"jobs", std::move(list)}};
}

std::string output_text(const std::string& path, const std::string& directory) {
  const auto below = directory + "/";
  return util::printable(path.starts_with(below) && path.size() > below.size() ? path.substr(below.size()) : path);
}

}  // namespace sarray::report
