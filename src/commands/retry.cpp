#include "script/retry.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "capture/surroundings.hpp"
#include "cli/arguments.hpp"
#include "cli/version.hpp"
#include "commands/commands.hpp"
#include "commands/dependents.hpp"
#include "commands/submit_options.hpp"
#include "commands/task_word.hpp"
#include "engine/delivery.hpp"
#include "engine/settle.hpp"
#include "engine/submissions.hpp"
#include "follow/repoint.hpp"
#include "follow/selection.hpp"
#include "follow/start.hpp"
#include "queue/gather.hpp"
#include "report/status.hpp"
#include "report/submission.hpp"
#include "report/table.hpp"
#include "util/fd.hpp"
#include "util/json.hpp"
#include "util/message.hpp"
#include "util/numbers.hpp"
#include "util/user_text.hpp"

namespace sarray::commands {

namespace {

using slurm::TaskState;

struct RetryOptions {
  std::string word;
  std::string script;
  follow::Selection selection;
  bool dry_run = false;
  bool json = false;
  bool parsable = false;
  bool again = false;
  bool with_dependents = true;  ///< what waits for the tasks waits for their new attempts
  std::optional<std::uint32_t> throttle;
  Words sbatch_words;
};

void say(const std::string& line) { std::fprintf(stderr, "sarray: %s\n", util::printable(line).c_str()); }

util::Result<std::vector<TaskState>> parse_states(const std::string& list) {
  std::vector<TaskState> states;
  for (std::size_t at = 0; at <= list.size();) {
    const auto end = std::min(list.find(',', at), list.size());
    const auto word = list.substr(at, end - at);
    const auto found = std::find_if(slurm::all_task_states.begin(), slurm::all_task_states.end(),
                                    [&](TaskState state) { return word == slurm::task_state_name(state); });
    const bool can_run_again =
        found != slurm::all_task_states.end() && *found != TaskState::pending && *found != TaskState::running;
    if (!can_run_again) {
      util::Error error{"--state " + word, "tasks in such a state cannot be run again",
                        "--state failed,timeout,out_of_memory,cancelled,completed,unknown"};
      error.status = static_cast<int>(util::Exit::usage);
      return util::fail(std::move(error));
    }
    states.push_back(*found);
    at = end + 1;
  }
  return states;
}

util::Result<std::optional<RetryOptions>> parse(const Words& words) {
  RetryOptions options;
  auto own = words;
  // Our own options come first: --job is a word that sbatch would take for the beginning of --job-name.
  std::string states = "failed,timeout,out_of_memory";
  std::string throttle;
  std::string output;
  cli::Arguments arguments("retry", "Submits failed tasks again, as one array: same ids, arguments, environment and file names.",
                           "TASK [--state STATES] [--job SEL] [--tasks IDS] [-n] [-t N] [sbatch option]...");
  arguments.takes_sbatch_options(override_names());
  auto& app = arguments.app();
  app.footer("Any other option of sbatch overrides that option of the array, e.g. --mem=32G --time=2:00:00.");
  app.add_option("task", options.word, task_help)->required();
  app.add_option("--state", states,
                 "which tasks: failed, timeout, out_of_memory (these by default), cancelled, completed, unknown")
      ->type_name("STATES");
  app.add_option("--job", options.selection.jobs, job_help)
      ->type_name("SEL")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--tasks", options.selection.tasks, "only these indices of the first array")->type_name("IDS");
  app.add_flag("-n,--dry-run", options.dry_run, "print the script and submit nothing");
  app.add_option("-t,--throttle", throttle, "run at most N tasks at once; 0: no limit")->type_name("N");
  app.add_flag("--json", options.json, "answer in JSON (docs/json.md)");
  app.add_flag("--parsable", options.parsable, "print the job id alone");
  app.add_flag("--again", options.again, "also if an earlier retry was interrupted, and Slurm may have forgotten that it ran");
  app.add_flag("!--no-dependents", options.with_dependents,
               "leave the tasks that wait for these, and now never run, as they are");
  app.add_option("--from,--script", options.script, "the submitted script, if Slurm no longer has it")->type_name("FILE");
  auto* output_option = app.add_option("-o,--output", output)->group("");  // submit's own word: not one that sbatch would get
  options.sbatch_words = take_sbatch_words(own, {"state", "job", "tasks", "script"});
  TRY(const bool go_on, arguments.parse(own));
  if (!go_on) return std::optional<RetryOptions>();
  if (output_option->count() > 0) {
    util::Error error{"--output", "each task has its own, and a retry keeps it", "sarray retry --help"};
    error.status = static_cast<int>(util::Exit::usage);
    return util::fail(std::move(error));
  }
  TRY(options.selection.states, parse_states(states));
  if (!throttle.empty()) {
    TRY(options.throttle, util::parse_number(throttle, "-t", 0, "sarray retry --help"));
  }
  return std::optional(std::move(options));
}

/// Returns this shell's own environment, umask and limits, for an array of which nothing better is known.
slurm::Start own_start(const slurm::SlurmSite& site) {
  slurm::Start start;
  start.environment = site.environment;
  start.umask = capture::current_umask();
  start.limits = capture::current_limits();
  return start;
}

util::Result<plan::PlanOptions> make_options(const RetryOptions& options, const slurm::SlurmSite& site,
                                             const follow::History& history, const slurm::Dialect& dialect) {
  plan::PlanOptions plan_options;
  plan_options.release = dialect.release();
  plan_options.user = slurm::user_name(site.environment);
  plan_options.sarray_version = cli::version;
  plan_options.throttle = options.throttle;
  plan_options.names = history.map().names;
  for (const auto& attempt : history.attempts) plan_options.retry_of.push_back(attempt.job_id);
  TRY(plan_options.overrides, read_overrides(options.sbatch_words, dialect));
  return plan_options;
}

Status show(const script::Retry& retry, plan::Names names, const RetryOptions& options) {
  report::SubmittedArray shown{0, std::nullopt, ""};
  if (options.json) {
    std::fputs(util::to_line(report::submission_json(retry.plan, {shown})).c_str(), stdout);
    return 0;
  }
  CHECK_OK(util::write_all(1, retry.rendered.script, "standard output"));
  say("a dry run: nothing is submitted");
  std::fputs(report::submission_text(retry.plan, retry.plan.arrays.front(), names, report::terminal_width(2)).c_str(), stderr);
  return 0;
}

Status deliver_retry(const script::Retry& retry, const engine::SubmissionFolder& submission_folder,
                     const plan::PlanOptions& plan_options, const slurm::SlurmSite& site, const RetryOptions& options) {
  const auto& array = retry.plan.arrays.front();
  TRY(const auto delivery,
      engine::deliver(submission_folder, retry.plan, array, retry.rendered, plan_options, engine::SlurmEngine(site.client),
                      nullptr, submission_folder.folder + "/sarray.slurm"));
  const report::SubmittedArray submitted{0, delivery.job_id, submission_folder.folder + "/sarray.slurm"};
  const auto text = options.json       ? util::to_line(report::submission_json(retry.plan, {submitted}))
                    : options.parsable ? delivery.job_id + "\n"
                                       : delivery.answer;
  if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0)
    say("warning: standard output cannot be written; Slurm has the array, as job " + delivery.job_id);
  engine::note_delivery(submission_folder, delivery);
  if (options.json) return 0;
  std::fputs(report::submission_text(retry.plan, array, plan_options.names, report::terminal_width(2)).c_str(), stderr);
  return 0;
}

/// @return held until the retry is Slurm's: another one would find the same tasks failed.
util::Result<util::Fd> begin_retry(const slurm::SlurmSite& site, const std::string& first_id, bool again) {
  TRY(const auto folder, store::StateFolder::open());
  TRY(auto lock, engine::lock_retries(first_id, folder));
  TRY(const auto lines, engine::settle_retries(first_id, folder, engine::SlurmEngine(site.client), again));
  for (const auto& line : lines) say("note: " + line);
  return lock;
}

std::vector<script::RetryTask> tasks_to_retry(const follow::History& history, const std::vector<std::uint32_t>& indices) {
  std::vector<script::RetryTask> tasks;
  tasks.reserve(indices.size());
  for (const auto index : indices) tasks.push_back({index, history.latest_of(index).attempt + 1});
  return tasks;
}

/// Prints what is lost of earlier attempts.
void say_what_is_written_again(const script::Retry& retry) {
  if (retry.written_again == 0) return;
  say("note: " + util::count(retry.written_again, "task") +
      (retry.written_again == 1 ? " writes again to the file" : " write again to the files") +
      " of the attempt before: no id of a job (%A of an array, %j) is in the name");
}

/// Lets the tasks that wait for what was retried wait for its last attempts. Safe to do again: what is done is done.
/// @return an error if Slurm does not take it, or takes it and does not show it.
util::Result<void> repoint_dependents(follow::ArrayHistory& array_history, const engine::Engine& engine) {
  const auto names_attempt = [&](const slurm::WaitingTask& task) {
    const auto& attempts = array_history.history().attempts;
    return std::any_of(task.conditions.begin(), task.conditions.end(), [&](const auto& condition) {
      return std::any_of(attempts.begin(), attempts.end(), [&](const auto& one) { return one.job_id == condition.job_id; });
    });
  };
  std::size_t tasks = 0;
  for (int round = 0;; ++round) {
    TRY(const auto waiting, engine.waiting_tasks());
    if (std::none_of(waiting.begin(), waiting.end(), names_attempt)) break;  // as of most arrays
    CHECK_OK(array_history.refresh());
    const auto repointed = follow::find_repointed(array_history.history(), waiting);
    if (repointed.empty()) break;
    if (round == 2) {
      const auto name = name_tasks(repointed.front().array_id, repointed.front().indices).front();
      return util::fail("job " + name, "Slurm does not show the dependency that it was given, " + repointed.front().dependency,
                        "scontrol show job " + name);
    }
    std::vector<slurm::DependencyUpdate> updates;
    for (const auto& group : repointed) {
      for (auto& name : name_tasks(group.array_id, group.indices)) updates.push_back({std::move(name), group.dependency});
      tasks += round == 0 ? group.indices.size() : 0;
    }
    CHECK_OK(engine.set_dependencies(updates, [] {}));
  }
  if (tasks > 0)
    say("note: " + util::count(tasks, "waiting task") + (tasks == 1 ? " waits" : " wait") + " for the new attempts now");
  return {};
}

/// Prints which tasks stay as they are, so that nobody thinks that they were rerun.
void say_what_is_left(const follow::History& history, const std::vector<std::uint32_t>& indices) {
  std::uint32_t cancelled = 0;
  std::uint32_t unknown = 0;
  for (auto index = history.map().first_index(); index < history.map().end_index(); ++index) {
    if (std::binary_search(indices.begin(), indices.end(), index)) continue;
    cancelled += history.task(index).state == TaskState::cancelled ? 1 : 0;
    unknown += history.task(index).state == TaskState::unknown ? 1 : 0;
  }
  if (cancelled > 0) say("note: left as they are: " + util::count(cancelled, "cancelled task") + " (--state cancelled)");
  if (unknown > 0) say("note: left as they are: " + util::count(unknown, "task") + " that Slurm has forgotten (--state unknown)");
}

/// Refuses an attempt whose job id Slurm may have given to another job: the states would not be those of its tasks.
util::Result<void> check_attempts(const follow::History& history) {
  const auto doubtful =
      std::find_if(history.attempts.begin(), history.attempts.end(), [](const auto& attempt) { return attempt.is_doubtful; });
  if (doubtful == history.attempts.end()) return {};
  return util::fail("job " + doubtful->job_id,
                    "Slurm shows a job of that id that was submitted at another time, and not its script: it may be another job",
                    "sacct -j " + doubtful->job_id);
}

}  // namespace

Status retry(const Words& words) {
  TRY(const auto options, parse(words));
  if (!options) return 0;
  const auto site = queue::find_site();
  TRY(const auto word, read_task_word(site, options->word, "retry"));
  TRY(auto target, follow::find_target(site, word, options->script));
  util::Fd lock;
  if (!options->dry_run) {
    TRY(lock, begin_retry(site, target.array_history.history().attempts.front().job_id, options->again));
    TRY(target, follow::find_target(site, word, options->script));  // with what other retries did in the meantime
  }
  const engine::SlurmEngine engine(site.client);
  const bool repoints = options->with_dependents && !options->dry_run;
  const bool was_retried = target.array_history.history().attempts.size() > 1;
  if (repoints && was_retried)
    CHECK_OK(repoint_dependents(target.array_history, engine));  // what an interrupted retry left to do
  CHECK_OK(target.array_history.refresh());
  const auto& history = target.array_history.history();
  CHECK_OK(check_attempts(history));
  TRY(const auto indices, follow::filter_tasks(target, options->selection));
  for (const auto& note : history.notes) say("note: " + note);
  say_what_is_left(history, indices);
  const auto& first_id = history.attempts.front().job_id;
  if (indices.empty()) return util::fail("job " + options->word, "no tasks to run again", "sarray status " + first_id);
  const auto dialect = queue::learn_dialect(site.client);
  TRY(auto plan_options, make_options(*options, site, history, dialect));
  auto start = follow::read_start(site, history.attempts.front());
  if (!start) {
    say("warning: the environment of job " + first_id +
        " is not recorded on this machine: variables that its script does not hold, umask and "
        "limits come from this shell");
    start = own_start(site);
  }
  TRY(const auto folder, store::StateFolder::open());
  auto submission_folder = engine::name_submission_folder(folder, first_id);
  submission_folder.cluster = slurm::cluster_name(site);
  submission_folder.command = "sarray retry " + first_id;
  engine::set_folders(plan_options, folder.path(), submission_folder.marker);
  TRY(const auto retry, script::plan_retry(history.map(), target.array_history.script(0), tasks_to_retry(history, indices),
                                           *start, dialect, plan_options));
  say_what_is_written_again(retry);
  if (options->dry_run) return show(retry, plan_options.names, *options);
  TRY(const auto status, deliver_retry(retry, submission_folder, plan_options, site, *options));
  if (repoints) {
    TRY(target, follow::find_target(site, word, options->script));  // with the new attempt
    CHECK_OK(repoint_dependents(target.array_history, engine));
  }
  return status;
}

}  // namespace sarray::commands
