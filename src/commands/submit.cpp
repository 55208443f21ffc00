#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "capture/listen.hpp"
#include "capture/strays.hpp"
#include "cli/preview.hpp"
#include "cli/version.hpp"
#include "commands/commands.hpp"
#include "commands/secrets.hpp"
#include "commands/submit_files.hpp"
#include "commands/submit_group.hpp"
#include "commands/submit_options.hpp"
#include "commands/submit_pipeline.hpp"
#include "engine/delivery.hpp"
#include "engine/file_lock.hpp"
#include "engine/settle.hpp"
#include "plan/graph.hpp"
#include "plan/requests.hpp"
#include "queue/changed_scripts.hpp"
#include "queue/choice.hpp"
#include "queue/file_session.hpp"
#include "queue/gather.hpp"
#include "report/graph.hpp"
#include "report/submission.hpp"
#include "report/table.hpp"
#include "script/render.hpp"
#include "slurm/language/file_pattern.hpp"
#include "slurm/language/virtual_id.hpp"
#include "store/fulfilled.hpp"
#include "store/submissions.hpp"
#include "util/environment_names.hpp"
#include "util/fd.hpp"
#include "util/join.hpp"
#include "util/message.hpp"
#include "util/user_text.hpp"

namespace sarray::commands {

namespace {

void say(const std::string& line) { std::fprintf(stderr, "%s\n", util::printable(line).c_str()); }

/// What one run of submit works on.
struct SubmitRun {
  explicit SubmitRun(SubmitOptions given) : options(std::move(given)), site(queue::find_site()) {}
  SubmitOptions options;
  slurm::SlurmSite site;
  queue::QueuedJobs queued;
  plan::PlanOptions plan_options;
  util::Fd lock;
  slurm::Configuration configuration;  ///< of the Slurm that was asked
  std::string queue_file;              ///< the file's absolute path; empty: standard input, or a session
  std::string last_word;               ///< of the file's last submission, as it was when the command began
  std::optional<engine::FileLock> file_lock;
  bool is_journaled = false;           ///< what becomes of a file's lines must be remembered line by line
  queue::HeldArrays held;              ///< of the session, since an earlier submit
  std::vector<TakenArray> taken;       ///< of the plan, by Slurm
  std::vector<std::string> announced;  ///< job ids that were told
  std::vector<std::pair<engine::SubmissionFolder, engine::Delivery>> unannounced;  ///< what Slurm took, and we have not said yet
};

util::Result<void> ask_limits(SubmitRun& run) {
  auto configuration = run.site.client.configuration();
  if (!configuration) {
    if (run.options.dry_run) return {};
    return util::fail(std::move(configuration).error());
  }
  run.configuration = *configuration;
  auto& limits = run.plan_options.limits;
  limits.max_array_size = configuration->max_array_size;
  limits.max_array_tasks = configuration->max_array_tasks;
  limits.max_script_size = configuration->max_script_size;
  limits.max_job_count = configuration->max_job_count;
  limits.limits_requests = configuration->limits_requests;
  limits.correspond_after_task_cnt = configuration->correspond_after_task_cnt;
  limits.known = true;
  run.plan_options.job_file_append = configuration->job_file_append;
  return {};
}

/// Notes which file is submitted, and its last submission, before Slurm is asked: another submit may be quicker. Standard input
/// has no name by which two could be told apart, and of a file that is not there the reading will say so.
util::Result<void> remember_last_word(SubmitRun& run) {
  if (run.options.dry_run || run.options.file.empty() || run.options.file == "-") return {};
  std::error_code trouble;
  run.queue_file = std::filesystem::canonical(run.options.file, trouble).string();
  if (trouble) {
    run.queue_file.clear();
    return {};
  }
  TRY(const auto folder, store::StateFolder::open());
  run.last_word = engine::FileLock::last_word(run.queue_file, folder);
  return {};
}

/// Finds out what became of earlier submissions of the same queue file.
util::Result<void> settle_earlier(SubmitRun& run) {
  if (run.queue_file.empty()) return {};
  TRY(const auto folder, store::StateFolder::open());
  TRY(run.file_lock, engine::FileLock::take(run.queue_file, folder, run.last_word));
  TRY(const auto lines, engine::settle_file(run.queue_file, folder, engine::SlurmEngine(run.site.client), run.options.again));
  for (const auto& line : lines) util::note(line);
  if (!run.options.again) CHECK_OK(queue::check_nothing_left(run.queue_file, folder));
  return {};
}

/// Names what went past the session while its own shell goes on; at its end it is asked again.
void warn_of_strays(const SubmitRun& run) {
  const char* current = std::getenv(util::session_variable);
  if (current != nullptr && run.queued.session->name() == current)
    capture::warn_of_strays(*run.queued.session, run.queued.contents, run.site.client);
}

util::Result<void> gather(SubmitRun& run) {
  const auto max = run.plan_options.limits.known ? run.plan_options.limits.max_array_size : slurm::unknown_max_array_size;
  if (!run.options.file.empty()) {
    if (!run.options.dry_run) CHECK_OK(settle_earlier(run));
    TRY(run.queued, queue::gather_file(run.options.file, run.site, max));
    return {};
  }
  TRY(auto session, queue::find_session(run.options.session));
  if (!run.options.dry_run) {
    TRY(run.lock, queue::lock_session(session));
    CHECK_OK(session.sync());
    TRY(const auto folder, store::StateFolder::open());
    TRY(const auto lines, engine::settle_interrupted(session, folder, engine::SlurmEngine(run.site.client), run.options.again));
    for (const auto& line : lines) util::note(line);
  }
  TRY(run.queued, queue::gather_session(std::move(session), max));
  if (!run.options.jobs.empty()) {
    TRY(auto numbers, queue::find_queued(run.queued.contents, run.options.jobs));
    CHECK_OK(queue::choose_jobs(run.queued.jobs, std::move(numbers), run.options.with_parents));
  }
  for (const auto& line : queue::describe_changed_scripts(run.queued.jobs)) util::note(line);
  for (const auto& warning : run.queued.contents.warnings) util::warn(warning);
  TRY(const auto folder, store::StateFolder::open());
  TRY(run.held, queue::gather_held_arrays(run.queued, folder, max));
  if (run.queued.session) warn_of_strays(run);
  return {};
}

/// Whether a file is recorded as a session, which gives its lines their ids: one that may make several arrays is, or one that is
/// held for a while.
bool becomes_session(const SubmitRun& run) { return run.is_journaled && !run.options.dry_run && !run.queued.session; }

/// Gives virtual ids to the lines of a queue file. A dry run shows the first ones if no state can be kept on this machine.
util::Result<void> give_ids(SubmitRun& run) {
  auto& jobs = run.queued.jobs;
  auto folder = store::StateFolder::open();
  auto id = slurm::first_virtual_id;
  if (folder) {
    TRY(id, store::next_virtual_ids(*folder, static_cast<std::uint32_t>(jobs.size())));
  } else if (!run.options.dry_run) {
    return util::fail(std::move(folder).error());
  }
  for (auto& job : jobs) job.id = id++;
  return {};
}

/// Finds out what the jobs wait for outside of the queue. A dry run asks nobody.
util::Result<void> find_outside(SubmitRun& run) {
  auto id = slurm::last_virtual_id - static_cast<std::uint32_t>(run.queued.jobs.size());
  for (auto& job : run.queued.jobs) {
    if (job.id == 0) job.id = ++id;  // until the file is recorded: jobs of one name are told apart by it
  }
  const auto folder = store::StateFolder::open();
  if (!folder) return {};
  const auto fulfilled = run.queued.session ? store::read_fulfilled(run.queued.session->folder()) : std::set<std::string>();
  TRY(run.plan_options.outside, find_outside_jobs(run.queued.jobs, run.held, *folder, engine::SlurmEngine(run.site.client),
                                                  !run.options.dry_run, fulfilled, run.options.assume_done));
  return {};
}

util::Error empty_queue(const SubmitRun& run) {
  if (!run.options.file.empty())
    return {run.options.file, "it contains no sbatch calls", "a line is: sbatch [OPTION]... SCRIPT [ARGUMENT]..."};
  const bool was_submitted = !run.queued.contents.submissions.empty();
  return {"nothing to submit", was_submitted ? "every job of the session is submitted already" : "the queue is empty",
          was_submitted ? "squeue --me" : "sbatch [OPTION]... SCRIPT [ARGUMENT]..."};
}

/// More than half of the limit is worth a word: the next thousand calls may be too many.
void tell_script_size(const script::Rendered& rendered, const plan::PlanOptions& options) {
  const auto max = options.limits.max_script_size;
  if (!options.limits.known || rendered.script.size() * 2 <= max) return;
  util::note("the merged script has " + std::to_string(rendered.script.size()) + " bytes, " +
             std::to_string(rendered.script.size() * 100 / max) +
             " % of what this cluster accepts (max_script_size=" + std::to_string(max) + ")");
}

/// Refuses more tasks than fit: Slurm would say "temporarily unable to accept job" and try again, forever if they can never fit.
util::Result<void> check_job_count(const plan::Plan& plan, const plan::ClusterLimits& limits) {
  std::uint64_t tasks = 0;
  for (const auto& array : plan.arrays) tasks += array.tasks;
  if (!limits.known || tasks < limits.max_job_count) return {};
  return util::fail("too many tasks for this cluster",
                    std::to_string(tasks) + " tasks, and it keeps fewer than " + std::to_string(limits.max_job_count) +
                        " jobs at once (MaxJobCount)",
                    "submit in parts: sarray submit 1-1000, later 1001-2000");
}

bool fits(const script::Rendered& rendered, const plan::PlanOptions& options) {
  return !options.limits.known || rendered.script.size() < options.limits.max_script_size;
}

/// Estimates how many of an array's jobs may fit if not all of them do: by their mean size, so that a few tries find the number.
std::size_t jobs_that_fit(const plan::MergedArray& array, const script::Rendered& rendered, const plan::PlanOptions& options) {
  return static_cast<std::size_t>(array.placements.size() * options.limits.max_script_size / rendered.script.size());
}

util::Error too_large(const script::Rendered& rendered, const plan::PlanOptions& options, std::optional<std::size_t> arrays) {
  return {"the merged script is too large",
          std::to_string(rendered.script.size()) + " bytes, and this cluster accepts less than " +
              std::to_string(options.limits.max_script_size) + " (max_script_size)",
          arrays ? options.command + " --split would submit " + util::count(*arrays, "array")
                 : "a job's own script is too large: drop it from the queue: sarray drop"};
}

util::Result<script::Rendered> render_fitting(plan::Plan& plan, std::size_t number, const plan::PlanOptions& options);

/// Returns how many arrays --split would submit; nullopt if one job alone is too large.
std::optional<std::size_t> count_split(plan::Plan plan, plan::PlanOptions options) {
  options.split = true;
  for (std::size_t number = 0; number < plan.arrays.size(); ++number) {
    if (!render_fitting(plan, number, options)) return std::nullopt;
  }
  return plan.arrays.size();
}

/// Renders the script of one array of the plan. With --split an array whose script would be too large is cut.
util::Result<script::Rendered> render_fitting(plan::Plan& plan, std::size_t number, const plan::PlanOptions& options) {
  for (bool was_cut = false;; was_cut = true) {
    plan::name_in_group(plan, number, options);
    TRY(auto rendered, script::render(plan, plan.arrays[number], options));
    if (fits(rendered, options)) return rendered;
    if (plan.arrays[number].placements.size() < 2) return util::fail(too_large(rendered, options, std::nullopt));
    if (!options.split) return util::fail(too_large(rendered, options, count_split(plan, options)));
    plan::cut_array(plan, number, jobs_that_fit(plan.arrays[number], rendered, options), was_cut, options);
  }
}

/// Returns the cluster that an array goes to: its calls' SLURM_CONF may be another than that of this shell.
std::string cluster_of(const SubmitRun& run, const util::Environment& environment) {
  const auto own = run.site.environment.get(slurm::configuration_variable);
  const auto file = environment.get(slurm::configuration_variable);
  if (file == own) return run.configuration.cluster_name;
  return slurm::cluster_name(slurm::SlurmSite{environment, slurm::Client(environment, run.site.client.sbatch())});
}

/// Says what Slurm took. @param text for standard output.
void answer(SubmitRun& run, const std::string& text) {
  const auto ids = util::join(run.unannounced, ", ", [](const auto& unannounced) { return unannounced.second.job_id; });
  if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0)
    util::warn("standard output cannot be written; Slurm has the array, as job " + ids);
  if (!run.queued.session) {
    for (const auto& [submission_folder, delivery] : run.unannounced) engine::note_delivery(submission_folder, delivery);
  }
  for (const auto& unannounced : run.unannounced) run.announced.push_back(unannounced.second.job_id);
  if (run.file_lock) run.file_lock->note(run.announced);
  run.unannounced.clear();
}

/// Renders an array that fits, and that is named after its place in the submission. That this has several arrays may turn out
/// only when one is cut.
util::Result<script::Rendered> render_in_group(SubmitRun& run, const store::StateFolder& folder, plan::Plan& plan,
                                               std::size_t number) {
  TRY([[maybe_unused]] const bool is_new, number_group(run.plan_options, plan, folder, run.options.dry_run));
  TRY(auto rendered, render_fitting(plan, number, run.plan_options));
  TRY(const bool was_cut, number_group(run.plan_options, plan, folder, run.options.dry_run));
  return was_cut ? render_fitting(plan, number, run.plan_options) : std::move(rendered);
}

/// Submits one array of the plan, from its script to Slurm's answer.
util::Result<report::SubmittedArray> submit_array(SubmitRun& run, const store::StateFolder& folder, plan::Plan& plan,
                                                  std::size_t number) {
  auto submission_folder = engine::name_submission_folder(folder);
  if (!run.queued.session) submission_folder.queue_file = run.queue_file;
  if (!run.options.file.empty())
    submission_folder.command =
        run.queued.session ? queue::command_for_rest(*run.queued.session) : "sarray submit " + run.options.file;
  engine::set_folders(run.plan_options, folder.path(), submission_folder.marker);
  TRY(const auto rendered, render_in_group(run, folder, plan, number));
  submission_folder.group = plan::place_in_group(plan, number, run.plan_options);
  const auto& array = plan.arrays[number];
  submission_folder.cluster = cluster_of(run, rendered.environment);
  tell_script_size(rendered, run.plan_options);
  report::SubmittedArray submitted;
  submitted.array = number;
  TRY(submitted.script, leave_script(run.options, number, rendered.script, submission_folder.folder + "/sarray.slurm"));
  warn_of_secrets(rendered.variables);
  auto* session = run.queued.session ? &*run.queued.session : nullptr;
  TRY(const auto delivery, engine::deliver(submission_folder, plan, array, rendered, run.plan_options,
                                           engine::SlurmEngine(run.site.client), session, submitted.script));
  submitted.job_id = delivery.job_id;
  run.unannounced.emplace_back(submission_folder, delivery);
  run.taken.push_back({delivery.job_id, submission_folder.folder});
  if (run.options.json) return submitted;
  answer(run, run.options.parsable ? delivery.job_id + "\n" : delivery.answer);
  if (!run.options.quiet)
    std::fputs(report::submission_text(plan, array, run.plan_options.names, report::terminal_width(2)).c_str(), stderr);
  return submitted;
}

/// Ends the session's shell if the command was typed at its prompt and nothing is left to submit. Whoever names jobs stays in it.
util::Result<void> finish_session(SubmitRun& run, const std::vector<report::SubmittedArray>& submitted) {
  auto& session = *run.queued.session;
  if (!run.options.jobs.empty()) {
    TRY(const auto contents, session.read());
    const auto left = contents.info.jobs;
    if (left > 0) util::note(util::count(left, "job") + (left == 1 ? " stays" : " stay") + " in the queue; the session goes on");
    return left > 0 ? util::Result<void>() : session.close(store::SessionInfo::State::submitted);
  }
  CHECK_OK(session.close(store::SessionInfo::State::submitted));
  if (!capture::is_at_prompt(session)) return {};
  TRY(const auto contents, session.read());
  if (contents.info.jobs > 0) return {};
  return capture::ask_shell_to_leave(
      session, submitted.empty() ? "sarray history" : "sarray status " + submitted.front().job_id.value_or(""));
}

/// Lets go all that Slurm holds for this session.
util::Result<void> finish_held(SubmitRun& run, const plan::Plan& plan) {
  if (!plan.is_pipeline) run.taken.clear();
  return finish_pipeline(plan, run.taken, run.held, run.plan_options, engine::SlurmEngine(run.site.client));
}

/// Records the file's calls as a session's.
util::Result<void> remember_file(SubmitRun& run, plan::Plan& plan, const store::StateFolder& folder) {
  TRY(auto session, queue::record_file(plan, run.queued.dialect, run.site.environment, run.queue_file, folder));
  CHECK_OK(plan::find_waits(plan.jobs, run.plan_options.outside, run.plan_options.release));  // by their ids, which are new
  TRY(run.lock, queue::lock_session(session));
  run.queued.session = std::move(session);
  return {};
}

/// Returns the words on what to do about the arrays that were not submitted.
std::string words_for_rest(const SubmitRun& run, const std::string& left) {
  if (run.options.file.empty() && run.options.session.empty()) return "run submit again to send the remaining " + left;
  return "'" + queue::command_for_rest(*run.queued.session) + "', with the same options, sends the remaining " + left;
}

Status submit_all(SubmitRun& run, plan::Plan& plan) {
  TRY(const auto folder, store::StateFolder::open());
  const bool is_split_file = becomes_session(run);
  if (is_split_file) CHECK_OK(remember_file(run, plan, folder));
  resume_group(run.plan_options, run.queued.contents.submissions, folder);
  std::vector<report::SubmittedArray> submitted;
  for (std::size_t number = 0; number < plan.arrays.size(); ++number) {
    auto array = submit_array(run, folder, plan, number);
    if (!array) {
      auto error = std::move(array).error();
      const auto left = util::count(plan.arrays.size() - number, "array");
      if (number > 0) {
        if (run.options.json) answer(run, util::to_line(report::submission_json(plan, submitted)));
        util::note(std::to_string(number) + " of " + util::count(plan.arrays.size(), "array") + " are submitted; " +
                   words_for_rest(run, left));
      } else if (is_split_file) {
        CHECK_OK(queue::forget_unless_sent(*run.queued.session));
      }
      return util::fail(std::move(error));
    }
    submitted.push_back(std::move(*array));
  }
  if (run.options.json) answer(run, util::to_line(report::submission_json(plan, submitted)));
  tell_group(run.plan_options, submitted.size());
  CHECK_OK(finish_held(run, plan));
  if (run.queued.session) CHECK_OK(finish_session(run, submitted));
  return 0;
}

/// Whether a file of a job may be named by who it belongs to (%u). Only then is the name asked: a static program has no NSS, so
/// that it takes id(1), and a fork makes each page of all that was read a fault.
bool names_user(const SubmitRun& run) {
  return std::any_of(run.queued.jobs.begin(), run.queued.jobs.end(), [](const auto& planned) {
    const auto& job = planned.job;
    const auto names = [](const std::optional<std::string>& pattern) { return pattern && slurm::has_conversion(*pattern, 'u'); };
    return slurm::has_conversion(job.work_directory, 'u') || names(job.output) || names(job.error) || names(job.input);
  });
}

/// Returns the rule for the names of output files: the option's, else the environment's.
util::Result<plan::Names> choose_names(const SubmitRun& run) {
  if (run.options.names) return *run.options.names;
  const char* variable = std::getenv(util::names_variable);
  return variable != nullptr && *variable != '\0' ? read_names(variable, util::names_variable) : plan::Names::task;
}

util::Result<void> print_script(const std::string& script) {
  if (::isatty(1) == 0) return util::write_all(1, script, "standard output");
  return util::write_all(1, report::wants_color(1) ? cli::color_script(script) : util::printable_lines(script),
                         "standard output");
}

Status show_all(SubmitRun& run, plan::Plan& plan) {
  if (run.options.graph) {
    std::fputs(report::graph_text(plan.jobs).c_str(), stdout);
    return 0;
  }
  std::vector<report::SubmittedArray> shown;
  for (std::size_t number = 0; number < plan.arrays.size(); ++number) {
    auto folder = store::StateFolder::open();
    const auto state = folder ? folder->path() : std::string("/nonexistent/sarray");
    engine::set_folders(run.plan_options, state, "dry-run");
    TRY(const auto rendered,
        folder ? render_in_group(run, *folder, plan, number) : render_fitting(plan, number, run.plan_options));
    tell_script_size(rendered, run.plan_options);
    const auto path = script_path(run.options, number);
    if (run.options.output_given) CHECK_OK(write_script(run.options, path, rendered.script));
    warn_of_secrets(rendered.variables);
    shown.push_back({number, std::nullopt, path});
    if (run.options.json) continue;
    CHECK_OK(run.options.output_folder.empty() ? print_script(rendered.script)
                                               : util::write_all(1, path + "\n", "standard output"));
    if (run.options.quiet) continue;
    say("sarray: a dry run: nothing is submitted; the script has " + std::to_string(rendered.script.size()) + " bytes");
    std::fputs(report::submission_text(plan, plan.arrays[number], run.plan_options.names, report::terminal_width(2)).c_str(),
               stderr);
  }
  if (run.options.json) std::fputs(util::to_line(report::submission_json(plan, shown)).c_str(), stdout);
  if (shown.size() > 1 && !run.options.output_given && !run.options.json)
    util::note(util::count(shown.size(), "script") + " are printed one after the other, and sbatch takes one",
               run.plan_options.command + " --split -n -o scripts/ writes a file for each");
  if (run.options.quiet) return 0;
  std::fputs(report::stages_text(plan.jobs, report::terminal_width(2)).c_str(), stderr);
  if (plan.is_pipeline)
    say("sarray: " + plan::format_requests(plan::count_requests(plan, run.plan_options.outside, run.plan_options.limits)));
  return 0;
}

}  // namespace

Status submit(const Words& words) {
  TRY(auto options, parse_submit_options(words));
  if (!options) return 0;
  return submit_queue(std::move(*options));
}

util::Result<void> check_can_submit(const SubmitOptions& options, const slurm::SlurmSite& site) {
  if (options.dry_run || site.client.has_sbatch()) return {};
  return util::fail("sbatch", "not found in PATH", "load the site's Slurm module, or look with sarray submit -n");
}

Status submit_queue(SubmitOptions options) {
  // Work and plan are freed by the end of the process: object by object that would take a fifth of the time.
  static auto* const kept_run = new SubmitRun(std::move(options));
  auto& run = *kept_run;
  CHECK_OK(check_can_submit(run.options, run.site));
  if (run.options.file.empty()) {  // before Slurm is asked
    TRY([[maybe_unused]] const auto session, queue::find_session(run.options.session));
  }
  CHECK_OK(remember_last_word(run));
  if (run.site.client.has_sbatch()) CHECK_OK(ask_limits(run));
  CHECK_OK(gather(run));
  if (run.queued.jobs.empty() && run.held.empty()) return util::fail(empty_queue(run));
  run.is_journaled = run.options.split || queue::needs_journal(run.queued.jobs);
  if (!run.queued.session && !becomes_session(run)) CHECK_OK(give_ids(run));
  auto& plan_options = run.plan_options;
  plan_options.release = run.queued.dialect.release();
  plan_options.sarray_version = cli::version;
  plan_options.split = run.options.split;
  plan_options.merge_largest = run.options.merge_largest;
  plan_options.command = command_text(run.options);
  if (run.options.translate) plan_options.translate = plan::Translate::always;
  if (run.options.no_translate) plan_options.translate = plan::Translate::never;
  plan_options.throttle = run.options.throttle;
  TRY(plan_options.names, choose_names(run));
  plan_options.real_sbatch = run.site.client.sbatch();
  TRY(plan_options.overrides, read_overrides(run.options.sbatch_words, run.queued.dialect));
  if (names_user(run)) plan_options.user = slurm::user_name(run.site.environment);
  CHECK_OK(find_outside(run));
  TRY(auto made_plan, plan::make_plan(std::move(run.queued.jobs), plan_options));
  static auto* const kept_plan = new plan::Plan(std::move(made_plan));
  auto& plan = *kept_plan;
  CHECK_OK(check_job_count(plan, plan_options.limits));
  CHECK_OK(check_one_cluster(plan, run.site));
  for (const auto& note : plan.notes) util::note(note);
  if (plan_options.throttle.value_or(0) > 0 && plan.arrays.size() > 1)
    util::note("-t " + std::to_string(*plan_options.throttle) + " applies to each of the " +
               util::count(plan.arrays.size(), "array"));
  return run.options.dry_run ? show_all(run, plan) : submit_all(run, plan);
}

}  // namespace sarray::commands
