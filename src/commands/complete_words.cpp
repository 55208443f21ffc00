#include "commands/complete_words.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "commands/last.hpp"
#include "queue/gather.hpp"
#include "report/table.hpp"
#include "script/map.hpp"
#include "slurm/language/group_name.hpp"
#include "store/session.hpp"
#include "store/state_folder.hpp"
#include "store/submissions.hpp"
#include "util/fd.hpp"
#include "util/message.hpp"

namespace sarray::commands {

namespace {

/// More would not fit on a screen, and each costs reading a file.
constexpr std::size_t max_submissions = 100;
/// A script has up to some MB.
constexpr std::size_t max_scripts = 3;

/// Returns the submissions that have a job id, newest first.
std::vector<store::Submission> read_submissions() {
  std::vector<store::Submission> found;
  const auto folder = store::StateFolder::open();
  if (!folder) return found;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder->submissions(), error), end; !error && at != end; at.increment(error)) {
    auto submission = store::read_submission(at->path().string());
    if (submission && !submission->job_id.empty() && !submission->is_newer()) found.push_back(std::move(*submission));
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.time > b.time; });
  if (found.size() > max_submissions) found.resize(max_submissions);
  return found;
}

void add_job_names(const store::Submission& submission, std::set<std::string>& known, std::vector<Offer>& offers) {
  auto text = util::read_file(submission.folder + "/sarray.slurm");
  auto script = text ? script::unpack_script(std::move(*text)) : util::Result<std::string>(util::fail(text.error()));
  const auto map = script ? script::read_map(*script) : util::Result<script::Map>(util::fail(script.error()));
  if (!map) return;
  for (const auto& job : map->jobs) {
    if (known.insert(job.name).second)
      offers.push_back({job.name, "job " + std::to_string(job.number) + ", " + util::count(job.tasks, "task")});
  }
}

}  // namespace

std::vector<Offer> session_offers() {
  std::vector<Offer> offers;
  const auto folder = store::StateFolder::open();
  std::vector<std::string> warnings;
  auto sessions = folder ? store::list_sessions(*folder, &warnings)
                         : util::Result<std::vector<store::SessionInfo>>(util::fail(folder.error()));
  if (!sessions) return offers;
  std::reverse(sessions->begin(), sessions->end());
  for (const auto& info : *sessions)
    offers.push_back({info.name, util::count(info.jobs, "job") + ", " + report::date_text(info.started)});
  return offers;
}

std::vector<Offer> submission_offers() {
  std::vector<Offer> offers;
  for (const auto& submission : read_submissions()) {
    offers.push_back({submission.job_id, submission.name + ", " + util::count(submission.jobs, "job") + ", " +
                                             util::count(submission.tasks, "task") + ", " + report::date_text(submission.time)});
  }
  std::map<std::uint32_t, std::size_t> groups;
  for (const auto& submission : read_submissions()) {
    if (submission.group.number > 0) ++groups[submission.group.number];
  }
  for (const auto& [number, arrays] : groups) offers.push_back({slurm::group_name(number), util::count(arrays, "array")});
  if (!offers.empty()) offers.push_back({std::string(last_word), "the newest submission from this directory"});
  return offers;
}

std::vector<Offer> queue_offers() {
  std::vector<Offer> offers;
  const auto session = queue::find_session("");
  const auto contents = session ? session->read() : util::Result<store::SessionContents>(util::fail(session.error()));
  if (!contents) return offers;
  for (const auto& call : contents->calls) {
    if (!call.dropped && !call.submitted) offers.push_back({std::to_string(call.job), util::count(call.tasks, "task")});
  }
  return offers;
}

std::vector<Offer> job_name_offers(const std::string& task) {
  std::vector<Offer> offers;
  std::set<std::string> known;
  const auto job_id = task.substr(0, std::min(task.find('_'), task.size()));
  std::size_t read = 0;
  for (const auto& submission : read_submissions()) {
    if (read == max_scripts) break;
    if (!job_id.empty() && submission.job_id != job_id) continue;
    add_job_names(submission, known, offers);
    ++read;
  }
  return offers;
}

}  // namespace sarray::commands
