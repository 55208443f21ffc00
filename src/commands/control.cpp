#include "commands/control.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <map>
#include <utility>

#include "commands/dependents.hpp"
#include "commands/task_word.hpp"
#include "plan/plan.hpp"
#include "queue/gather.hpp"
#include "util/confirm.hpp"
#include "util/join.hpp"
#include "util/message.hpp"
#include "util/shell_quote.hpp"
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

/// The tasks that it is for, as Slurm names them.
struct Targets {
  std::vector<std::string> names;
  std::size_t tasks = 0;   ///< that Slurm is told of: a requeued task may be there twice
  std::size_t left = 0;    ///< selected, but not fit
  std::size_t arrays = 0;  ///< that have any
  std::vector<const script::MappedJob*> jobs;
  std::vector<follow::SlurmTask> runs;
};

/// Returns the latest attempt of a selected task, and its earlier attempts that somebody requeued; only those that the verb fits.
std::vector<std::pair<std::uint32_t, follow::LatestAttempt>> find_runs(const follow::History& history,
                                                                       const std::vector<std::uint32_t>& indices, Verb verb) {
  std::vector<std::pair<std::uint32_t, follow::LatestAttempt>> runs;
  for (const auto index : indices) {
    if (is_fit(verb, history.task(index))) runs.emplace_back(index, history.latest_of(index));
  }
  for (const auto& revived : follow::find_revived(history)) {
    const bool is_latest = history.latest_of(revived.index).attempt == revived.run.attempt;
    if (is_latest || !std::binary_search(indices.begin(), indices.end(), revived.index)) continue;
    if (is_fit(verb, history.attempts[revived.run.attempt].task(revived.run.index)))
      runs.emplace_back(revived.index, revived.run);
  }
  return runs;
}

/// Checks that it is surely the array that is meant: job ids come again.
util::Result<void> check_identity(const follow::Attempt& attempt) {
  if (attempt.identity == slurm::Identity::same) return {};
  return util::fail("job " + attempt.job_id, "Slurm does not say which script it runs: it may be another job that has the id now",
                    "scontrol show job " + attempt.job_id);
}

/// Adds the tasks of one array. @param selected by index in the first attempt, ascending.
util::Result<void> add_targets(const follow::History& history, const std::vector<std::uint32_t>& selected, Verb verb,
                               Targets& targets) {
  std::map<std::uint32_t, std::vector<std::uint32_t>> by_attempt;
  std::vector<std::uint32_t> indices;
  for (const auto& [index, run] : find_runs(history, selected, verb)) {
    by_attempt[run.attempt].push_back(run.index);
    indices.push_back(index);
    targets.runs.emplace_back(history.attempts[run.attempt].job_id, run.index);
    ++targets.tasks;
  }
  std::sort(indices.begin(), indices.end());
  indices.erase(std::unique(indices.begin(), indices.end()), indices.end());
  targets.left += selected.size() - indices.size();
  targets.arrays += indices.empty() ? 0 : 1;
  for (const auto index : indices) {
    const auto* job = history.map().job_at(index);
    if (targets.jobs.empty() || targets.jobs.back() != job) targets.jobs.push_back(job);
  }
  for (auto& [number, tasks] : by_attempt) {
    const auto& attempt = history.attempts[number];
    CHECK_OK(check_identity(attempt));
    std::sort(tasks.begin(), tasks.end());
    for (auto& name : name_tasks(attempt.job_id, tasks)) targets.names.push_back(std::move(name));
  }
  return {};
}

/// Finds the tasks of all arrays, those of later arrays first: what waits for a task that is cancelled may start.
util::Result<Targets> find_targets(const follow::Histories& histories, const std::vector<std::vector<std::uint32_t>>& selected,
                                   Verb verb) {
  Targets targets;
  for (auto i = histories.size(); i-- > 0;) CHECK_OK(add_targets(*histories[i], selected[i], verb, targets));
  return targets;
}

/// "train, eval and 3 others", of the jobs that the tasks belong to; empty if it is one job.
std::string name_jobs(std::vector<const script::MappedJob*> jobs) {
  constexpr std::size_t max_named = 10;
  if (jobs.size() < 2) return {};
  std::sort(jobs.begin(), jobs.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
  const auto more = jobs.size() - std::min(jobs.size(), max_named);
  jobs.resize(std::min(jobs.size(), max_named));
  return util::count(jobs.size() + more, "job") + " (" +
         util::join(jobs, ", ", [](const auto* job) { return util::shell_quote(job->name); }) +
         (more > 0 ? " and " + util::count(more, "other") : "") + ")";
}

/// Asks before a whole array is cancelled: its id is also one task's own, and the user may not mean all the others.
util::Result<void> confirm_whole(const ControlOptions& options, const follow::Group& group, const Targets& targets) {
  const auto& selection = options.selection;
  const bool is_whole = group.targets().front().is_whole_array && selection.jobs.empty() && selection.tasks.empty();
  if (options.verb != Verb::cancel || options.yes || !is_whole || !util::can_ask()) return {};
  const auto jobs = name_jobs(targets.jobs);
  if (jobs.empty()) return {};
  const auto tasks = util::count(targets.tasks, "task");
  const auto what = group.name().empty() ? "array " + group.histories().front()->attempts.front().job_id : group.name();
  if (util::confirm(what + ": cancel " + tasks + " of " + jobs +
                    (group.name().empty() ? "" : ", in " + util::count(targets.arrays, "array")) + "?"))
    return {};
  return util::fail("the answer was not yes", "nothing was done", "--yes does it without a question");
}

/// Why there is nothing to do.
std::string explain_none(const follow::Histories& histories, const std::vector<std::vector<std::uint32_t>>& selected, Verb verb) {
  std::size_t held = 0;
  std::size_t all = 0;
  for (std::size_t i = 0; i < histories.size(); ++i) {
    all += selected[i].size();
    for (const auto index : selected[i]) held += is_fit(Verb::release, histories[i]->task(index)) ? 1 : 0;
  }
  const bool all_held = verb == Verb::hold && held > 0 && held == all;
  if (all_held) return held == 1 ? "it is held already" : "all " + std::to_string(held) + " are held already";
  return "no matching task is " + std::string(words_of(verb).fit);
}

util::Json group_json(const TaskGroup& group) { return {{"tasks", group.tasks}, {"names", group.names}}; }

/// What was done, or would be, for docs/json.md.
util::Json outcome_json(const ControlOptions& options, const follow::Group& group, const Targets& targets,
                        const Dependents& dependents) {
  util::Json json{{"action", words_of(options.verb).name},
                  {"done", !options.dry_run},
                  {"tasks", targets.tasks},
                  {"names", targets.names},
                  {"left", targets.left},
                  {"group", group.name().empty() ? util::Json(nullptr) : util::Json(group.name())},
                  {"arrays", group.job_ids()},
                  {"missing", follow::name_missing(group.missing())}};
  if (options.verb == Verb::cancel) {
    json["never"] = group_json(dependents.never);
    json["freed"] = group_json(dependents.freed);
    json["with_dependents"] = options.with_dependents;
  }
  return json;
}

/// Says what becomes of the tasks that wait for the cancelled ones.
void say_dependents(const Dependents& dependents, const ControlOptions& options) {
  if (options.telling.json || options.telling.quiet) return;
  const auto say = [](const TaskGroup& group, const char* one, const char* many) {
    std::fprintf(stderr, "sarray: note: %s %s: %s\n", util::count(group.tasks, "waiting task").c_str(),
                 group.tasks == 1 ? one : many, group.jobs.c_str());
  };
  if (dependents.freed.tasks > 0) say(dependents.freed, "does not wait for it any longer", "do not wait for it any longer");
  if (dependents.never.tasks == 0 || options.with_dependents) return;
  say(dependents.never, "can never run without it", "can never run without it");
  std::fprintf(stderr, "hint: %s\n",
               options.dry_run ? "--with-dependents cancels these, too"
                               : ("sarray cancel " + util::join(dependents.never.names, "; sarray cancel ")).c_str());
}

}  // namespace

Status control(const ControlOptions& options) {
  const auto verb = words_of(options.verb);
  begin_telling(options.telling);
  const auto site = queue::find_site();
  TRY(const auto word, read_task_word(site, options.word, verb.name));
  TRY(auto group, follow::Group::find(site, word, options.script, follow::Extent::tasks));
  say_group(group, options.word);
  warn_of_missing(group.missing(), LeftOut::left_as_it_is);
  const engine::SlurmEngine engine(site.client);
  CHECK_OK(group.refresh(engine));
  const auto histories = group.histories();
  TRY(const auto selected, group.filter(options.selection));
  TRY(auto targets, find_targets(histories, selected, options.verb));
  if (targets.tasks == 0) {
    return util::fail("job " + options.word, explain_none(histories, selected, options.verb),
                      "sarray status " + histories.front()->attempts.front().job_id + " --tasks");
  }
  auto line = util::count(targets.tasks, "task") +
              (group.name().empty() ? "" : " of " + util::count(targets.arrays, "array") + " (" + group.name() + ")") + ": " +
              util::join(targets.names, " ");
  if (targets.left > 0)
    line += "; " + util::count(targets.left, "other") + (targets.left == 1 ? " is" : " are") + " not " + verb.fit;
  Dependents dependents;
  if (options.verb == Verb::cancel) {
    TRY(dependents, find_dependents(site, engine, histories, targets.runs));
  }
  if (options.with_dependents && dependents.never.tasks > 0) {
    line += "; and " + util::count(dependents.never.tasks, "task") +
            " that could never run then: " + util::join(dependents.never.names, " ") + " (" + dependents.never.jobs + ")";
  }
  if (options.dry_run) {
    tell(options.telling, "would " + std::string(verb.name) + " " + line, outcome_json(options, group, targets, dependents));
    say_dependents(dependents, options);
    return 0;
  }
  CHECK_OK(confirm_whole(options, group, targets));
  const auto document = outcome_json(options, group, targets, dependents);
  // The children first: what waits for a task that has ended may start.
  if (options.with_dependents)
    targets.names.insert(targets.names.begin(), dependents.never.names.begin(), dependents.never.names.end());
  CHECK_OK(engine.control(options.verb, targets.names));
  tell(options.telling, std::string(verb.done) + " " + line, document);
  say_dependents(dependents, options);
  return 0;
}

namespace {

Status control_command(Verb verb, const std::string& description, const Words& words) {
  ControlOptions options;
  options.verb = verb;
  cli::Arguments arguments(words_of(verb).name, description, "TASK [--job SEL] [--tasks IDS] [-n] [--json]");
  auto& app = arguments.app();
  app.add_option("task", options.word, task_help)->required();
  add_control_options(app, options);
  TRY(const bool go_on, arguments.parse(words));
  if (!go_on) return 0;
  return control(options);
}

}  // namespace

void add_control_options(CLI::App& app, ControlOptions& options) {
  app.add_option("--job", options.selection.jobs, job_help)
      ->type_name("SEL")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--tasks", options.selection.tasks, "only these indices of the array, e.g. 3,5-8")->type_name("IDS");
  app.add_flag("-n,--dry-run", options.dry_run, "say what would be done");
  app.add_option("--from,--script", options.script, "the submitted script, if Slurm no longer has it")->type_name("FILE");
  add_telling_options(app, options.telling);
}

Status hold(const Words& words) { return control_command(Verb::hold, "Keeps pending tasks from starting.", words); }
Status release(const Words& words) { return control_command(Verb::release, "Lets held tasks start.", words); }
Status requeue(const Words& words) {
  return control_command(Verb::requeue,
                         "Puts running and failed tasks back into the queue. Slurm starts them again after two minutes or so.",
                         words);
}

}  // namespace sarray::commands
