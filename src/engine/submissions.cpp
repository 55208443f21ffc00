#include "engine/submissions.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include "slurm/client/arrays.hpp"
#include "store/state_folder.hpp"
#include "util/fd.hpp"
#include "util/user_text.hpp"

namespace sarray::engine {

namespace {

bool is_locked(const std::string& folder) {
  const auto fd = util::open_file(folder + "/lock", O_RDWR | O_NOFOLLOW);
  return fd && ::flock(fd->get(), LOCK_EX | LOCK_NB) != 0;
}

/// Looks for submissions whose end nobody noted, because `sarray` was killed while sbatch ran: with one question for all of them,
/// and for each only until Slurm has said once that it has none.
void settle(const slurm::SlurmSite& site, std::vector<store::Submission> unsettled, std::vector<store::Submission>& submissions) {
  constexpr std::int64_t settled = 10;  // seconds after which a controller no longer takes an array that sbatch sent
  std::erase_if(unsettled, [](const auto& submission) { return submission.is_forgotten || is_locked(submission.folder); });
  if (unsettled.empty()) return;
  const auto configuration = site.client.configuration();
  if (!configuration) return;
  // Another cluster knows nothing of it.
  std::erase_if(unsettled, [&](const auto& s) { return !store::is_of_cluster(s, configuration->cluster_name); });
  if (unsettled.empty()) return;
  const auto oldest =
      std::min_element(unsettled.begin(), unsettled.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
  const auto held = site.client.arrays_of_user(oldest->time - 60);
  if (!held) return;
  for (auto& submission : unsettled) {
    const auto marker = submission.folder.substr(submission.folder.rfind('/') + 1);
    const auto found = std::find_if(held->begin(), held->end(), [&](const auto& array) { return array.marker == marker; });
    if (found != held->end()) {
      submission.job_id = found->job_id;
      [[maybe_unused]] const auto noted =
          store::note_job_id(submission.folder, submission.job_id);  // else the next command asks again
      submissions.push_back(std::move(submission));
      continue;
    }
    const auto now = static_cast<std::int64_t>(std::time(nullptr));
    if (now - store::last_run(submission.folder, submission.time) < settled) continue;
    const bool is_sure = now - submission.time < slurm::guaranteed_retention_seconds(*configuration);
    [[maybe_unused]] const auto noted =
        is_sure ? store::note_never_sent(submission.folder) : store::note_forgotten(submission.folder);
  }
}

}  // namespace

std::vector<store::Submission> list_submissions(const slurm::SlurmSite& site) {
  std::vector<store::Submission> submissions;
  const auto state = store::StateFolder::open();
  if (!state) {
    const auto& error = state.error();
    auto text = "sarray: warning: " + util::printable(error.what + ": " + error.why) + "; what is recorded there is not shown\n";
    if (!error.hint.empty()) text += "hint: " + util::printable(error.hint) + "\n";
    std::fputs(text.c_str(), stderr);
    return submissions;
  }
  std::error_code error;
  std::vector<store::Submission> unsettled;
  for (const auto& entry : std::filesystem::directory_iterator(state->submissions(), error)) {
    auto submission = store::read_submission(entry.path().string());
    if (!submission || submission->is_withdrawn) continue;
    (submission->job_id.empty() ? unsettled : submissions).push_back(std::move(*submission));
  }
  settle(site, std::move(unsettled), submissions);
  if (submissions.empty()) return submissions;
  const auto cluster = slurm::cluster_name(site);
  std::erase_if(submissions, [&](const auto& s) { return !store::is_of_cluster(s, cluster); });
  std::sort(submissions.begin(), submissions.end(), [](const auto& a, const auto& b) {
    if (a.time != b.time) return a.time < b.time;
    return a.job_id.size() != b.job_id.size() ? a.job_id.size() < b.job_id.size() : a.job_id < b.job_id;
  });
  return submissions;
}

}  // namespace sarray::engine
