#include "cli/submissions.hpp"

#include <algorithm>
#include <filesystem>

#include "report/json.hpp"
#include "store/state_folder.hpp"
#include "util/fd.hpp"

namespace sarray::cli {

namespace {

using report::Json;

std::uint32_t number_of(const Json& record, const char* key) {
  const auto found = record.find(key);
  return found != record.end() && found->is_number_unsigned() ? found->get<std::uint32_t>() : 0;
}

std::string text_of(const Json& record, const char* key) {
  const auto found = record.find(key);
  return found != record.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<Submission> read_record(const std::string& folder) {
  const auto text = util::read_file(folder + "/record.json");
  return text ? parse_submission(*text, folder) : std::nullopt;
}

/// Of an array sacct prints the script once for every task (observed on 22.05): one task is enough.
std::string one_task_of(const slurm::Client& client, const std::string& job_id) {
  const auto tasks = client.run({"sacct", "-X", "-P", "-n", "-j", job_id, "-o", "JobID"});
  const auto first = tasks ? tasks->substr(0, tasks->find('\n')) : std::string();
  const bool is_task = first.starts_with(job_id + "_") && first.find_first_not_of("0123456789_") == std::string::npos;
  return is_task ? first : job_id;  // no task of its own: all of it was cancelled before it began
}

/// Slurm's own copy: the queue's while it remembers the job, else accounting's.
util::Result<std::string> ask_script(const slurm::Client& client, const std::string& job_id) {
  // scontrol says so on its stderr, and ends with 0, where it has none (observed on 22.05).
  const auto queued = client.run({"scontrol", "write", "batch_script", job_id, "-"});
  if (queued && merge::find_batch_script(*queued) != std::string::npos) return *queued;
  const auto accounted = client.run({"sacct", "-B", "-j", one_task_of(client, job_id)});
  if (accounted) {
    if (const auto at = merge::find_batch_script(*accounted); at != std::string::npos) return accounted->substr(at);
  }
  auto error = util::Error{"job " + job_id, "no batch script of sarray's is known for it",
                           "sarray history, or give the script that was submitted: --script sarray.slurm"};
  if (!queued) error.body = queued.error().body;
  return util::fail(std::move(error));
}

}  // namespace

std::optional<Submission> parse_submission(std::string_view text, const std::string& folder) {
  const auto record = Json::parse(text, nullptr, false);
  if (!record.is_object()) return std::nullopt;
  Submission submission;
  submission.folder = folder;
  submission.job_id = text_of(record, "job_id");
  submission.cluster = text_of(record, "cluster");
  submission.time = number_of(record, "time");
  submission.tasks = number_of(record, "tasks");
  submission.jobs = number_of(record, "jobs");
  submission.name = text_of(record, "name");
  submission.directory = text_of(record, "directory");
  if (const auto retry = record.find("retry_of"); retry != record.end() && retry->is_array()) {
    for (const auto& id : *retry) {
      if (id.is_string()) submission.retry_of.push_back(id.get<std::string>());
    }
  }
  if (const auto ids = record.find("ids"); ids != record.end() && ids->is_array()) {
    for (const auto& range : *ids) {
      const bool is_range =
          range.is_array() && range.size() == 2 && range[0].is_number_unsigned() && range[1].is_number_unsigned();
      if (is_range) submission.ids.emplace_back(range[0].get<std::uint32_t>(), range[1].get<std::uint32_t>());
    }
  }
  if (submission.job_id.empty()) return std::nullopt;
  return submission;
}

std::optional<merge::Start> parse_start(std::string_view environment, std::string_view text) {
  const auto record = Json::parse(text, nullptr, false);
  const bool is_whole = record.is_object() && record.contains("umask") && record["umask"].is_number_unsigned() &&
                        record.contains("limits") && record["limits"].is_array() &&
                        record["limits"].size() == slurm::limit_names.size();
  if (!is_whole) return std::nullopt;
  merge::Start start;
  std::vector<std::string> entries;
  for (std::size_t at = 0; at < environment.size();) {
    const auto end = std::min(environment.find('\0', at), environment.size());
    entries.emplace_back(environment.substr(at, end - at));
    at = end + 1;
  }
  start.environment = util::Environment::from_entries(std::move(entries));
  start.umask = record["umask"].get<mode_t>() & 0777;
  for (std::size_t i = 0; i < start.limits.size(); ++i) {
    if (!record["limits"][i].is_number_unsigned()) return std::nullopt;
    start.limits[i] = record["limits"][i].get<std::uint64_t>();
  }
  if (const auto arguments = record.find("arguments"); arguments != record.end() && arguments->is_array()) {
    for (const auto& argument : *arguments) {
      if (argument.is_string() && argument.get<std::string>().starts_with("--"))
        start.arguments.push_back(argument.get<std::string>());
    }
  }
  return start;
}

std::string cluster_name(const Site& site) {
  const auto configuration = site.client.configuration();
  return configuration ? configuration->cluster_name : std::string();
}

std::vector<Submission> list_submissions(const Site& site) {
  std::vector<Submission> submissions;
  const auto state = store::StateFolder::open();
  if (!state) return submissions;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(state->submissions(), error)) {
    if (auto submission = read_record(entry.path().string())) submissions.push_back(std::move(*submission));
  }
  if (submissions.empty()) return submissions;
  const auto cluster = cluster_name(site);
  std::erase_if(submissions, [&](const auto& s) { return !cluster.empty() && !s.cluster.empty() && s.cluster != cluster; });
  std::sort(submissions.begin(), submissions.end(), [](const auto& a, const auto& b) {
    if (a.time != b.time) return a.time < b.time;
    return a.job_id.size() != b.job_id.size() ? a.job_id.size() < b.job_id.size() : a.job_id < b.job_id;
  });
  return submissions;
}

const Submission* find_submission(const std::vector<Submission>& submissions, const std::string& job_id) {
  const auto found = std::find_if(submissions.rbegin(), submissions.rend(), [&](const auto& s) { return s.job_id == job_id; });
  return found != submissions.rend() ? &*found : nullptr;
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> id_ranges(std::vector<std::uint32_t> ids) {
  std::sort(ids.begin(), ids.end());
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges;
  for (const auto id : ids) {
    if (!ranges.empty() && id <= ranges.back().second + 1) {
      ranges.back().second = id;
    } else {
      ranges.emplace_back(id, id);
    }
  }
  return ranges;
}

util::Result<LoadedMap> load_map(const Site& site, const std::vector<Submission>& submissions, const std::string& job_id,
                                 const std::string& file) {
  LoadedMap loaded;
  const auto* submission = find_submission(submissions, job_id);
  if (!file.empty()) {
    TRY(loaded.script, util::read_file(file));
  } else if (auto local =
                 submission != nullptr ? util::read_file(submission->folder + "/sarray.slurm") : util::Result<std::string>();
             local && !local->empty()) {
    loaded.script = std::move(*local);
  } else {
    TRY(loaded.script, ask_script(site.client, job_id));
  }
  auto map = merge::unpack_script(std::move(loaded.script)).and_then([&](std::string plain) {
    loaded.script = std::move(plain);
    return merge::read_map(loaded.script);
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

std::vector<std::string> split_words(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    const auto word = text.substr(at, end - at);
    const bool is_id = !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
    if (is_id) words.push_back(word);
    at = end + 1;
  }
  return words;
}

/// The ids of an array's attempts, oldest first: those that it says are before it, itself, and those that are known to follow.
std::vector<std::string> attempt_ids(const merge::Map& map, const std::string& job_id,
                                     const std::vector<Submission>& submissions) {
  auto ids = split_words(map.retry_of);
  if (ids.size() > 1000) ids.clear();  // a script that nobody of us wrote
  ids.push_back(job_id);
  const auto first = ids.front();
  for (const auto& submission : submissions) {
    const bool follows = std::find(submission.retry_of.begin(), submission.retry_of.end(), first) != submission.retry_of.end();
    if (follows && std::find(ids.begin(), ids.end(), submission.job_id) == ids.end()) ids.push_back(submission.job_id);
  }
  std::stable_sort(ids.begin() + 1, ids.end(),
                   [](const auto& a, const auto& b) { return a.size() != b.size() ? a.size() < b.size() : a < b; });
  return ids;
}

}  // namespace

util::Result<Follower> Follower::open(const Site& site, const std::string& job_id, const std::string& file) {
  Follower follower(site);
  const auto submissions = list_submissions(site);
  TRY(auto asked, load_map(site, submissions, job_id, file));
  for (const auto& id : attempt_ids(asked.map, job_id, submissions)) {
    const bool is_asked = id == job_id;
    auto loaded = is_asked ? util::Result<LoadedMap>(asked) : load_map(site, submissions, id, "");
    if (!loaded) {
      follower.m_lost.push_back("job " + id + ", another attempt, is not shown: no batch script is known for it");
      continue;
    }
    follower.m_history.attempts.push_back({id, std::move(loaded->map), {}});
    follower.m_scripts.push_back(std::move(loaded->script));
  }
  report::find_standings(follower.m_history);
  return follower;
}

util::Result<void> Follower::refresh(bool with_usage) {
  std::vector<slurm::AskedArray> asked;
  for (const auto& attempt : m_history.attempts) asked.push_back({attempt.job_id, attempt.map.tasks});
  TRY(auto states, slurm::ask_states(m_site.client, asked, with_usage));
  for (std::size_t i = 0; i < asked.size(); ++i) m_history.attempts[i].tasks = std::move(states.tasks[i]);
  m_history.notes = m_lost;
  m_history.notes.insert(m_history.notes.end(), states.notes.begin(), states.notes.end());
  return {};
}

}  // namespace sarray::cli
