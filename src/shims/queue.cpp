#include "shims/queue.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "answer/order.hpp"
#include "shims/asked.hpp"
#include "shims/meant.hpp"
#include "shims/tools.hpp"
#include "shims/world.hpp"
#include "util/join.hpp"

namespace sarray::shims {

namespace {

using answer::QueueQuestion;

/// A name that no job has: only the header is printed.
constexpr const char* no_name = "\x01";

/// The answer of Slurm's own squeue.
struct Queue {
  std::vector<std::string> titles;
  std::vector<std::vector<std::string>> rows;
};

void write_id(const answer::JobName& name, std::vector<std::string>& ids) {
  const auto id = std::to_string(name.job);
  for (const auto task : name.tasks) ids.push_back(id + "_" + std::to_string(task));
  if (name.tasks.empty()) ids.push_back(id);
}

/// Asks Slurm's own squeue. @return nullopt if it refused, and has said why on standard error; its status in `status`.
util::Result<std::optional<Queue>> ask_slurm(World& world, const QueueQuestion& question, const Meant& meant, int& status) {
  const auto keys = answer::queue_keys(question.format);
  const answer::Option format = {question.format.is_long ? "Format" : "format", answer::ask_queue_format(question.format, keys)};
  TRY(const auto output, run_squeue(world, question, meant.slurms, meant.is_all, {format}));
  status = output.status;
  if (output.status != 0) {
    std::fputs(output.err.c_str(), stderr);
    return std::optional<Queue>();
  }
  Queue queue;
  const auto columns = keys.size() + question.format.columns.size();
  queue.rows = answer::read_table(output.out, columns, question.format.is_long);
  if (!queue.rows.empty()) {
    queue.titles.assign(queue.rows.front().begin() + static_cast<std::ptrdiff_t>(keys.size()), queue.rows.front().end());
    queue.rows.erase(queue.rows.begin());
  }
  return std::optional(std::move(queue));
}

bool needs_partition(const QueueQuestion& question) {
  const auto is_of_partition = [](const auto& column) {
    return column.field == "partition" || column.field == "timelimit" || column.field == "timeleft";
  };
  return !question.partitions.empty() ||
         std::any_of(question.format.columns.begin(), question.format.columns.end(), is_of_partition);
}

void print_date() {
  const auto now = std::time(nullptr);
  std::tm parts{};
  ::localtime_r(&now, &parts);
  std::array<char, 64> text{};
  std::strftime(text.data(), text.size(), "%a %b %d %H:%M:%S %Y", &parts);
  std::printf("%s\n", text.data());
}

void print(const std::vector<std::string>& lines) {
  for (const auto& line : lines) std::fputs(line.c_str(), stdout);
}

util::Result<int> ask_once(World& world, const QueueQuestion& question, answer::Defaults& defaults) {
  TRY(auto meant, find_meant(world, question.ids, write_id));
  if (question.is_json) return ask_queue_json(world, question, std::move(meant));
  std::vector<const answer::RecordedJob*> asked;
  for (const auto& known : meant.recorded) {
    if (answer::is_asked_for(question, known->shown, defaults)) asked.push_back(&known->shown);
  }
  if (!meant.recorded.empty() && defaults.partition.empty() && needs_partition(question)) {
    defaults = world.defaults(true);
    asked.clear();
    for (const auto& known : meant.recorded) {
      if (answer::is_asked_for(question, known->shown, defaults)) asked.push_back(&known->shown);
    }
  }
  Queue queue;
  int status = 0;
  // A driver that polls a job that is recorded only costs Slurm nothing.
  const bool is_ours_alone = !meant.is_all && meant.slurms.empty() && !question.has_header;
  if (!is_ours_alone) {
    TRY(auto answered, ask_slurm(world, question, meant, status));
    if (!answered && asked.empty()) return status;
    if (answered) queue = std::move(*answered);
  }
  TRY(const auto lines,
      answer::write_queue_lines(question, queue.rows, [&](std::string_view command) { return world.find_map(command); }));
  std::vector<std::string> recorded;
  for (const auto number : answer::order_recorded(question, asked, defaults)) {
    const auto& job = *asked[number];
    if (std::find(lines.ours.begin(), lines.ours.end(), job.id) != lines.ours.end()) continue;
    TRY(const auto own, answer::write_recorded_lines(question, job, defaults));
    recorded.insert(recorded.end(), own.begin(), own.end());
  }
  if (question.is_dated) print_date();
  if (question.has_header && !queue.titles.empty())
    std::fputs(answer::write_queue_line(question.format, queue.titles).c_str(), stdout);
  print(lines.pending);
  print(recorded);
  print(lines.others);
  std::fflush(stdout);
  if (!recorded.empty()) note_question(world);
  return 0;
}

}  // namespace

util::Result<util::Output> run_squeue(World& world, const QueueQuestion& question, const std::vector<std::string>& slurms,
                                      bool is_all, const std::vector<answer::Option>& format) {
  auto options = question.passed;
  options.insert(options.end(), format.begin(), format.end());
  if (!is_all) {
    auto ids = slurms;
    // squeue refuses an id that it does not know only if it is the only one.
    if (ids.size() == 1 && question.ids && question.ids->size() > 1) ids.push_back(ids.front());
    options.push_back(ids.empty() ? answer::Option{"name", no_name} : answer::Option{"jobs", util::join(ids, ",")});
  }
  auto environment = world.site().environment;
  for (const auto* name : {"SQUEUE_FORMAT", "SQUEUE_FORMAT2", "SQUEUE_NAMES", "SQUEUE_ARRAY_UNIQUE"}) environment.unset(name);
  environment.set("SLURM_BITSTR_LEN", "0");
  return world.site().client.run_tool(slurm::Tool::squeue, answer::write_words(options, {}), environment);
}

util::Result<int> ask_queue(World& world, const std::vector<std::string>& words) {
  auto defaults = world.defaults(false);
  const auto read = answer::read_words(slurm::Tool::squeue, words);
  TRY(auto question, answer::read_queue_question(read, world.site().environment, defaults.user));
  question.shows_arguments = defaults.shows_arguments;
  while (true) {
    TRY(const int status, ask_once(world, question, defaults));
    if (question.interval == 0 || status != 0) return status;
    std::puts("");
    ::sleep(static_cast<unsigned>(question.interval));
    TRY(world, World::open());
  }
}

}  // namespace sarray::shims
