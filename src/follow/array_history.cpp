#include "follow/array_history.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "follow/waits.hpp"
#include "slurm/client/arrays.hpp"
#include "slurm/client/jobs.hpp"
#include "store/state_folder.hpp"
#include "util/fd.hpp"
#include "util/message.hpp"

namespace sarray::follow {

namespace {

/// What Slurm holds as a job's batch script.
struct HeldScript {
  std::string script;       ///< of sarray's; empty: none
  bool is_foreign = false;  ///< there is a script, and sarray did not write it
};

/// Slurm's own copy: the queue's while it remembers the job, else accounting's.
HeldScript ask_script(const slurm::Client& client, const std::string& job_id) {
  const auto queued = client.queued_script(job_id);
  if (queued && script::find_batch_script(*queued) != std::string::npos) return {*queued, false};
  if (queued && queued->starts_with("#!")) return {"", true};
  const auto accounted = client.accounted_script(job_id);
  if (accounted) {
    if (const auto at = script::find_batch_script(*accounted); at != std::string::npos) return {accounted->substr(at), false};
  }
  return {"", accounted && accounted->find("\n#!") != std::string::npos};
}

/// Loads a script that the user gave. It must be the one that Slurm has, or its tasks would be taken for those of another array.
util::Result<void> load_file(const slurm::SlurmSite& site, const std::string& job_id, const std::string& file,
                             LoadedMap& loaded) {
  auto given = util::read_file(file);
  if (!given) {
    given.error().hint = "sarray history, or the script that was submitted: --from sarray.slurm";
    return util::fail(std::move(given).error());
  }
  loaded.script = std::move(*given);
  const auto held = ask_script(site.client, job_id);
  loaded.is_held = !held.script.empty() && script::is_same_data(loaded.script, held.script);
  if (loaded.is_held || (held.script.empty() && !held.is_foreign)) return {};
  return util::fail(file, "it is not the script of job " + job_id, "sarray status " + job_id + ", which asks Slurm for it");
}

}  // namespace

util::Result<LoadedMap> load_map(const slurm::SlurmSite& site, const std::vector<store::Submission>& submissions,
                                 const ArrayName& name, const std::string& file) {
  LoadedMap loaded;
  const auto& job_id = name.job_id;
  const auto* submission = store::find_submission(submissions, job_id, name.marker);
  if (submission != nullptr) {
    loaded.script_path = submission->folder + "/sarray.slurm";
    loaded.noted = submission->time;
  }
  if (!file.empty()) {
    CHECK_OK(load_file(site, job_id, file, loaded));
  } else if (auto local = submission != nullptr ? util::read_file(loaded.script_path) : util::Result<std::string>();
             local && !local->empty()) {
    loaded.script = std::move(*local);
  } else {
    auto held = ask_script(site.client, job_id);
    if (held.script.empty()) return util::fail(slurm::explain_no_script(site.client, job_id));
    loaded.script = std::move(held.script);
    loaded.is_held = true;
  }
  if (loaded.is_held) loaded.script_path.clear();
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

using IdRanges = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

IdRanges ids_of(const script::Map& map) {
  std::vector<std::uint32_t> ids;
  for (const auto& job : map.jobs) ids.push_back(job.id);
  return store::id_ranges(std::move(ids));
}

/// Whether two arrays are of the same jobs, wholly or in part: virtual ids are never given twice, job ids are.
bool share_jobs(const IdRanges& one, const IdRanges& other) {
  if (one.empty() || other.empty()) return true;  // not known
  return std::any_of(one.begin(), one.end(), [&](const auto& a) {
    return std::any_of(other.begin(), other.end(), [&](const auto& b) { return a.first <= b.second && b.first <= a.second; });
  });
}

/// Returns the newest submission with that job id that is of the same jobs; null if none is noted.
const store::Submission* find_of_jobs(const std::vector<store::Submission>& submissions, const std::string& job_id,
                                      const IdRanges& ids) {
  const auto found = std::find_if(submissions.rbegin(), submissions.rend(),
                                  [&](const auto& s) { return s.job_id == job_id && share_jobs(s.ids, ids); });
  return found != submissions.rend() ? &*found : nullptr;
}

/// Returns the retries of an array by the notes on this machine, or by what Slurm holds if the notes do not know the array.
/// @param ids of the array that was asked for, which is the first or one of its retries.
std::vector<ArrayName> find_retries(const slurm::SlurmSite& site, const std::string& first, const IdRanges& ids,
                                    const std::vector<store::Submission>& submissions) {
  std::vector<ArrayName> retries;
  const auto* noted = find_of_jobs(submissions, first, ids);
  const auto& first_ids = noted != nullptr ? noted->ids : IdRanges();
  for (const auto& submission : submissions) {
    const bool names_it = std::find(submission.retry_of.begin(), submission.retry_of.end(), first) != submission.retry_of.end();
    if (names_it && share_jobs(submission.ids, first_ids)) retries.push_back({submission.job_id, submission.marker()});
  }
  if (noted != nullptr) return retries;
  const auto held = site.client.arrays_of_user(slurm::a_month_ago());
  if (!held) return retries;
  for (const auto& array : *held) {
    if (slurm::marks_retry_of(array.marker, first)) retries.push_back({array.job_id, ""});
  }
  return retries;
}

/// Returns an array's attempts, oldest first: those that it says are before it, itself, and those that are known to follow.
std::vector<ArrayName> attempts_of(const slurm::SlurmSite& site, const script::Map& map, const ArrayName& asked,
                                   const std::vector<store::Submission>& submissions) {
  auto ids = ids_of(map);
  std::vector<ArrayName> names;
  auto earlier = map.retry_of;
  if (earlier.size() > 1000) earlier.clear();  // a script that nobody of us wrote
  // The first array has every job; its retries may have none in common.
  auto known = ids;
  for (auto& job_id : earlier) {
    const auto* noted = find_of_jobs(submissions, job_id, ids);
    if (names.empty() && noted != nullptr) ids = noted->ids;  // the first, which has every job
    names.push_back({std::move(job_id), noted != nullptr ? noted->marker() : ""});
  }
  names.push_back(asked);
  for (auto& retry : find_retries(site, names.front().job_id, ids, submissions)) {
    const bool is_there = std::any_of(names.begin(), names.end(), [&](const auto& name) { return name.job_id == retry.job_id; });
    if (!is_there) names.push_back(std::move(retry));
  }
  std::stable_sort(names.begin() + 1, names.end(), [](const auto& a, const auto& b) {
    return a.job_id.size() != b.job_id.size() ? a.job_id.size() < b.job_id.size() : a.job_id < b.job_id;
  });
  return names;
}

}  // namespace

std::vector<store::Submission> submissions_in_slurm(const slurm::SlurmSite& site, const std::vector<store::Submission>& noted) {
  constexpr std::size_t max_asked = 50;  // each is a question to the controller
  std::vector<store::Submission> submissions;
  auto held = site.client.arrays_of_user(slurm::a_month_ago());
  if (!held) return submissions;
  const auto state = store::StateFolder::open();
  const auto is_left_out = [&](const slurm::HeldArray& array) {
    if (array.is_refused) return true;
    if (!noted.empty() && state && !array.place.ends_with(state->submissions())) return true;
    return std::any_of(noted.begin(), noted.end(),
                       [&](const auto& s) { return s.job_id == array.job_id || s.folder.ends_with("/" + array.marker); });
  };
  held->erase(std::remove_if(held->begin(), held->end(), is_left_out), held->end());
  const auto first = held->size() - std::min(held->size(), max_asked);
  for (auto array = held->begin() + static_cast<std::ptrdiff_t>(first); array != held->end(); ++array) {
    const auto loaded = load_map(site, {}, {array->job_id, ""}, "");
    if (!loaded || loaded->map.jobs.empty()) continue;
    store::Submission submission;
    submission.job_id = array->job_id;
    submission.time = slurm::parse_slurm_time(array->submitted).value_or(0);
    submission.tasks = loaded->map.tasks;
    submission.first_index = loaded->map.first_index();
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
                                              const ArrayName& name, const std::string& file) {
  ArrayHistory array_history(site);
  array_history.m_asked = name.job_id;
  TRY(auto asked, load_map(site, submissions, name, file));
  std::string lost;
  const auto names = attempts_of(site, asked.map, name, submissions);
  const auto asked_jobs = ids_of(asked.map);
  const auto before = asked.map.retry_of;
  IdRanges first_jobs;
  for (const auto& attempt : names) {
    const auto& id = attempt.job_id;
    const bool is_asked = id == name.job_id;
    auto loaded = is_asked ? util::Result<LoadedMap>(std::move(asked)) : load_map(site, submissions, attempt, "");
    // The first attempt has every job, so that it shares some with each of the others; these need not share any.
    const bool is_first = id == names.front().job_id;
    const bool is_other = loaded && !is_asked && !share_jobs(ids_of(loaded->map), is_first ? asked_jobs : first_jobs);
    const bool is_named = std::find(before.begin(), before.end(), id) != before.end();
    if (is_other && !is_named) continue;  // a retry of an earlier array that had the same job id
    if (!loaded || is_other) {
      lost += (lost.empty() ? "" : ", ") + ("job " + id);
      continue;
    }
    if (is_first) first_jobs = ids_of(loaded->map);
    auto& attempts = array_history.m_history.attempts;
    const auto identity = loaded->is_held ? slurm::Identity::same : slurm::Identity::unknown;
    attempts.push_back({id, std::move(loaded->map), {}, std::move(loaded->script_path), loaded->noted, identity, false});
    array_history.m_scripts.push_back(std::move(loaded->script));
  }
  if (!lost.empty())
    array_history.m_lost.push_back("other attempts are not shown, since no batch script is known for them: " + lost);
  follow::find_latest_attempts(array_history.m_history);
  return array_history;
}

namespace {

/// Returns the message for a job id that is another job's now.
std::string explain_other(const Attempt& attempt, const slurm::Holder& holder) {
  return "another job has that id now" + (holder.submitted.empty() ? "" : " (submitted " + holder.submitted + ")") +
         ": it is not the array of " + util::count(attempt.map.tasks, "task") + " that sarray submitted as job " + attempt.job_id;
}

/// Whether the time that Slurm shows fits the noted one. Clocks differ, and a requeue sets a later time.
bool is_near(const Attempt& attempt, const slurm::Holder& holder) {
  constexpr std::int64_t near = 3600;  // seconds
  const auto submitted = slurm::parse_slurm_time(holder.submitted);
  return submitted && attempt.noted != 0 && std::abs(*submitted - attempt.noted) <= near;
}

/// Returns the message if Slurm does not tell which script a job has, but shows something of it.
std::string explain_unknown(const Attempt& attempt, const slurm::Holder& holder) {
  const auto begin = "Slurm does not say which script job " + attempt.job_id + " ran: ";
  if (is_near(attempt, holder)) return begin + "it is taken for the array that sarray submitted, since the time is the same";
  return begin + "it was submitted " + holder.submitted +
         ", and the array that is noted here at another time: it may be another job";
}

}  // namespace

/// @param holders one for each attempt.
util::Result<void> ArrayHistory::take_holders(const slurm::Holder* holders) {
  for (std::size_t i = 0; i < m_history.attempts.size(); ++i) {
    auto& attempt = m_history.attempts[i];
    const auto& holder = holders[i];
    if (attempt.script_path.empty()) continue;  // Slurm has its script, or there is nothing to compare
    attempt.identity = holder.identity;
    if (holder.identity == slurm::Identity::other) {
      const auto why = explain_other(attempt, holder);
      if (attempt.job_id == m_asked) return util::fail("job " + attempt.job_id, why, "squeue -j " + attempt.job_id);
      m_history.notes.push_back("job " + attempt.job_id + ": " + why);
    }
    if (holder.identity == slurm::Identity::unknown && !holder.submitted.empty()) {
      attempt.is_doubtful = !is_near(attempt, holder);
      m_history.notes.push_back(explain_unknown(attempt, holder));
    }
  }
  return {};
}

void ArrayHistory::note_revived() {
  constexpr std::size_t max_named = 5;
  const auto revived = find_revived(m_history);
  for (std::size_t i = 0; i < std::min(revived.size(), max_named); ++i) {
    const auto& run = revived[i].run;
    const auto& attempt = m_history.attempts[run.attempt];
    const auto& latest = m_history.latest_of(revived[i].index);
    const std::string state = slurm::task_state_name(attempt.task(run.index).state);
    const auto other = latest.attempt == run.attempt ? std::string()
                                                     : ", while its retry is " + m_history.attempts[latest.attempt].job_id + "_" +
                                                           std::to_string(latest.index);
    m_history.notes.push_back(attempt.job_id + "_" + std::to_string(run.index) + " was retried, then requeued: it is " + state +
                              other);
  }
  if (revived.size() > max_named) m_history.notes.push_back("so were " + util::count(revived.size() - max_named, "other task"));
}

util::Result<void> ArrayHistory::refresh(bool with_usage) { return refresh(engine::SlurmEngine(m_site.client), with_usage); }

util::Result<void> ArrayHistory::refresh(const engine::Engine& engine, bool with_usage) {
  return refresh_all({this}, engine, with_usage);
}

util::Result<void> ArrayHistory::refresh_all(const std::vector<ArrayHistory*>& arrays, const engine::Engine& engine,
                                             bool with_usage) {
  std::vector<slurm::ArrayQuery> asked;
  for (const auto* array : arrays) {
    for (const auto& attempt : array->m_history.attempts)
      asked.push_back({attempt.job_id, attempt.map.tasks, attempt.script_path, attempt.map.first_index()});
  }
  TRY(auto states, engine.states(asked, with_usage));
  std::size_t at = 0;
  for (auto* array : arrays) {
    auto& history = array->m_history;
    const auto first = at;
    for (auto& attempt : history.attempts) attempt.tasks = std::move(states.tasks[at++]);
    array->m_awaits_usage = states.without_usage > 0;
    history.notes = array->m_lost;
    CHECK_OK(array->take_holders(&states.holders[first]));
    find_latest_attempts(history);
    array->note_revived();
  }
  auto& notes = arrays.front()->m_history.notes;
  const auto own = notes.begin() + static_cast<std::ptrdiff_t>(arrays.front()->m_lost.size());
  notes.insert(own, states.notes.begin(), states.notes.end());
  std::vector<History*> histories;
  for (auto* array : arrays) histories.push_back(&array->m_history);
  find_waits(arrays.front()->m_site, engine, histories);
  return {};
}

void ArrayHistory::set_meant(const std::vector<std::uint32_t>& indices) {
  m_history.meant.clear();
  if (indices.size() == m_history.latest.size()) return;
  m_history.meant.assign(m_history.latest.size(), false);
  for (const auto index : indices) m_history.meant[m_history.position(index)] = true;
}

}  // namespace sarray::follow
