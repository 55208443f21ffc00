#include "engine/settle.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "engine/delivery.hpp"
#include "engine/fate.hpp"
#include "engine/submissions.hpp"
#include "plan/plan.hpp"
#include "slurm/client/arrays.hpp"
#include "store/submissions.hpp"

namespace sarray::engine {

namespace {

/// A submission whose end nobody noted.
struct Unsettled {
  store::Submission noted;  ///< of one whose record is gone, what is known of it
  std::string what;         ///< "an earlier submission of jobs 1,2"
  std::string command;      ///< that was interrupted: "sarray submit"
};

/// Asks until it can be told. A controller that is busy may take an array a moment after sbatch was killed, or gave up: for one
/// that is not there yet is looked twice.
util::Result<Fate> ask_fate(const Unsettled& unsettled, const Engine& engine, const slurm::Configuration& configuration) {
  const auto settle = engine.settings().settle;
  auto noted = as_interrupted(unsettled.noted, engine);
  const auto since = search_begin(noted.begun.seconds, engine.now().seconds);
  if (judge_fate(noted, {}, engine.now(), configuration, settle).kind == Fate::Kind::other_cluster)
    return Fate{Fate::Kind::other_cluster, ""};  // there is nobody to ask
  while (true) {
    TRY(const auto held, engine.find_arrays(since));
    const auto now = engine.now();
    const auto fate = judge_fate(noted, held, now, configuration, settle);
    if (fate.kind != Fate::Kind::too_early) return fate;
    const std::chrono::seconds left(noted.last_run - now.seconds + settle.count());
    engine.wait(std::clamp(left, std::chrono::seconds(1), settle));
    noted.last_run = engine.now().seconds - settle.count();  // whatever the clock did in the meantime
  }
}

/// @return its id in Slurm; empty if Slurm surely never had it, or if `again` says so; an error if that cannot be known.
util::Result<std::string> find_outcome(const Unsettled& unsettled, const Engine& engine, bool again) {
  const auto& folder = unsettled.noted.folder;
  std::optional<util::Fd> lock;
  if (::access(folder.c_str(), F_OK) == 0) {
    TRY(lock, lock_submission_folder(folder));
  }
  const auto noted = store::read_submission(folder).value_or(unsettled.noted);  // it may have been noted until the lock was free
  if (noted.is_newer()) return util::fail(store::explain_newer(noted));
  if (!noted.job_id.empty()) return noted.job_id;
  TRY(const auto configuration, engine.configuration());
  const auto fate = ask_fate({noted, unsettled.what, unsettled.command}, engine, configuration);
  if (!fate) {
    auto error = fate.error();
    error.hint = unsettled.what + " was interrupted; Slurm must answer before anything is submitted again";
    return util::fail(std::move(error));
  }
  if (fate->kind == Fate::Kind::accepted) return fate->job_id;
  if (again || fate->kind == Fate::Kind::never_sent) return std::string();
  if (fate->kind == Fate::Kind::other_cluster) {
    return util::fail(unsettled.what + " was interrupted",
                      "it went to cluster " + noted.cluster + ", and this is cluster " + configuration.cluster_name,
                      unsettled.command + ", with the SLURM_CONF of " + noted.cluster);
  }
  return util::fail(unsettled.what + " was interrupted", "Slurm has no trace of it, but may have forgotten a finished job",
                    "if you are sure that it did not run: " + unsettled.command + " --again");
}

std::string line_about(const Unsettled& unsettled, const std::string& job_id) {
  if (job_id.empty()) return unsettled.what + " was interrupted before Slurm had it";
  return unsettled.what + ", which was interrupted, is in Slurm as job " + job_id;
}

}  // namespace

util::Result<std::vector<std::string>> settle_interrupted(store::Session& session, const store::StateFolder& folder,
                                                          const Engine& engine, bool again) {
  std::vector<std::string> lines;
  TRY(const auto contents, session.read());
  for (const auto& note : contents.submissions) {
    if (note.accepted) continue;
    store::Submission submission;
    submission.folder = folder.submissions() + "/" + note.marker;
    submission.time = note.time;
    const Unsettled unsettled{submission, "an earlier submission of jobs " + plan::format_numbers(note.jobs), "sarray submit"};
    TRY(const auto job_id, find_outcome(unsettled, engine, again));
    if (job_id.empty()) {
      CHECK_OK(session.note_withdrawn(note.marker));
      [[maybe_unused]] const auto noted = store::note_never_sent(unsettled.noted.folder);
    } else {
      [[maybe_unused]] const auto noted =
          store::note_job_id(unsettled.noted.folder, job_id);  // for `history`; the journal is what counts
      CHECK_OK(session.note_accepted(note.marker, job_id));
    }
    lines.push_back(line_about(unsettled, job_id));
  }
  return lines;
}

util::Result<std::vector<std::string>> settle_retries(const std::string& first_attempt, const store::StateFolder& folder,
                                                      const Engine& engine, bool again) {
  std::vector<std::string> lines;
  for (const auto& submission : store::list_unsettled(folder)) {
    if (!slurm::marks_retry_of(submission.marker(), first_attempt)) continue;
    TRY(const auto configuration, engine.configuration());
    // The same number on another cluster is another array.
    if (!store::is_of_cluster(submission, configuration.cluster_name)) continue;
    const Unsettled unsettled{submission, "an earlier retry of job " + first_attempt, "sarray retry " + first_attempt};
    TRY(const auto job_id, find_outcome(unsettled, engine, again));
    CHECK_OK(job_id.empty() ? store::note_never_sent(unsettled.noted.folder)
                            : store::note_job_id(unsettled.noted.folder, job_id));
    lines.push_back(line_about(unsettled, job_id));
  }
  return lines;
}

util::Result<util::Fd> lock_retries(const std::string& first_attempt, const store::StateFolder& folder) {
  CHECK_OK(util::ensure_private_folder(folder.submissions()));
  TRY(auto fd, util::open_file(folder.submissions() + "/.retry-of-" + first_attempt, O_RDWR | O_CREAT | O_NOFOLLOW));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return util::fail("job " + first_attempt, "another retry of it is running",
                      "sarray status " + first_attempt + ", when that has ended");
  }
  return fd;
}

util::Result<std::vector<std::string>> settle_file(const std::string& file, const store::StateFolder& folder,
                                                   const Engine& engine, bool again) {
  std::vector<std::string> lines;
  std::string accepted;
  for (const auto& submission : store::list_unsettled(folder)) {
    if (!store::is_of_file(submission, file)) continue;
    const Unsettled unsettled{submission, "an earlier submission of " + file, "sarray submit " + file};
    TRY(const auto job_id, find_outcome(unsettled, engine, again));
    CHECK_OK(job_id.empty() ? store::note_never_sent(unsettled.noted.folder)
                            : store::note_job_id(unsettled.noted.folder, job_id));
    if (job_id.empty()) {
      lines.push_back(line_about(unsettled, job_id));
    } else {
      accepted += (accepted.empty() ? "" : ", ") + job_id;
    }
  }
  if (accepted.empty()) return lines;
  return util::fail("an earlier submission of " + file,
                    "it was interrupted, but Slurm has it as job " + accepted + "; nothing was submitted now",
                    "to submit it a second time: sarray submit " + file);
}

}  // namespace sarray::engine
