#include "commands/control.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <map>

#include "plan/plan.hpp"
#include "queue/gather.hpp"
#include "util/join.hpp"
#include "util/message.hpp"
#include "util/user_text.hpp"

namespace sarray::commands {

namespace {

using slurm::TaskState;

struct VerbWords {
  const char* name;
  const char* done;  ///< "cancelled"
  const char* fit;   ///< which tasks it can be done to
};

VerbWords words_of(Verb verb) {
  switch (verb) {
    case Verb::hold:
      return {"hold", "held", "pending and unheld"};
    case Verb::release:
      return {"release", "released", "held"};
    case Verb::requeue:
      return {"requeue", "requeued", "running, or failed and still known to Slurm"};
    case Verb::cancel:
      break;
  }
  return {"cancel", "cancelled", "pending or running"};
}

util::Result<void> order(const slurm::Client& client, Verb verb, const std::vector<std::string>& names) {
  switch (verb) {
    case Verb::hold:
      return client.hold(names);
    case Verb::release:
      return client.release(names);
    case Verb::requeue:
      return client.requeue(names);
    case Verb::cancel:
      break;
  }
  return client.cancel(names);
}

bool is_held(const slurm::TaskRecord& task) {
  return task.reason == "JobHeldUser" || task.reason == "JobHeldAdmin" || task.word == "REQUEUE_HOLD" ||
         task.word == "SPECIAL_EXIT";
}

bool is_fit(Verb verb, const slurm::TaskRecord& task) {
  switch (verb) {
    case Verb::hold:
      return task.state == TaskState::pending && !is_held(task);
    case Verb::release:
      return task.state == TaskState::pending && is_held(task);
    case Verb::requeue:
      // What was cancelled was not to run.
      return task.state == TaskState::running || (slurm::is_failure(task.state) && task.state != TaskState::cancelled);
    case Verb::cancel:
      break;
  }
  return task.state == TaskState::pending || task.state == TaskState::running;
}

/// "17_[3-5,8]", cut before it exceeds Slurm's own limit for such a list (4096 bytes: job_mgr.c:_test_job_desc_fields).
std::vector<std::string> name_tasks(const std::string& job_id, const std::vector<std::uint32_t>& indices) {
  constexpr std::size_t max_numbers = 300;
  std::vector<std::string> names;
  for (std::size_t at = 0; at < indices.size();) {
    // A run of neighbours costs two numbers however long it is.
    auto end = at;
    for (std::size_t runs = 0; end < indices.size() && runs < max_numbers; ++runs) {
      do ++end;
      while (end < indices.size() && indices[end] == indices[end - 1] + 1);
    }
    const auto begin = indices.begin();
    const auto list = plan::format_numbers(
        std::vector<std::uint32_t>(begin + static_cast<std::ptrdiff_t>(at), begin + static_cast<std::ptrdiff_t>(end)));
    names.push_back(job_id + "_[" + list + "]");
    at = end;
  }
  return names;
}

/// The tasks that it is for, as Slurm names them.
struct Targets {
  std::vector<std::string> names;
  std::size_t tasks = 0;
};

Targets find_targets(const follow::History& history, const std::vector<std::uint32_t>& indices, Verb verb) {
  std::map<std::uint32_t, std::vector<std::uint32_t>> by_attempt;
  Targets targets;
  for (const auto index : indices) {
    if (!is_fit(verb, history.task(index))) continue;
    const auto& last = history.latest[index];
    by_attempt[last.attempt].push_back(last.index);
    ++targets.tasks;
  }
  for (auto& [attempt, tasks] : by_attempt) {
    std::sort(tasks.begin(), tasks.end());
    for (auto& name : name_tasks(history.attempts[attempt].job_id, tasks)) targets.names.push_back(std::move(name));
  }
  return targets;
}

/// Why there is nothing to do.
std::string explain_none(const follow::History& history, const std::vector<std::uint32_t>& indices, Verb verb) {
  const auto held =
      std::count_if(indices.begin(), indices.end(), [&](auto index) { return is_fit(Verb::release, history.task(index)); });
  const bool all_held = verb == Verb::hold && held > 0 && static_cast<std::size_t>(held) == indices.size();
  if (all_held) return held == 1 ? "it is held already" : "all " + std::to_string(held) + " are held already";
  return "no matching task is " + std::string(words_of(verb).fit);
}

}  // namespace

Status control(const ControlOptions& options) {
  TRY(const auto word, follow::parse_task_reference(options.word));
  const auto site = queue::find_site();
  TRY(auto target, follow::find_target(site, word, options.script));
  CHECK_OK(target.array_history.refresh());
  const auto& history = target.array_history.history();
  TRY(const auto indices, follow::filter_tasks(target, options.selection));
  const auto targets = find_targets(history, indices, options.verb);
  const auto verb = words_of(options.verb);
  const auto shown_id = history.attempts.front().job_id;
  if (targets.tasks == 0) {
    return util::fail("job " + options.word, explain_none(history, indices, options.verb),
                      "sarray status " + shown_id + " --tasks");
  }
  const auto left = indices.size() - targets.tasks;
  auto line = util::count(targets.tasks, "task") + ": " + util::join(targets.names, " ");
  if (left > 0) line += "; " + util::count(left, "other") + (left == 1 ? " is" : " are") + " not " + verb.fit;
  if (options.dry_run) {
    std::fprintf(stderr, "sarray: would %s %s\n", verb.name, line.c_str());
    return 0;
  }
  CHECK_OK(order(site.client, options.verb, targets.names));
  std::fprintf(stderr, "sarray: %s %s\n", verb.done, line.c_str());
  return 0;
}

namespace {

Status control_command(Verb verb, const std::string& description, const Words& words) {
  ControlOptions options;
  options.verb = verb;
  cli::Arguments arguments(words_of(verb).name, description, "JOBID[_INDEX] | VIRTUALID[_LOCAL] [--job SEL] [--tasks IDS] [-n]");
  auto& app = arguments.app();
  app.add_option("task", options.word, "a merged array, one of its tasks, or a recorded job's id")->required();
  add_control_options(app, options);
  TRY(const bool go_on, arguments.parse(words));
  if (!go_on) return 0;
  return control(options);
}

}  // namespace

void add_control_options(CLI::App& app, ControlOptions& options) {
  app.add_option("--job", options.selection.jobs, "only this job: its number, virtual id, name, or a pattern of names")
      ->type_name("SEL")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--tasks", options.selection.tasks, "only these indices of the array, e.g. 3,5-8")->type_name("IDS");
  app.add_flag("-n,--dry-run", options.dry_run, "say what would be done");
  app.add_option("--script", options.script, "the submitted script, if Slurm no longer has it")->type_name("FILE");
}

Status hold(const Words& words) { return control_command(Verb::hold, "Keeps pending tasks from starting.", words); }
Status release(const Words& words) { return control_command(Verb::release, "Lets held tasks start.", words); }
Status requeue(const Words& words) {
  return control_command(Verb::requeue,
                         "Puts running and failed tasks back into the queue. Slurm starts them again after two minutes or so.",
                         words);
}

}  // namespace sarray::commands
