#include "report/graph.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "plan/graph.hpp"
#include "report/table.hpp"
#include "util/join.hpp"
#include "util/user_text.hpp"

namespace sarray::report {

using slurm::DependencyType;

namespace {

using ById = std::unordered_map<std::uint32_t, const plan::PlannedJob*>;

ById index_jobs(const std::vector<plan::PlannedJob>& jobs) {
  ById by_id;
  for (const auto& planned : jobs) by_id.emplace(planned.id, &planned);
  return by_id;
}

const plan::PlannedJob* find_parent(const ById& by_id, const slurm::Condition& condition) {
  const auto found = by_id.find(condition.job);
  return found != by_id.end() ? found->second : nullptr;
}

/// "afterany 3 align_2".
std::string condition_name(const slurm::Condition& condition, const ById& by_id) {
  std::string text = condition.type == DependencyType::afterok ? "" : std::string(slurm::dependency_word(condition.type));
  if (condition.type == DependencyType::singleton) return text;
  const auto* parent = find_parent(by_id, condition);
  text += text.empty() ? "" : " ";
  text += parent != nullptr ? std::to_string(parent->number) + " " + util::printable(parent->job.name)
                            : "job " + std::to_string(condition.job);
  if (condition.task) text += "_" + std::to_string(*condition.task);
  if (condition.minutes > 0) text += " + " + std::to_string(condition.minutes) + " min";
  return text;
}

/// "1-3 trim, 4 index" of jobs, those of one name together; of many the first.
std::string name_jobs(const std::map<std::string, std::vector<std::uint32_t>>& numbers_by_name) {
  constexpr std::size_t max_named = 4;
  std::vector<std::string> texts;
  for (const auto& [name, numbers] : numbers_by_name)
    texts.push_back(util::fit(plan::format_numbers(numbers), 24) + " " + util::fit(util::printable(name), 20));
  const auto more = texts.size() > max_named + 1 ? texts.size() - max_named : 0;
  texts.resize(texts.size() - more);
  return util::join(texts, ", ") + (more > 0 ? " and " + std::to_string(more) + " more names" : "");
}

}  // namespace

std::vector<std::string> wait_names(const std::vector<plan::PlannedJob>& jobs) {
  const auto by_id = index_jobs(jobs);
  std::vector<std::string> names;
  for (const auto& planned : jobs) {
    const auto& dependency = planned.job.dependency;
    names.push_back(!dependency ? "" : util::join(dependency->conditions, dependency->any ? " or " : ", ", [&](const auto& c) {
      return condition_name(c, by_id);
    }));
  }
  return names;
}

std::string stages_text(std::vector<plan::PlannedJob> jobs, std::size_t width) {
  std::map<std::string, std::vector<std::uint32_t>> namesakes;  // since the last singleton of the name, itself included
  for (auto& planned : jobs) {
    planned.waits = planned.job.dependency.value_or(slurm::Dependency());
    planned.stage = 0;
    auto& ids = namesakes[planned.job.name];
    auto& conditions = planned.waits.conditions;
    const auto is_singleton = [](const auto& condition) { return condition.type == DependencyType::singleton; };
    if (std::any_of(conditions.begin(), conditions.end(), is_singleton)) {
      for (const auto id : ids) conditions.push_back({DependencyType::afterany, id, std::nullopt, 0});
      ids.clear();
    }
    ids.push_back(planned.id);
  }
  plan::find_stages(jobs);
  struct Stage {
    std::map<std::string, std::vector<std::uint32_t>> jobs;
    std::map<std::string, std::set<std::uint32_t>> parents;
    std::uint32_t count = 0;
    std::uint32_t tasks = 0;
  };
  std::map<std::uint32_t, Stage> stages;
  const auto by_id = index_jobs(jobs);
  bool any = false;
  for (const auto& planned : jobs) {
    auto& stage = stages[planned.stage];
    stage.jobs[planned.job.name].push_back(planned.number);
    ++stage.count;
    stage.tasks += planned.tasks();
    any = any || planned.job.dependency.has_value();
    for (const auto& condition : planned.waits.conditions) {
      if (const auto* parent = find_parent(by_id, condition)) stage.parents[parent->job.name].insert(parent->number);
    }
  }
  if (!any) return {};
  Table table({true, true, true, false, false});
  table.add({"stage", "jobs", "tasks", "names", "waits for"});
  for (const auto& [number, stage] : stages) {
    std::map<std::string, std::vector<std::uint32_t>> parents;
    for (const auto& [name, numbers] : stage.parents) parents[name].assign(numbers.begin(), numbers.end());
    table.add({std::to_string(number + 1), std::to_string(stage.count), std::to_string(stage.tasks), name_jobs(stage.jobs),
               name_jobs(parents)});
  }
  return table.text(width);
}

std::string graph_text(const std::vector<plan::PlannedJob>& jobs) {
  const auto quoted = [](const std::string& text) {
    std::string result = "\"";
    for (const char c : util::printable(text)) result += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    return result + "\"";
  };
  const auto by_id = index_jobs(jobs);
  std::string text = "digraph pipeline {\n  rankdir=LR;\n  node [shape=box];\n";
  for (const auto& planned : jobs) {
    const auto tasks = planned.job.ids ? " [" + planned.job.ids->text() + "]" : "";
    text += "  j" + std::to_string(planned.number) +
            " [label=" + quoted(std::to_string(planned.number) + " " + planned.job.name + tasks) + "];\n";
  }
  std::set<std::uint32_t> outside;
  for (const auto& planned : jobs) {
    if (!planned.job.dependency) continue;
    for (const auto& condition : planned.job.dependency->conditions) {
      if (condition.type == DependencyType::singleton) continue;  // among jobs of one name, in their order
      const auto* parent = find_parent(by_id, condition);
      const auto from = parent != nullptr ? "j" + std::to_string(parent->number) : "slurm" + std::to_string(condition.job);
      if (parent == nullptr && outside.insert(condition.job).second)
        text += "  " + from + " [style=dashed, label=" + quoted("job " + std::to_string(condition.job)) + "];\n";
      auto label = condition.type == DependencyType::afterok ? "" : std::string(slurm::dependency_word(condition.type));
      if (condition.task) label += "_" + std::to_string(*condition.task);
      if (condition.minutes > 0) label += "+" + std::to_string(condition.minutes);
      const auto style = planned.job.dependency->any ? (label.empty() ? "style=dotted" : "style=dotted, ") : "";
      text += "  " + from + " -> j" + std::to_string(planned.number);
      if (!label.empty() || planned.job.dependency->any)
        text += std::string(" [") + style + (label.empty() ? "" : "label=" + quoted(label)) + "]";
      text += ";\n";
    }
  }
  return text + "}\n";
}

util::Json waits_json(const plan::PlannedJob& planned, const std::vector<plan::PlannedJob>& jobs) {
  auto list = util::Json::array();
  if (!planned.job.dependency) return list;
  for (const auto& condition : planned.job.dependency->conditions) {
    const auto parent = std::find_if(jobs.begin(), jobs.end(), [&](const auto& job) { return job.id == condition.job; });
    const bool is_singleton = condition.type == DependencyType::singleton;
    list.push_back(util::Json{{"type", slurm::dependency_word(condition.type)},
                              {"job", parent != jobs.end() && !is_singleton ? util::Json(parent->number) : util::Json(nullptr)},
                              {"id", is_singleton ? util::Json(nullptr) : util::Json(condition.job)},
                              {"task", condition.task ? util::Json(*condition.task) : util::Json(nullptr)},
                              {"minutes", condition.minutes}});
  }
  return list;
}

}  // namespace sarray::report
