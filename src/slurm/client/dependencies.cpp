#include "slurm/client/dependencies.hpp"

#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "util/join.hpp"
#include "util/parse.hpp"

namespace sarray::slurm {

namespace {

using util::take_until;

/// Without readline, scontrol reads lines of at most 4096 bytes from its input (source: scontrol.c, _getline()).
constexpr std::size_t longest_line = 4000;
constexpr std::string_view prompt = "scontrol: ";  ///< which it prints before each line, terminal or not

std::string update_line(const DependencyUpdate& update) {
  return "update JobId=" + update.tasks + " Dependency=" + update.condition + "\n";
}

util::Error describe_failure(const util::Output& output) {
  util::Error error;
  error.body = output.err;
  error.what = "scontrol update";
  error.why = "it failed with status " + std::to_string(output.status);
  return error;
}

/// Counts the prompts in an output that comes in pieces: the first one is there before the first line is read.
class PromptCounter {
 public:
  explicit PromptCounter(const std::function<void()>& step) : m_step(step) {}
  void take(std::string_view piece) {
    m_rest += piece;
    for (auto at = m_rest.find(prompt); at != std::string::npos; at = m_rest.find(prompt)) {
      m_rest.erase(0, at + prompt.size());
      if (m_prompts++ > 0) m_step();
    }
    if (m_rest.size() > prompt.size()) m_rest.erase(0, m_rest.size() - prompt.size());
  }

 private:
  const std::function<void()>& m_step;
  std::string m_rest;
  std::size_t m_prompts = 0;
};

}  // namespace

util::Result<void> Client::set_dependencies(const std::vector<DependencyUpdate>& updates,
                                            const std::function<void()>& step) const {
  util::Command command;
  TRY(const auto scontrol, find("scontrol"));
  if (scontrol.empty()) return util::fail("scontrol", "not found in PATH", "load the site's Slurm module");
  command.environment = m_environment.entries();
  std::vector<std::vector<std::string>> alone;  // what no line can hold
  for (const auto& update : updates) {
    const auto line = update_line(update);
    if (line.size() < longest_line) {
      command.input += line;
    } else {
      alone.push_back({scontrol, "update", "JobId=" + update.tasks, "Dependency=" + update.condition});
    }
  }
  if (!command.input.empty()) {
    command.argv = {scontrol};
    PromptCounter counter(step);
    command.on_output = [&](std::string_view piece) { counter.take(piece); };
    TRY(const auto output, util::run(command));
    if (output.status != 0) return util::fail(describe_failure(output));
  }
  command.input.clear();
  command.on_output = {};
  for (auto& argv : alone) {
    command.argv = std::move(argv);
    TRY(const auto output, util::run(command));
    if (output.status != 0) return util::fail(describe_failure(output));
    step();
  }
  return {};
}

util::Result<ArrayRecords> Client::job_records(const std::vector<std::string>& job_ids) const {
  constexpr std::uint32_t largest_array = 4000001;
  ArrayRecords records;
  std::vector<std::string> missing;
  // One by one: of several ids Slurm says nothing if it does not know one of them, and an id may be a task's own.
  for (const auto& id : job_ids) {
    const auto queue = run(queue_command(id, 0));
    if (!queue && queue.error().body.find("Invalid job id") == std::string::npos) return util::fail(queue.error());
    auto found = queue ? parse_queue(*queue) : ArrayRecords();
    if (found.empty()) missing.push_back(id);
    std::move(found.begin(), found.end(), std::back_inserter(records));
  }
  if (missing.empty()) return records;
  const auto accounting = run(accounting_command(util::join(missing, ","), false, false));
  if (!accounting) return records;
  auto found = parse_accounting(*accounting, largest_array);
  std::move(found.begin(), found.end(), std::back_inserter(records));
  return records;
}

Verdict judge_condition(DependencyType type, const std::vector<TaskRecord>& records) {
  if (records.empty()) return Verdict::unknown;
  const auto is = [](auto test) { return [test](const TaskRecord& record) { return test(record.state); }; };
  const auto any = [&](auto test) { return std::any_of(records.begin(), records.end(), is(test)); };
  if (any([](TaskState state) { return state == TaskState::unknown; })) return Verdict::unknown;
  const bool is_over = !any([](TaskState state) { return !is_done(state); });
  const bool has_failed = any(is_failure);
  switch (type) {
    case DependencyType::after:
      return any([](TaskState state) { return state == TaskState::pending || state == TaskState::running; }) ? Verdict::open
                                                                                                             : Verdict::satisfied;
    case DependencyType::afterany:
      return is_over ? Verdict::satisfied : Verdict::open;
    case DependencyType::afternotok:
      if (!is_over) return Verdict::open;
      return has_failed ? Verdict::satisfied : Verdict::never;
    case DependencyType::afterok:
    case DependencyType::aftercorr:
      if (!is_over) return Verdict::open;
      return has_failed ? Verdict::never : Verdict::satisfied;
    case DependencyType::afterburstbuffer:
    case DependencyType::expand:
    case DependencyType::singleton:
      break;
  }
  return Verdict::open;
}

std::vector<TaskRecord> records_of(const ArrayRecords& records, const Condition& condition) {
  std::vector<TaskRecord> found;
  const auto text = std::to_string(condition.job);
  for (const auto& [array, record] : records) {
    const bool is_array = array == text && (!condition.task || record.index == *condition.task);
    const bool is_task = array != text && record.job_id == text && !condition.task;
    if (is_array || is_task) found.push_back(record);
  }
  return found;
}

util::Result<std::vector<std::string>> Client::unfinished_namesakes(const std::set<std::string>& names) const {
  // Names are compared here: squeue's -n takes a comma in one for two names.
  TRY(const auto queue, run({"squeue", "-h", "-a", "-u", std::to_string(::getuid()), "-o", "%F|%j"}));
  std::vector<std::string> ids;
  for (std::string_view rest = queue; !rest.empty();) {
    auto line = take_until(rest, '\n');
    const auto id = take_until(line, '|');
    if (names.contains(std::string(line)) && (ids.empty() || ids.back() != id)) ids.emplace_back(id);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

}  // namespace sarray::slurm
