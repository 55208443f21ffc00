#include "script/retry.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>

#include "cli/arguments.hpp"
#include "commands/commands.hpp"
#include "commands/outcome.hpp"
#include "commands/retry_array.hpp"
#include "commands/retry_dependents.hpp"
#include "commands/submit_options.hpp"
#include "commands/task_word.hpp"
#include "engine/delivery.hpp"
#include "engine/settle.hpp"
#include "follow/group.hpp"
#include "queue/gather.hpp"
#include "report/status.hpp"
#include "report/submission.hpp"
#include "report/table.hpp"
#include "slurm/language/group_name.hpp"
#include "store/groups.hpp"
#include "util/fd.hpp"
#include "util/json.hpp"
#include "util/message.hpp"
#include "util/numbers.hpp"
#include "util/quiet.hpp"
#include "util/user_text.hpp"

namespace sarray::commands {

namespace {

using slurm::TaskState;

struct RetryOptions {
  std::string word;
  std::string script;
  follow::Selection selection;
  bool dry_run = false;
  Telling telling;
  bool parsable = false;
  bool again = false;
  bool with_dependents = true;  ///< what waits for the tasks waits for their new attempts
  std::optional<std::uint32_t> throttle;
  Words sbatch_words;
};

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
                           "TASK [--state STATES] [--job SEL] [--tasks IDS] [-n] [--throttle N] [sbatch option]...");
  arguments.takes_sbatch_options(override_names());
  auto& app = arguments.app();
  app.footer("Any other option of sbatch overrides that option of the array, e.g. --mem=32G --time=2:00:00.");
  app.add_option("task", options.word, task_help)->required();
  app.add_option("--state", states,
                 "which tasks: failed, timeout, out_of_memory (these by default), cancelled, completed, unknown")
      ->type_name("STATES");
  bool failed = false;
  app.add_flag("--failed", failed, "the default of --state, as in status and logs")->excludes(app.get_option("--state"));
  app.add_option("--job", options.selection.jobs, job_help)
      ->type_name("SEL")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--tasks", options.selection.tasks, "only these indices of the first array")->type_name("IDS");
  app.add_flag("-n,--dry-run", options.dry_run, "print the script and submit nothing");
  app.add_option("--throttle", throttle, "run at most N tasks at once; 0: no limit")->type_name("N");
  std::string letter;
  auto* letter_option = app.add_option("-t", letter)->group("");  // most who type it mean more time
  add_telling_options(app, options.telling, false);
  app.add_flag("--parsable", options.parsable, "print the job id alone");
  app.add_flag("--again", options.again, "also if an earlier retry was interrupted, and Slurm may have forgotten that it ran");
  app.add_flag("!--no-dependents", options.with_dependents,
               "leave the tasks that wait for these, and now never run, as they are");
  app.add_option("--from,--script", options.script, "the submitted script, if Slurm no longer has it")->type_name("FILE");
  auto* output_option = app.add_option("-o,--output", output)->group("");  // submit's own word: not one that sbatch would get
  options.sbatch_words = take_sbatch_words(own, {"state", "job", "tasks", "script"});
  TRY(const bool go_on, arguments.parse(own));
  if (!go_on) return std::optional<RetryOptions>();
  if (letter_option->count() > 0)
    return util::fail(util::usage_error("retry: -t " + letter, "it may be a time limit, or how many tasks run at once",
                                        "sarray retry " + options.word + " --time=" + letter + ", or --throttle=" + letter));
  if (output_option->count() > 0) {
    util::Error error{"--output", "each task has its own, and a retry keeps it", "sarray retry --help"};
    error.status = static_cast<int>(util::Exit::usage);
    return util::fail(std::move(error));
  }
  TRY(options.selection.states, parse_states(states));
  if (!throttle.empty()) {
    TRY(options.throttle, util::parse_number(throttle, "--throttle", 0, "sarray retry --help"));
  }
  return std::optional(std::move(options));
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

/// Refuses to go on without the new attempt: what waits for an earlier one would go on to wait for it, and nobody would know.
util::Result<void> check_known(const follow::History& history, const std::string& job_id) {
  const bool is_known = std::any_of(history.attempts.begin(), history.attempts.end(),
                                    [&](const auto& attempt) { return attempt.job_id == job_id; });
  if (is_known) return {};
  return util::fail(
      "array " + job_id,
      "it is submitted, but its record cannot be read: tasks that wait for an earlier attempt do not wait for it yet",
      "sarray retry " + history.attempts.front().job_id + ", which submits nothing twice, and tells them");
}

/// Returns all arrays as one plan, for a report.
plan::Plan join_plans(const std::vector<RetriedArray>& arrays) {
  plan::Plan all;
  for (const auto& array : arrays) {
    const auto first_job = static_cast<std::uint32_t>(all.jobs.size());
    all.jobs.insert(all.jobs.end(), array.retry.plan.jobs.begin(), array.retry.plan.jobs.end());
    all.arrays.push_back(array.retry.plan.arrays.front());
    for (auto& placement : all.arrays.back().placements) placement.job += first_job;
  }
  return all;
}

util::Json to_json(const std::vector<RetriedArray>& arrays, const std::vector<std::string>& missing) {
  std::vector<report::SubmittedArray> shown;
  for (std::size_t number = 0; number < arrays.size(); ++number) {
    const auto& array = arrays[number];
    if (array.job_id.empty()) {
      shown.push_back({number, std::nullopt, ""});
    } else {
      shown.push_back({number, array.job_id, array.submission_folder.folder + "/sarray.slurm"});
    }
  }
  auto json = report::submission_json(join_plans(arrays), shown);
  json["missing"] = missing;
  return json;
}

void print_table(const RetriedArray& array) {
  const auto& plan = array.retry.plan;
  std::fputs(report::submission_text(plan, plan.arrays.front(), array.options.names, report::terminal_width(2)).c_str(), stderr);
}

Status show(const std::vector<RetriedArray>& arrays, const RetryOptions& options, const std::vector<std::string>& missing) {
  if (options.telling.json) {
    std::fputs(util::to_line(to_json(arrays, missing)).c_str(), stdout);
    return 0;
  }
  for (const auto& array : arrays) {
    CHECK_OK(util::write_all(1, array.retry.rendered.script, "standard output"));
    say("a dry run: nothing is submitted");
    print_table(array);
  }
  return 0;
}

/// What is retried by one command.
struct RetryRun {
  const RetryOptions& options;
  const slurm::SlurmSite& site;
  const engine::SlurmEngine engine;
  const slurm::Dialect dialect;
  slurm::GroupPlace place;           ///< of the last array, if there are several
  std::vector<RetriedArray> arrays;  ///< of all that is retried, in order
};

/// Gives the retry of several arrays its number.
util::Result<void> number_group(RetryRun& run, const store::StateFolder& folder) {
  if (run.place.number > 0) return {};
  if (run.options.dry_run) {
    run.place.number = store::next_group_number(folder);
  } else {
    TRY(run.place.number, store::take_group_number(folder));
  }
  return {};
}

/// Returns the next array's place. Nobody goes on with a retry by its number: until it is done, each of its arrays counts as the
/// last one.
slurm::GroupPlace next_place(RetryRun& run) {
  if (run.place.number == 0) return {};
  ++run.place.part;
  run.place.of = run.place.part;
  return run.place;
}

/// Submits the arrays one by one, and says what Slurm answers.
util::Result<void> submit_all(std::vector<RetriedArray>& arrays, const RetryOptions& options, const engine::Engine& engine) {
  for (auto& array : arrays) {
    TRY(const auto delivery, submit_retry(array, engine));
    const auto text = options.telling.json ? std::string() : options.parsable ? delivery.job_id + "\n" : delivery.answer;
    if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0)
      say("warning: standard output cannot be written; Slurm has the array, as job " + delivery.job_id);
    engine::note_delivery(array.submission_folder, delivery);
    if (!options.telling.json && !options.telling.quiet) print_table(array);
  }
  return {};
}

/// Records how many arrays the retry became, so that it is seen if one of their records is lost later.
void note_parts(const RetryRun& run) {
  for (const auto& array : run.arrays) {
    if (run.place.number == 0 || array.submission_folder.group.part == run.place.part) continue;
    const auto noted = store::note_parts(array.submission_folder.folder, run.place.part);
    if (!noted) say("warning: " + noted.error().what + ": " + noted.error().why);
  }
}

/// Says what is known when all is submitted.
void tell_all(const RetryRun& run, const std::vector<std::string>& missing) {
  const auto& options = run.options;
  if (options.telling.json &&
      (std::fputs(util::to_line(to_json(run.arrays, missing)).c_str(), stdout) < 0 || std::fflush(stdout) != 0))
    say("warning: standard output cannot be written; Slurm has the array, as job " + run.arrays.front().job_id);
  if (run.place.number > 0 && run.arrays.size() > 1)
    say("note: " + slurm::group_name(run.place.number) + " is these " + util::count(run.arrays.size(), "array") +
        ": any of their ids, or the name, stands for all of them");
}

/// Prepares the array of the user's own words, if any of its tasks run again, and those that go along.
util::Result<std::vector<RetriedArray>> prepare(RetryRun& run, const follow::ArrayHistory& own,
                                                const std::vector<std::uint32_t>& indices, const RetriedFamily* family) {
  TRY(const auto folder, store::StateFolder::open());
  const auto command = "sarray retry " + own.history().attempts.front().job_id;
  const auto count = (indices.empty() ? 0 : 1) + (family == nullptr ? 0 : family->taken().size());
  if (count > 1) CHECK_OK(number_group(run, folder));
  std::vector<RetriedArray> arrays;
  if (!indices.empty()) {
    TRY(auto overrides, read_overrides(run.options.sbatch_words, run.dialect));
    TRY(auto array, prepare_retry(run.site, folder, own, indices, {run.options.throttle, std::move(overrides), next_place(run)},
                                  run.dialect, command));
    arrays.push_back(std::move(array));
  }
  if (family == nullptr) return arrays;
  for (const auto& tasks : family->taken()) {
    TRY(auto array, prepare_retry(run.site, folder, family->array_history(tasks), tasks.indices, {{}, {}, next_place(run)},
                                  run.dialect, command));
    arrays.push_back(std::move(array));
  }
  for (auto& array : arrays) array.retry.plan.is_pipeline = family->is_pipeline();
  return arrays;
}

/// One array, and which of its tasks are meant.
struct Meant {
  follow::TaskReference word;
  std::optional<std::vector<std::uint32_t>> indices;  ///< ascending; nullopt: what the word and the selection say
};

/// Returns those of the array's tasks that run again.
util::Result<std::vector<std::uint32_t>> choose_tasks(const follow::Group& one, const Meant& meant, const RetryOptions& options) {
  auto selection = options.selection;
  if (meant.indices) selection = {{}, "", selection.states, false};
  TRY(const auto lists, one.filter(selection));
  if (!meant.indices) return lists.front();
  std::vector<std::uint32_t> indices;
  std::set_intersection(lists.front().begin(), lists.front().end(), meant.indices->begin(), meant.indices->end(),
                        std::back_inserter(indices));
  return indices;
}

/// Retries the tasks of one array, with what waits for them. @return whether there was anything to do.
util::Result<bool> retry_array(RetryRun& run, const Meant& meant) {
  const auto& options = run.options;
  const auto& site = run.site;
  const auto find = [&] { return follow::Group::find(site, meant.word, options.script, follow::Extent::tasks); };
  TRY(auto one, find());
  util::Fd lock;
  if (!options.dry_run) {
    TRY(lock, begin_retry(site, one.histories().front()->attempts.front().job_id, options.again));
    TRY(one, find());  // with what other retries did in the meantime
  }
  const bool repoints = options.with_dependents && !options.dry_run;
  const bool was_retried = one.histories().front()->attempts.size() > 1;
  if (repoints && was_retried)
    CHECK_OK(repoint_dependents(one.targets().front().array_history, run.engine));  // what an interrupted retry left to do
  CHECK_OK(one.refresh(run.engine));
  const auto& array_history = one.targets().front().array_history;
  const auto& history = array_history.history();
  CHECK_OK(check_attempts(history));
  TRY(const auto indices, choose_tasks(one, meant, options));
  for (const auto& note : history.notes) say("note: " + note);
  std::optional<RetriedFamily> family;
  if (options.with_dependents) {
    TRY(family, RetriedFamily::find(site, history, run.engine, run.dialect.release(), !options.dry_run, options.again));
    family->choose(indices);
  }
  say_what_is_left(history, indices);
  const bool goes_on = family && family->is_pipeline();  // with what was cut off
  if (indices.empty() && !goes_on) return false;
  TRY(auto arrays, prepare(run, array_history, indices, family ? &*family : nullptr));
  if (!options.dry_run) {
    CHECK_OK(submit_all(arrays, options, run.engine));
    if (goes_on) CHECK_OK(family->finish(run.engine, run.dialect.release()));
  }
  if (repoints && !goes_on) {
    TRY(one, find());  // with the new attempt
    CHECK_OK(check_known(*one.histories().front(), arrays.front().job_id));
    CHECK_OK(repoint_dependents(one.targets().front().array_history, run.engine));
  }
  std::move(arrays.begin(), arrays.end(), std::back_inserter(run.arrays));
  return true;
}

/// Returns the arrays of which tasks are retried, in the order of the submission: what waits for others comes after them.
util::Result<std::vector<Meant>> choose_arrays(RetryRun& run, follow::Group& group, const follow::TaskReference& word) {
  if (group.targets().size() == 1) return std::vector<Meant>{{word, std::nullopt}};
  CHECK_OK(group.refresh(run.engine));
  auto of_any_state = run.options.selection;
  of_any_state.states.clear();
  TRY(auto meant, group.filter(of_any_state));
  TRY(const auto again, group.filter(run.options.selection));
  const auto any = std::count_if(again.begin(), again.end(), [](const auto& indices) { return !indices.empty(); });
  if (any > 1) {
    TRY(const auto folder, store::StateFolder::open());
    CHECK_OK(number_group(run, folder));
  }
  std::vector<Meant> arrays;
  for (std::size_t i = 0; i < meant.size(); ++i) {
    if (!meant[i].empty()) arrays.push_back({group.references()[i], std::move(meant[i])});
  }
  return arrays;
}

/// Says why nothing is retried. A retry means its own tasks: if others of its submission failed, it is that which is to be named.
util::Result<util::Error> explain_none(const RetryRun& run, const follow::Group& group, const follow::TaskReference& word) {
  const auto& first_id = group.histories().front()->attempts.front().job_id;
  util::Error error{"job " + run.options.word, "no tasks to run again", "sarray status " + first_id};
  if (!group.targets().front().is_whole_array || !run.options.selection.jobs.empty() || !run.options.selection.tasks.empty())
    return error;
  TRY(auto whole, follow::Group::find(run.site, word, run.options.script, follow::Extent::history));
  CHECK_OK(whole.refresh(run.engine));
  TRY(const auto lists, follow::select_tasks(whole.histories(), {{}, "", run.options.selection.states, false}));
  std::size_t tasks = 0;
  for (const auto& list : lists) tasks += list.size();
  if (tasks == 0) return error;
  error.why += ": that is a retry, and " + util::count(tasks, "other task") + " of its submission " +
               (tasks == 1 ? "is" : "are") + " to run again";
  error.hint = "sarray retry " + whole.histories().front()->attempts.front().job_id;
  return error;
}

}  // namespace

Status retry(const Words& words) {
  TRY(const auto options, parse(words));
  if (!options) return 0;
  begin_telling(options->telling);
  const auto site = queue::find_site();
  TRY(const auto word, read_task_word(site, options->word, "retry"));
  TRY(auto group, follow::Group::find(site, word, options->script, follow::Extent::tasks));
  say_group(group, options->word);
  warn_of_missing(group.missing(), LeftOut::left_as_it_is);
  const auto missing = follow::name_missing(group.missing());
  RetryRun run{*options, site, engine::SlurmEngine(site.client), queue::learn_dialect(site.client), {}, {}};
  TRY(const auto arrays, choose_arrays(run, group, word));
  bool any = false;
  for (const auto& array : arrays) {
    TRY(const bool is_retried, retry_array(run, array));
    any = any || is_retried;
  }
  if (!any) {
    TRY(auto error, explain_none(run, group, word));
    return util::fail(std::move(error));
  }
  if (options->dry_run) return show(run.arrays, *options, missing);
  note_parts(run);
  tell_all(run, missing);
  return 0;
}

}  // namespace sarray::commands
