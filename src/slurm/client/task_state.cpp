#include "slurm/client/task_state.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "slurm/language/array_ids.hpp"
#include "util/join.hpp"
#include "util/parse.hpp"

namespace sarray::slurm {

namespace {

struct Word {
  std::string_view word;
  TaskState state;
};

/// Source: squeue's and sacct's man pages, JOB STATE CODES, 20.11 to 26.05.
constexpr std::array words = {
    Word{"BOOT_FAIL", TaskState::failed},
    Word{"CANCELLED", TaskState::cancelled},
    Word{"COMPLETED", TaskState::completed},
    Word{"COMPLETING", TaskState::running},
    Word{"CONFIGURING", TaskState::running},
    Word{"DEADLINE", TaskState::timeout},
    Word{"EXPEDITING", TaskState::pending},
    Word{"FAILED", TaskState::failed},
    Word{"LAUNCH_FAILED", TaskState::failed},
    Word{"NODE_FAIL", TaskState::failed},
    Word{"OUT_OF_MEMORY", TaskState::out_of_memory},
    Word{"PENDING", TaskState::pending},
    Word{"POWER_UP_NODE", TaskState::running},
    Word{"PREEMPTED", TaskState::failed},
    Word{"RECONFIG_FAIL", TaskState::failed},
    Word{"REQUEUED", TaskState::pending},
    Word{"REQUEUE_FED", TaskState::pending},
    Word{"REQUEUE_HOLD", TaskState::pending},
    Word{"RESIZING", TaskState::running},
    Word{"RESV_DEL_HOLD", TaskState::pending},
    Word{"REVOKED", TaskState::cancelled},
    Word{"RUNNING", TaskState::running},
    Word{"SIGNALING", TaskState::running},
    Word{"SPECIAL_EXIT", TaskState::pending},
    Word{"STAGE_OUT", TaskState::running},
    Word{"STOPPED", TaskState::running},
    Word{"SUSPENDED", TaskState::running},
    Word{"TIMEOUT", TaskState::timeout},
    Word{"UPDATE_DB", TaskState::running},
};

using util::take_until;
using util::to_number;

/// By its shape alone: mktime looks at the time zone's file each time, and there are many of these.
std::string time_or_nothing(std::string_view text) {
  constexpr std::string_view shape = "0000-00-00T00:00:00";
  bool is_time = text.size() == shape.size();
  for (std::size_t i = 0; is_time && i < shape.size(); ++i) {
    is_time = shape[i] == '0' ? text[i] >= '0' && text[i] <= '9' : text[i] == shape[i];
  }
  return is_time ? std::string(text) : std::string();
}

/// "3:0", or, as squeue has it up to today, wait(2)'s status. A status above the signal's bits is not an exit status: squeue has
/// 4021 (15 and 128 + 53) when sacct has 0:53 (observed on 22.05).
void read_exit(std::string_view text, TaskRecord& record) {
  if (text.find(':') != std::string_view::npos) {
    record.exit_status = to_number<std::uint32_t>(take_until(text, ':')).value_or(0);
    record.exit_signal = to_number<std::uint32_t>(text).value_or(0);
  } else if (const auto status = to_number<std::uint32_t>(text)) {
    record.exit_status = (*status >> 8) & 0xff;
    record.exit_signal = *status & 0x7f;
  }
  if (record.exit_signal != 0) record.exit_status = 0;
}

/// "[DD-[HH:]]MM:SS[.mmm]" in seconds; 0 if it is not a time, or is longer than any clock runs.
double read_duration(std::string_view text) {
  constexpr double longest = 1e10;
  double days = 0;
  if (const auto dash = text.find('-'); dash != std::string_view::npos) {
    days = to_number<std::uint32_t>(text.substr(0, dash)).value_or(0);
    text.remove_prefix(dash + 1);
  }
  double seconds = 0;
  while (!text.empty()) {
    const std::string part(take_until(text, ':'));
    seconds = seconds * 60 + std::strtod(part.c_str(), nullptr);
  }
  seconds += days * 86400;
  return seconds >= 0 && seconds < longest ? seconds : 0;  // "nan" is neither
}

/// "2000M", "4Gc" (for each CPU, up to 21.08), "123456K".
std::uint64_t read_memory(std::string text, std::uint32_t cpus) {
  std::uint64_t times = 1;
  if (!text.empty() && (text.back() == 'c' || text.back() == 'n')) {
    if (text.back() == 'c') times = std::max(cpus, 1U);
    text.pop_back();
  }
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  constexpr std::string_view units = "KMGTP";
  double scale = 1;
  if (const auto unit = units.find(*end); *end != 0 && unit != std::string_view::npos)
    scale = std::pow(1024.0, static_cast<double>(unit + 1));
  const double bytes = number * scale * static_cast<double>(times);
  return bytes > 0 && bytes < 1e18 ? static_cast<std::uint64_t>(bytes) : 0;
}

struct Column {
  std::string_view name;
  std::size_t width;
};
constexpr std::array<Column, 12> queue_columns = {{{"ArrayJobID", 14},
                                                   {"ArrayTaskID", 14},
                                                   {"JobID", 14},
                                                   {"State", 20},
                                                   {"exit_code", 12},
                                                   {"StartTime", 24},
                                                   {"EndTime", 24},
                                                   {"TimeUsed", 20},
                                                   {"BatchHost", 70},
                                                   {"RestartCnt", 12},
                                                   {"SubmitTime", 24},
                                                   {"Reason", 60}}};

constexpr std::string_view accounting_fields =
    "JobID,JobIDRaw,State,ExitCode,Start,End,ElapsedRaw,NodeList,AllocCPUS,ReqMem,TotalCPU,MaxRSS,Submit";
constexpr std::size_t accounting_cells = 13;  // the command line comes after them, and may hold anything

bool is_number(std::string_view text) { return to_number<std::uint32_t>(text).has_value(); }

std::string_view without_padding(std::string_view cell) { return cell.substr(0, cell.find_last_not_of(' ') + 1); }

TaskRecord read_queue_line(std::string_view line, std::string& array_id) {
  std::array<std::string_view, queue_columns.size()> cells;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    auto cell = line.substr(0, queue_columns[i].width);
    line.remove_prefix(cell.size());
    cells[i] = without_padding(cell);
  }
  TaskRecord record;
  record.command = without_padding(line);
  record.index = to_number<std::uint32_t>(cells[1]).value_or(TaskRecord::no_index);
  array_id = cells[0];
  record.word = cells[3];
  record.state = parse_task_state(record.word);
  if (record.state != TaskState::pending) record.job_id = cells[2];
  read_exit(cells[4], record);
  const bool has_started = record.state != TaskState::pending;  // a pending task's times are the scheduler's guesses
  if (has_started) record.start = time_or_nothing(cells[5]);
  if (is_done(record.state)) record.end = time_or_nothing(cells[6]);
  record.elapsed = static_cast<std::int64_t>(read_duration(cells[7]));
  record.host = has_started && cells[8].find('/') == std::string_view::npos ? std::string(cells[8]) : std::string();
  record.restarts = cells[9];
  record.submitted = time_or_nothing(cells[10]);
  if (!has_started || (record.state == TaskState::cancelled && cells[11] == "DependencyNeverSatisfied"))
    record.reason = cells[11];
  if (!is_number(array_id)) {  // N/A
    array_id = cells[2];
    record.index = TaskRecord::plain_job;
  }
  return record;
}

}  // namespace

const char* task_state_name(TaskState state) {
  switch (state) {
    case TaskState::pending:
      return "pending";
    case TaskState::running:
      return "running";
    case TaskState::completed:
      return "completed";
    case TaskState::failed:
      return "failed";
    case TaskState::timeout:
      return "timeout";
    case TaskState::out_of_memory:
      return "out_of_memory";
    case TaskState::cancelled:
      return "cancelled";
    case TaskState::unknown:
      break;
  }
  return "unknown";
}

TaskState parse_task_state(std::string_view word) {
  word = word.substr(0, word.find_first_of(" +"));
  const auto found = std::find_if(words.begin(), words.end(), [&](const Word& known) { return known.word == word; });
  return found != words.end() ? found->state : TaskState::unknown;
}

bool is_done(TaskState state) {
  return state != TaskState::pending && state != TaskState::running && state != TaskState::unknown;
}
bool is_failure(TaskState state) { return is_done(state) && state != TaskState::completed; }

std::optional<std::int64_t> parse_slurm_time(std::string_view text) {
  std::tm time{};
  const std::string whole(text);
  if (std::sscanf(whole.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d", &time.tm_year, &time.tm_mon, &time.tm_mday, &time.tm_hour,
                  &time.tm_min, &time.tm_sec) != 6) {
    return std::nullopt;
  }
  time.tm_year -= 1900;
  time.tm_mon -= 1;
  time.tm_isdst = -1;
  return static_cast<std::int64_t>(std::mktime(&time));
}

std::vector<std::string> queue_command(const std::string& job_ids, std::size_t command_width) {
  auto format = util::join(queue_columns, ",",
                           [](const auto& column) { return std::string(column.name) + ":" + std::to_string(column.width); });
  if (command_width > 0) format += ",Command:" + std::to_string(command_width);
  return {"squeue", "-h", "-a", "-r", "-t", "all", "-j", job_ids, "-O", format};
}

ArrayRecords parse_queue(std::string_view squeue_output) {
  ArrayRecords records;
  while (!squeue_output.empty()) {
    const auto line = take_until(squeue_output, '\n');
    std::string array_id;
    auto record = read_queue_line(line, array_id);
    if (is_number(array_id)) {
      records.emplace_back(std::move(array_id), std::move(record));
    } else if (!records.empty()) {  // a path with a newline goes on
      records.back().second.command.append("\n").append(without_padding(line));
    }
  }
  return records;
}

std::vector<std::string> accounting_command(const std::string& job_ids, bool with_usage, bool with_command) {
  std::vector<std::string> command = {"sacct", "-P", "-n"};
  if (!with_usage) command.emplace_back("-X");
  command.insert(command.end(), {"-j", job_ids, "-o", std::string(accounting_fields) + (with_command ? ",SubmitLine" : "")});
  return command;
}

namespace {

/// One line of sacct, split.
struct AccountingLine {
  std::array<std::string_view, accounting_cells> cells;
  std::string_view command;
  std::string array_id;
  std::string_view ids;   ///< after the '_': "7", "[3-9%2]"; empty: not an array
  std::string_view step;  ///< "batch", "extern", "0"; empty: the allocation
};

std::optional<AccountingLine> split_accounting(std::string_view line) {
  AccountingLine result;
  for (auto& cell : result.cells) cell = take_until(line, '|');
  result.command = line;
  auto id = result.cells[0];
  auto job = take_until(id, '.');
  result.step = id;
  result.array_id = take_until(job, '_');
  result.ids = job;
  return is_number(result.array_id) ? std::optional(result) : std::nullopt;
}

TaskRecord read_allocation(const AccountingLine& line) {
  const auto& cells = line.cells;
  TaskRecord record;
  record.word = cells[2];
  record.state = parse_task_state(record.word);
  record.job_id = cells[1];
  read_exit(cells[3], record);
  record.start = time_or_nothing(cells[4]);
  if (is_done(record.state)) record.end = time_or_nothing(cells[5]);
  record.elapsed = to_number<std::uint32_t>(cells[6]).value_or(0);
  const bool one_host = cells[7].find_first_of(",[ ") == std::string_view::npos;
  if (one_host && cells[7] != "None") record.host = cells[7];
  TaskUsage usage;
  usage.cpus = to_number<std::uint32_t>(cells[8]).value_or(0);
  usage.asked_memory = read_memory(std::string(cells[9]), usage.cpus);
  usage.cpu_seconds = read_duration(cells[10]);
  record.usage = usage;
  record.submitted = time_or_nothing(cells[12]);
  record.command = line.command;
  return record;
}

}  // namespace

ArrayRecords parse_accounting(std::string_view sacct_output, std::uint32_t max) {
  ArrayRecords records;
  while (!sacct_output.empty()) {
    const auto line = split_accounting(take_until(sacct_output, '\n'));
    if (!line) continue;
    if (!line->step.empty()) {  // it follows its allocation
      if (records.empty() || records.back().second.job_id != line->cells[1].substr(0, line->cells[1].find('.'))) continue;
      auto& usage = records.back().second.usage;
      usage->max_rss = std::max(usage->max_rss, read_memory(std::string(line->cells[11]), 1));
      continue;
    }
    auto record = read_allocation(*line);
    if (line->ids.empty()) {
      record.index = TaskRecord::plain_job;
      records.emplace_back(line->array_id, std::move(record));
      continue;
    }
    const auto ids = ArrayIds::parse(line->ids, max);
    if (!ids || !*ids) continue;
    for (std::uint32_t n = 0; n < (*ids)->count(); ++n) {
      record.index = (*ids)->nth(n);
      records.emplace_back(line->array_id, record);
    }
  }
  return records;
}

}  // namespace sarray::slurm
