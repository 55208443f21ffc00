#include "follow/array_history.hpp"

#include <algorithm>
#include <optional>

#include "slurm/client/arrays.hpp"
#include "slurm/client/jobs.hpp"
#include "store/state_folder.hpp"
#include "util/fd.hpp"

namespace sarray::follow {

namespace {

/// Slurm's own copy: the queue's while it remembers the job, else accounting's; nothing where neither has one of sarray's.
std::optional<std::string> ask_script(const slurm::Client& client, const std::string& job_id) {
  const auto queued = client.queued_script(job_id);
  if (queued && script::find_batch_script(*queued) != std::string::npos) return *queued;
  const auto accounted = client.accounted_script(job_id);
  if (accounted) {
    if (const auto at = script::find_batch_script(*accounted); at != std::string::npos) return accounted->substr(at);
  }
  return std::nullopt;
}

}  // namespace

util::Result<LoadedMap> load_map(const slurm::SlurmSite& site, const std::vector<store::Submission>& submissions,
                                 const std::string& job_id, const std::string& file) {
  LoadedMap loaded;
  const auto* submission = store::find_submission(submissions, job_id);
  if (!file.empty()) {
    auto given = util::read_file(file);
    if (!given) {
      given.error().hint = "sarray history, or the script that was submitted: --script sarray.slurm";
      return util::fail(std::move(given).error());
    }
    loaded.script = std::move(*given);
    // Its tasks would be taken for those of another array.
    if (const auto held = ask_script(site.client, job_id); held && !script::is_same_data(loaded.script, *held))
      return util::fail(file, "it is not the script of job " + job_id, "sarray status " + job_id + ", which asks Slurm for it");
  } else if (auto local =
                 submission != nullptr ? util::read_file(submission->folder + "/sarray.slurm") : util::Result<std::string>();
             local && !local->empty()) {
    loaded.script = std::move(*local);
  } else {
    auto held = ask_script(site.client, job_id);
    if (!held) return util::fail(slurm::explain_no_script(site.client, job_id));
    loaded.script = std::move(*held);
  }
  auto map = script::unpack_script(std::move(loaded.script)).and_then([&](std::string plain) {
    loaded.script = std::move(plain);
    return script::read_map(loaded.script);
  });
  if (!map) {
    auto error = std::move(map).error();
    error.what = file.empty() ? "job " + job_id : file;
    return util::fail(std::move(error));
  }
  loaded.map = std::move(*map);
  return loaded;
}

namespace {

/// Retries of an array: by the notes on this machine, and where these do not know the array, by what Slurm holds.
std::vector<std::string> find_retries(const slurm::SlurmSite& site, const std::string& first,
                                      const std::vector<store::Submission>& submissions) {
  std::vector<std::string> ids;
  for (const auto& submission : submissions) {
    if (std::find(submission.retry_of.begin(), submission.retry_of.end(), first) != submission.retry_of.end())
      ids.push_back(submission.job_id);
  }
  if (store::find_submission(submissions, first) != nullptr) return ids;
  const auto held = site.client.arrays_of_user(slurm::a_month_ago());
  if (!held) return ids;
  for (const auto& array : *held) {
    if (slurm::marks_retry_of(array.marker, first)) ids.push_back(array.job_id);
  }
  return ids;
}

/// The ids of an array's attempts, oldest first: those that it says are before it, itself, and those that are known to follow.
std::vector<std::string> attempt_ids(const slurm::SlurmSite& site, const script::Map& map, const std::string& job_id,
                                     const std::vector<store::Submission>& submissions) {
  auto ids = map.retry_of;
  if (ids.size() > 1000) ids.clear();  // a script that nobody of us wrote
  ids.push_back(job_id);
  for (const auto& id : find_retries(site, ids.front(), submissions)) {
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  }
  std::stable_sort(ids.begin() + 1, ids.end(),
                   [](const auto& a, const auto& b) { return a.size() != b.size() ? a.size() < b.size() : a < b; });
  return ids;
}

}  // namespace

std::vector<store::Submission> submissions_in_slurm(const slurm::SlurmSite& site, const std::vector<store::Submission>& noted) {
  constexpr std::size_t max_asked = 50;  // each is a question to the controller
  std::vector<store::Submission> submissions;
  auto held = site.client.arrays_of_user(slurm::a_month_ago());
  if (!held) return submissions;
  const auto state = store::StateFolder::open();
  const auto is_left_out = [&](const slurm::HeldArray& array) {
    if (!noted.empty() && state && !array.place.ends_with(state->submissions())) return true;
    return std::any_of(noted.begin(), noted.end(),
                       [&](const auto& s) { return s.job_id == array.job_id || s.folder.ends_with("/" + array.marker); });
  };
  held->erase(std::remove_if(held->begin(), held->end(), is_left_out), held->end());
  const auto first = held->size() - std::min(held->size(), max_asked);
  for (auto array = held->begin() + static_cast<std::ptrdiff_t>(first); array != held->end(); ++array) {
    const auto loaded = load_map(site, {}, array->job_id, "");
    if (!loaded || loaded->map.jobs.empty()) continue;
    store::Submission submission;
    submission.job_id = array->job_id;
    submission.time = slurm::parse_slurm_time(array->submitted).value_or(0);
    submission.tasks = loaded->map.tasks;
    submission.jobs = static_cast<std::uint32_t>(loaded->map.jobs.size());
    submission.name = loaded->map.name;
    submission.directory = loaded->map.jobs.front().directory;
    submission.retry_of = loaded->map.retry_of;
    for (const auto& job : loaded->map.jobs) submission.ids.emplace_back(job.id, job.id);
    submissions.push_back(std::move(submission));
  }
  return submissions;
}

util::Result<ArrayHistory> ArrayHistory::open(const slurm::SlurmSite& site, const std::vector<store::Submission>& submissions,
                                              const std::string& job_id, const std::string& file) {
  ArrayHistory array_history(site);
  TRY(auto asked, load_map(site, submissions, job_id, file));
  std::string lost;
  for (const auto& id : attempt_ids(site, asked.map, job_id, submissions)) {
    auto loaded = id == job_id ? util::Result<LoadedMap>(std::move(asked)) : load_map(site, submissions, id, "");
    if (!loaded) {
      lost += (lost.empty() ? "" : ", ") + ("job " + id);
      continue;
    }
    array_history.m_history.attempts.push_back({id, std::move(loaded->map), {}});
    array_history.m_scripts.push_back(std::move(loaded->script));
  }
  if (!lost.empty())
    array_history.m_lost.push_back("other attempts are not shown, since no batch script is known for them: " + lost);
  follow::find_latest_attempts(array_history.m_history);
  return array_history;
}

util::Result<void> ArrayHistory::refresh(bool with_usage) {
  std::vector<slurm::ArrayQuery> asked;
  for (const auto& attempt : m_history.attempts) asked.push_back({attempt.job_id, attempt.map.tasks});
  TRY(auto states, m_site.client.states(asked, with_usage));
  for (std::size_t i = 0; i < asked.size(); ++i) m_history.attempts[i].tasks = std::move(states.tasks[i]);
  m_awaits_usage = states.without_usage > 0;
  m_history.notes = m_lost;
  m_history.notes.insert(m_history.notes.end(), states.notes.begin(), states.notes.end());
  return {};
}

}  // namespace sarray::follow
