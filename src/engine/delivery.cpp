#include "engine/delivery.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <set>

#include "embedded/translate.hpp"
#include "plan/notes.hpp"
#include "slurm/client/answer.hpp"
#include "slurm/client/arrays.hpp"
#include "store/submissions.hpp"
#include "util/fd.hpp"
#include "util/message.hpp"
#include "util/progress.hpp"
#include "util/user_text.hpp"

namespace sarray::engine {

namespace {

/// Makes a folder and those above it, with the umask of sarray submit, which nearly always is the calls' own. What fails here
/// fails again when the job starts, with Slurm's words.
void make_folder(const std::string& path) {
  for (std::size_t at = 0; at != std::string::npos;) {
    at = path.find('/', at + 1);
    [[maybe_unused]] const int made = ::mkdir(path.substr(0, at).c_str(), 0755);
  }
}

/// Writes the translator under the names of the commands that it knows.
util::Result<void> place_translator(const plan::Plan& plan, const plan::MergedArray& array, const std::string& folder) {
  const bool any =
      std::any_of(array.placements.begin(), array.placements.end(), [&](const auto& p) { return plan.jobs[p.job].translate; });
  if (!any) return {};
  CHECK_OK(util::ensure_private_folder(folder));
  std::string first;
  for (const auto name : plan::translated_commands) {
    const auto path = folder + "/" + std::string(name);
    if (first.empty()) {
      CHECK_OK(util::write_file_atomically(path, embedded::translate, 0700));
      first = name;
    } else if (::symlink(first.c_str(), path.c_str()) != 0) {
      return util::fail(path, util::errno_text(errno));
    }
  }
  return {};
}

/// Writes the pages of a large table beside the script. A file that is cut short does no harm: the dispatcher knows the lengths.
util::Result<void> place_pages(const std::vector<std::string>& files, const std::string& folder) {
  if (!files.empty()) CHECK_OK(util::ensure_private_folder(folder));
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto path = folder + "/" + std::to_string(i);
    TRY(const auto file, util::open_file(path, O_WRONLY | O_CREAT | O_EXCL));
    CHECK_OK(util::write_all(file.get(), files[i], path));
  }
  return {};
}

util::Result<void> make_links(const plan::Plan& plan, const plan::MergedArray& array, const script::Rendered& rendered,
                              const plan::PlanOptions& options) {
  std::set<std::string> folders;
  std::set<std::string> places;
  util::Result<void> result;
  util::Progress progress("linking the output files of tasks", array.tasks);
  script::visit_links(plan, array, rendered.streams, options,
                      [&](const std::string& path, const std::string& target, const std::string& place) {
                        if (!result) return;
                        progress.step();
                        // Slurm makes folders for a file, but not for a link's.
                        if (script::makes_folders(options.release) && places.insert(place).second) make_folder(place);
                        const auto folder = path.substr(0, path.rfind('/'));
                        if (folders.insert(folder).second) result = util::ensure_private_folder(folder);
                        if (result && ::symlink(target.c_str(), path.c_str()) != 0)
                          result = util::fail(path, util::errno_text(errno));
                      });
  return result;
}

/// Returns the name that all jobs of the array have, if the array itself has another one; else "".
std::string other_name_of_jobs(const plan::Plan& plan, const plan::MergedArray& array) {
  const auto& first = plan.jobs[array.placements.front().job].job.name;
  const bool is_common = std::all_of(array.placements.begin(), array.placements.end(),
                                     [&](const auto& placement) { return plan.jobs[placement.job].job.name == first; });
  return is_common && first != array.name ? first : "";
}

store::Submission describe(const SubmissionFolder& submission_folder, const plan::Plan& plan, const plan::MergedArray& array,
                           const script::Rendered& rendered, const plan::PlanOptions& options, const std::string& saved_script) {
  std::vector<std::uint32_t> ids;
  for (const auto& placement : array.placements) ids.push_back(plan.jobs[placement.job].id);
  std::error_code error;
  store::Submission submission;
  submission.folder = submission_folder.folder;
  submission.cluster = submission_folder.cluster;
  submission.queue_file = submission_folder.queue_file;
  submission.tasks = array.tasks;
  submission.first_index = array.first_index();
  submission.jobs = static_cast<std::uint32_t>(array.placements.size());
  submission.script = saved_script;
  submission.name = array.name;
  submission.job_name = other_name_of_jobs(plan, array);
  submission.group = submission_folder.group;
  submission.directory = std::filesystem::current_path(error).string();
  submission.ids = store::id_ranges(std::move(ids));
  submission.retry_of = options.retry_of;
  if (plan.is_pipeline) submission.step = store::PipelineStep::held;
  submission.start = slurm::Start{{}, rendered.umask, rendered.limits, rendered.arguments};
  return submission;
}

/// Under another user nobody could look for it, or follow it.
util::Result<void> refuse_other_user(const plan::MergedArray& array) {
  const auto own = std::to_string(::getuid());
  for (const auto& setting : array.settings) {
    if (setting.option->name != "uid" || setting.value == own || (own == "0" && setting.value == "root")) continue;
    return util::fail("--uid=" + setting.value,
                      "the array would be another user's, and could not be followed, or found if sbatch is killed",
                      "sarray submit as that user");
  }
  return {};
}

void remove_submission_folder(const SubmissionFolder& submission_folder) {
  std::error_code ignored;
  std::filesystem::remove_all(submission_folder.folder, ignored);
}

std::vector<std::uint32_t> job_numbers(const plan::Plan& plan, const plan::MergedArray& array) {
  std::vector<std::uint32_t> numbers;
  for (const auto& placement : array.placements) numbers.push_back(plan.jobs[placement.job].number);
  return numbers;
}

util::Error refusal(const util::Output& output) {
  util::Error error;
  error.body = output.err;
  error.status = output.status != 0 ? output.status : static_cast<int>(util::Exit::failed);
  return error;
}

/// Prints sbatch's warnings, and its status if that contradicts its answer.
void tell(const util::Output& output, const Delivery& delivery) {
  const auto words = ::isatty(2) != 0 ? util::printable_lines(output.err) : output.err;
  [[maybe_unused]] const auto told = util::write_all(2, words, "");
  if (output.status != 0)
    util::warn("sbatch ended with status " + std::to_string(output.status) + ", but Slurm has the array, as job " +
               delivery.job_id);
}

/// Notes when sbatch ended without a trustworthy answer: from then on a controller that it may have reached is given time.
void note_end(int lock) {
  std::array<timespec, 2> now{};
  for (auto& time : now) ::clock_gettime(CLOCK_REALTIME, &time);  // this machine's clock: a file server may have another
  ::futimens(lock, now.data());
}

/// After this it is not known whether Slurm has the array: the intent stays noted, and the next submit, or retry, looks.
util::Error unknown_end(const SubmissionFolder& submission_folder, const std::string& why, const std::string& words) {
  util::Error error;
  error.body = words;
  error.what = "sbatch";
  error.why = why + "; it is not known whether Slurm accepted the array";
  error.hint = submission_folder.command + ", which looks for it before it submits anything";
  return error;
}

}  // namespace

util::Result<util::Fd> lock_submission_folder(const std::string& folder) {
  TRY(auto fd, util::open_file(folder + "/lock", O_RDWR | O_CREAT | O_NOFOLLOW));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return util::fail("sbatch", "the one of an earlier submission is still running",
                      "try again when it has ended: pgrep -a sbatch");
  }
  return fd;
}

SubmissionFolder name_submission_folder(const store::StateFolder& folder, const std::string& first_attempt) {
  SubmissionFolder submission_folder;
  submission_folder.marker = slurm::make_marker(first_attempt);
  submission_folder.folder = folder.submissions() + "/" + submission_folder.marker;
  return submission_folder;
}

void set_folders(plan::PlanOptions& options, const std::string& state_folder, const std::string& marker) {
  const auto own = state_folder + "/submissions/" + marker;
  options.link_folder = own + "/links";
  options.translate_folder = own + "/translate";
  options.scratch_folder = own;
  options.hidden_mark = util::random_name(16);
}

util::Result<Delivery> deliver(const SubmissionFolder& submission_folder, const plan::Plan& plan, const plan::MergedArray& array,
                               const script::Rendered& rendered, const plan::PlanOptions& options, const Engine& engine,
                               store::Session* session, const std::string& saved_script) {
  CHECK_OK(refuse_other_user(array));
  CHECK_OK(util::ensure_private_folder(submission_folder.folder));
  CHECK_OK(make_links(plan, array, rendered, options));
  CHECK_OK(place_translator(plan, array, options.translate_folder));
  CHECK_OK(place_pages(rendered.page_files, submission_folder.folder + "/pages"));
  slurm::Submission submission;
  submission.options = {"--ignore-pbs"};  // the jobs' own #PBS lines are resolved already
  submission.options.insert(submission.options.end(), rendered.arguments.begin(), rendered.arguments.end());
  if (plan.is_pipeline) submission.options.emplace_back("--hold");
  submission.script = submission_folder.folder + "/sarray.slurm";
  submission.environment = rendered.environment;
  submission.umask = rendered.umask;
  submission.limits = rendered.limits;
  submission.directory = rendered.directory;
  submission.timeout = engine.settings().sbatch_timeout;
  CHECK_OK(util::write_file_atomically(submission.script, rendered.script));
  CHECK_OK(
      util::write_file_atomically(submission_folder.folder + "/environment", store::format_environment(rendered.environment)));
  TRY(const auto lock, lock_submission_folder(submission_folder.folder));
  submission.inherited = lock.get();
  // Before sbatch is run, so that it is there whoever is killed; its answer is added to it.
  auto record = describe(submission_folder, plan, array, rendered, options, saved_script);
  record.set_begun(engine.now());
  CHECK_OK(store::write_submission(record));
  if (session != nullptr) {
    if (auto noted = session->note_intent(submission_folder.marker, saved_script, job_numbers(plan, array)); !noted) {
      // It may be in the journal nevertheless. If it cannot be taken back either, the next submit settles it.
      if (session->note_withdrawn(submission_folder.marker)) remove_submission_folder(submission_folder);
      return util::fail(std::move(noted).error());
    }
  }

  const auto output = engine.submit(submission);
  auto answer = output ? slurm::judge_answer(*output) : slurm::Answer{slurm::Answer::Kind::refused, "", ""};
  if (answer.kind == slurm::Answer::Kind::refused) {
    if (session != nullptr) CHECK_OK(session->note_withdrawn(submission_folder.marker));
    remove_submission_folder(submission_folder);
    return util::fail(output ? refusal(*output) : output.error());
  }
  if (answer.kind == slurm::Answer::Kind::unknown) {
    note_end(lock.get());
    if (output->timed_out) answer.why = "no answer within " + std::to_string(submission.timeout.count()) + " s";
    return util::fail(unknown_end(submission_folder, answer.why, output->status == 0 ? output->out + output->err : output->err));
  }
  Delivery delivery{answer.job_id, output->out};
  tell(*output, delivery);
  if (session == nullptr) return delivery;
  note_delivery(submission_folder, delivery);
  if (auto noted = session->note_accepted(submission_folder.marker, delivery.job_id); !noted) {
    auto error = std::move(noted).error();
    error.why += "; Slurm has the array, as job " + delivery.job_id + ", but the session does not know it yet";
    error.hint = "sarray submit, which looks for it before it submits anything";
    return util::fail(std::move(error));
  }
  return delivery;
}

void note_delivery(const SubmissionFolder& submission_folder, const Delivery& delivery) {
  const auto noted = store::note_job_id(submission_folder.folder, delivery.job_id);
  if (noted) return;
  // The array is Slurm's: that its description is incomplete must not look like a failed submission.
  util::warn(noted.error().what + ": " + noted.error().why);
}

}  // namespace sarray::engine
