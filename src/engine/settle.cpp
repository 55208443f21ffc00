#include "engine/settle.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <optional>

#include "engine/delivery.hpp"
#include "plan/plan.hpp"
#include "slurm/client/arrays.hpp"
#include "store/submissions.hpp"

namespace sarray::engine {

namespace {

/// A submission whose end nobody noted.
struct Unsettled {
  std::string marker;
  std::string submission_folder;  ///< its folder, which may be gone
  std::int64_t time = 0;          ///< when it began
  std::string what;               ///< "an earlier submission of jobs 1,2"
  std::string command;            ///< that was interrupted: "sarray submit"
};

/// The id of the array that Slurm has under a marker; empty: it has none. A controller that is busy may take an array a moment
/// after sbatch was killed, or gave up: one that is not there yet is looked for twice.
util::Result<std::string> look_for(const slurm::Client& client, const Unsettled& unsettled) {
  constexpr std::int64_t settled = 10;  // seconds
  const auto begin = store::last_run(unsettled.submission_folder, unsettled.time);
  while (true) {
    TRY(const auto held, client.arrays_of_user(unsettled.time - 60));
    const auto found =
        std::find_if(held.begin(), held.end(), [&](const auto& array) { return array.marker == unsettled.marker; });
    if (found != held.end()) return found->job_id;
    const auto age = static_cast<std::int64_t>(std::time(nullptr)) - begin;
    if (age >= settled) return std::string();
    ::sleep(static_cast<unsigned>(std::clamp<std::int64_t>(settled - age, 1, settled)));
  }
}

/// @return its id in Slurm; empty where Slurm surely never had it, or where `again` says so; an error where that cannot be known.
util::Result<std::string> find_outcome(const Unsettled& unsettled, const slurm::Client& client,
                                       const slurm::Configuration& configuration, bool again) {
  std::optional<util::Fd> lock;
  if (::access(unsettled.submission_folder.c_str(), F_OK) == 0) {
    TRY(lock, lock_submission_folder(unsettled.submission_folder));
  }
  const auto noted = store::read_submission(unsettled.submission_folder);
  if (noted && !noted->job_id.empty()) return noted->job_id;
  if (noted && !store::is_of_cluster(*noted, configuration.cluster_name)) {
    if (again) return std::string();
    return util::fail(unsettled.what + " was interrupted",
                      "it went to cluster " + noted->cluster + ", and this is cluster " + configuration.cluster_name,
                      unsettled.command + ", with the SLURM_CONF of " + noted->cluster);
  }
  auto found = look_for(client, unsettled);
  if (!found) {
    auto error = std::move(found).error();
    error.hint = unsettled.what + " was interrupted; Slurm must answer before anything is submitted again";
    return util::fail(std::move(error));
  }
  const bool is_known =
      !found->empty() || again || std::time(nullptr) - unsettled.time < slurm::guaranteed_retention_seconds(configuration);
  if (is_known) return found;
  return util::fail(unsettled.what + " was interrupted", "Slurm has no trace of it, but may have forgotten a finished job",
                    "if you are sure that it did not run: " + unsettled.command + " --again");
}

std::string line_about(const Unsettled& unsettled, const std::string& job_id) {
  if (job_id.empty()) return unsettled.what + " was interrupted before Slurm had it";
  return unsettled.what + ", which was interrupted, is in Slurm as job " + job_id;
}

Unsettled make_unsettled(const store::Submission& submission, std::string what, std::string command) {
  return {submission.folder.substr(submission.folder.rfind('/') + 1), submission.folder, submission.time, std::move(what),
          std::move(command)};
}

}  // namespace

util::Result<std::vector<std::string>> settle_interrupted(store::Session& session, const store::StateFolder& folder,
                                                          const slurm::Client& client, const slurm::Configuration& configuration,
                                                          bool again) {
  std::vector<std::string> lines;
  TRY(const auto contents, session.read());
  for (const auto& note : contents.submissions) {
    if (note.accepted) continue;
    const Unsettled unsettled{note.marker, folder.submissions() + "/" + note.marker, note.time,
                              "an earlier submission of jobs " + plan::format_numbers(note.jobs), "sarray submit"};
    TRY(const auto job_id, find_outcome(unsettled, client, configuration, again));
    if (job_id.empty()) {
      CHECK_OK(session.note_withdrawn(note.marker));
      [[maybe_unused]] const auto noted = store::note_never_sent(unsettled.submission_folder);
    } else {
      [[maybe_unused]] const auto noted =
          store::note_job_id(unsettled.submission_folder, job_id);  // for `history`; the journal is what counts
      CHECK_OK(session.note_accepted(note.marker, job_id));
    }
    lines.push_back(line_about(unsettled, job_id));
  }
  return lines;
}

util::Result<std::vector<std::string>> settle_retries(const std::string& first_attempt, const store::StateFolder& folder,
                                                      const slurm::Client& client, bool again) {
  std::vector<std::string> lines;
  std::optional<slurm::Configuration> configuration;
  for (const auto& submission : store::list_unsettled(folder)) {
    const auto unsettled =
        make_unsettled(submission, "an earlier retry of job " + first_attempt, "sarray retry " + first_attempt);
    if (!slurm::marks_retry_of(unsettled.marker, first_attempt)) continue;
    if (!configuration) {
      TRY(configuration, client.configuration());
    }
    // The same number on another cluster is another array.
    if (!store::is_of_cluster(submission, configuration->cluster_name)) continue;
    TRY(const auto job_id, find_outcome(unsettled, client, *configuration, again));
    CHECK_OK(job_id.empty() ? store::note_never_sent(unsettled.submission_folder)
                            : store::note_job_id(unsettled.submission_folder, job_id));
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
                                                   const slurm::Client& client, const slurm::Configuration& configuration,
                                                   bool again) {
  std::vector<std::string> lines;
  std::string accepted;
  for (const auto& submission : store::list_unsettled(folder)) {
    if (submission.queue_file != file) continue;
    const auto unsettled = make_unsettled(submission, "an earlier submission of " + file, "sarray submit " + file);
    TRY(const auto job_id, find_outcome(unsettled, client, configuration, again));
    CHECK_OK(job_id.empty() ? store::note_never_sent(unsettled.submission_folder)
                            : store::note_job_id(unsettled.submission_folder, job_id));
    if (job_id.empty()) {
      lines.push_back(line_about(unsettled, job_id));
    } else {
      accepted += (accepted.empty() ? "" : ", ") + job_id;
    }
  }
  if (accepted.empty()) return lines;
  return util::fail("an earlier submission of " + file,
                    "it was interrupted, but Slurm has it as job " + accepted + "; nothing was submitted now",
                    "sarray submit " + file + " again, to submit it a second time");
}

}  // namespace sarray::engine
