#include "report/submission.hpp"

#include <algorithm>
#include <cstdlib>

#include "report/graph.hpp"
#include "report/queue.hpp"
#include "report/table.hpp"
#include "script/streams.hpp"
#include "slurm/language/file_pattern.hpp"
#include "util/message.hpp"
#include "util/user_text.hpp"

namespace sarray::report {

namespace {

std::string range_text(std::uint32_t first, std::uint32_t count) {
  return count == 1 ? std::to_string(first) : std::to_string(first) + "-" + std::to_string(first + count - 1);
}

/// Returns the pattern of a job's output with what is known of it: an array's own id is.
std::string output_pattern(const plan::PlannedJob& planned, plan::Names names) {
  auto pattern = script::file_pattern(planned, script::Stream::output, names);
  if (names == plan::Names::task && planned.job.ids) {
    slurm::PatternValues values;
    values.array_job_id = std::to_string(planned.id);
    pattern = slurm::expand_partly(pattern, values);
  }
  return output_text(pattern, planned.job.work_directory);
}

}  // namespace

std::string submission_text(const plan::Plan& plan, const plan::MergedArray& array, plan::Names names, std::size_t width) {
  constexpr std::size_t max_rows = 100;
  const bool any_waits = std::any_of(array.placements.begin(), array.placements.end(),
                                     [&](const auto& placement) { return plan.jobs[placement.job].job.dependency.has_value(); });
  auto columns = std::vector<bool>{true, true, false, false, false, false};
  auto heads = std::vector<std::string>{"job", "indices", "array", "name", "script and arguments", "output"};
  if (any_waits) {
    columns.insert(columns.begin() + 4, false);
    heads.insert(heads.begin() + 4, "waits for");
  }
  Table table(columns);
  table.add(heads);
  const auto waits = any_waits ? wait_names(plan.jobs) : std::vector<std::string>();
  const auto rows = std::min(max_rows, array.placements.size());
  std::vector<plan::PlannedJob> shown;
  for (std::size_t i = 0; i < rows; ++i) shown.push_back(plan.jobs[array.placements[i].job]);
  const auto commands = command_texts(shown);
  for (std::size_t i = 0; i < rows; ++i) {
    const auto& placement = array.placements[i];
    const auto& planned = shown[i];
    std::vector<std::string> row = {std::to_string(planned.number),
                                    range_text(placement.first_index, planned.tasks()),
                                    planned.job.ids ? util::fit(planned.job.ids->text(), 16) : "-",
                                    util::fit(util::printable(planned.job.name), 20),
                                    width > 0 ? util::fit(commands[i], width / 3) : commands[i],
                                    output_pattern(planned, names)};
    if (any_waits) row.insert(row.begin() + 4, util::fit(waits[placement.job], 40));
    table.add(row);
  }
  auto text = table.text(width);
  if (array.placements.size() > max_rows) {
    text += "... and " + util::count(array.placements.size() - max_rows, "more job") + "\n";
  }
  return text;
}

util::Json submission_json(const plan::Plan& plan, const std::vector<SubmittedArray>& arrays) {
  auto list = util::Json::array();
  for (const auto& submitted : arrays) {
    util::Json array;
    array["job_id"] = submitted.job_id ? util::Json(std::strtoull(submitted.job_id->c_str(), nullptr, 10)) : util::Json(nullptr);
    const auto& merged = plan.arrays[submitted.array];
    array["array"] = range_text(merged.first_index(), merged.tasks);
    array["tasks"] = merged.tasks;
    array["script"] = submitted.script;
    array["jobs"] = util::Json::array();
    for (const auto& placement : merged.placements) {
      const auto& planned = plan.jobs[placement.job];
      array["jobs"].push_back(util::Json{{"job", planned.number},
                                         {"id", planned.id},
                                         {"name", planned.job.name},
                                         {"first_index", placement.first_index},
                                         {"tasks", planned.tasks()},
                                         {"array", planned.job.ids ? util::Json(planned.job.ids->text()) : util::Json(nullptr)},
                                         {"waits", waits_json(planned, plan.jobs)}});
    }
    list.push_back(std::move(array));
  }
  return util::Json{{"version", 1}, {"arrays", std::move(list)}};
}

}  // namespace sarray::report
