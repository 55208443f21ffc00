#include "engine/submissions.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "store/state_folder.hpp"
#include "util/fd.hpp"
#include "util/message.hpp"
#include "util/user_text.hpp"

namespace sarray::engine {

namespace {

bool is_locked(const std::string& folder) {
  const auto fd = util::open_file(folder + "/lock", O_RDWR | O_NOFOLLOW);
  return fd && ::flock(fd->get(), LOCK_EX | LOCK_NB) != 0;
}

/// Looks for submissions whose end nobody noted, because `sarray` was killed while sbatch ran: with one question for all of them,
/// and for each only until Slurm has said once that it has none.
void settle(const Engine& engine, std::vector<store::Submission> unsettled, std::vector<store::Submission>& submissions) {
  std::erase_if(unsettled, [](const auto& submission) { return submission.is_forgotten || is_locked(submission.folder); });
  if (unsettled.empty()) return;
  const auto configuration = engine.configuration();
  if (!configuration) return;
  // Another cluster knows nothing of it.
  std::erase_if(unsettled, [&](const auto& s) { return !store::is_of_cluster(s, configuration->cluster_name); });
  if (unsettled.empty()) return;
  const auto oldest =
      std::min_element(unsettled.begin(), unsettled.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
  const auto held = engine.find_arrays(search_begin(oldest->time, engine.now().seconds));
  if (!held) return;
  for (auto& submission : unsettled) {
    const auto fate =
        judge_fate(as_interrupted(submission, engine), *held, engine.now(), *configuration, engine.settings().settle);
    util::Result<void> noted;  // what cannot be noted, the next command asks again
    switch (fate.kind) {
      case Fate::Kind::accepted:
        submission.job_id = fate.job_id;
        noted = store::note_job_id(submission.folder, submission.job_id);
        submissions.push_back(std::move(submission));
        break;
      case Fate::Kind::never_sent:
        noted = store::note_never_sent(submission.folder);
        break;
      case Fate::Kind::forgotten:
        noted = store::note_forgotten(submission.folder);
        break;
      case Fate::Kind::too_early:
      case Fate::Kind::other_cluster:
        break;
    }
  }
}

/// Warns that what a newer sarray noted is not shown: it may mean something else.
void warn_of_newer(const std::vector<store::Submission>& newer) {
  if (newer.empty()) return;
  const auto error = store::explain_newer(newer.front());
  const auto others = newer.size() == 1 ? "" : " (and " + util::count(newer.size() - 1, "other") + ")";
  util::warn(error.what + others + ": " + error.why + "; it is not shown", error.hint);
}

}  // namespace

Interrupted as_interrupted(const store::Submission& submission, const Engine& engine) {
  const auto last_run = std::min(store::last_run(submission.folder, submission.time), engine.now().seconds);
  return {submission.marker(), submission.cluster, submission.begun(), last_run};
}

std::vector<store::Submission> list_submissions(const slurm::SlurmSite& site, std::vector<std::string>* unreadable) {
  return list_submissions(SlurmEngine(site.client), unreadable);
}

std::vector<store::Submission> list_submissions(const Engine& engine, std::vector<std::string>* unreadable) {
  std::vector<store::Submission> submissions;
  const auto state = store::StateFolder::open();
  if (!state) {
    const auto& error = state.error();
    util::warn(error.what + ": " + error.why + "; what is recorded there is not shown", error.hint);
    return submissions;
  }
  std::error_code error;
  std::vector<store::Submission> unsettled;
  std::vector<store::Submission> newer;
  for (const auto& entry : std::filesystem::directory_iterator(state->submissions(), error)) {
    auto submission = store::read_submission(entry.path().string());
    if (const auto record = entry.path().string() + "/record.json";
        !submission && unreadable != nullptr && ::access(record.c_str(), F_OK) == 0)
      unreadable->push_back(record);
    if (!submission || submission->is_withdrawn) continue;
    auto& kind = submission->is_newer() ? newer : submission->job_id.empty() ? unsettled : submissions;
    kind.push_back(std::move(*submission));
  }
  if (error && error != std::errc::no_such_file_or_directory && unreadable != nullptr)
    unreadable->push_back(state->submissions());
  warn_of_newer(newer);
  settle(engine, std::move(unsettled), submissions);
  if (submissions.empty()) return submissions;
  const auto configuration = engine.configuration();
  const auto cluster = configuration ? configuration->cluster_name : std::string();
  std::erase_if(submissions, [&](const auto& s) { return !store::is_of_cluster(s, cluster); });
  std::sort(submissions.begin(), submissions.end(), [](const auto& a, const auto& b) {
    if (a.time != b.time) return a.time < b.time;
    return a.job_id.size() != b.job_id.size() ? a.job_id.size() < b.job_id.size() : a.job_id < b.job_id;
  });
  return submissions;
}

}  // namespace sarray::engine
