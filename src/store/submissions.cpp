#include "cli/submission_notes.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include "cli/slurm_arrays.hpp"
#include "report/json.hpp"
#include "store/state_folder.hpp"
#include "util/fd.hpp"
#include "util/user_text.hpp"

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
  submission.is_withdrawn = record.contains("withdrawn");
  submission.is_forgotten = record.contains("forgotten");
  submission.queue_file = text_of(record, "queue_file");
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

std::optional<Submission> read_submission(const std::string& folder) {
  const auto text = util::read_file(folder + "/record.json");
  return text ? parse_submission(*text, folder) : std::nullopt;
}

namespace {

/// Changes one value of a record, and keeps the rest.
util::Result<void> change_record(const std::string& folder, const char* key, const Json& value) {
  TRY(const auto text, util::read_file(folder + "/record.json"));
  auto record = Json::parse(text, nullptr, false);
  if (!record.is_object()) return util::fail(folder + "/record.json", "it is damaged");
  record.erase("withdrawn");
  record.erase("forgotten");
  record[key] = value;
  return util::write_file_atomically(folder + "/record.json", report::to_line(record));
}

bool is_locked(const std::string& folder) {
  const auto fd = util::open_file(folder + "/lock", O_RDWR | O_NOFOLLOW);
  return fd && ::flock(fd->get(), LOCK_EX | LOCK_NB) != 0;
}

/// Looks for submissions whose end nobody noted, because `sarray` was killed while sbatch ran: with one question for all of them,
/// and for each only until Slurm has said once that it has none.
void settle(const Site& site, std::vector<Submission> unsettled, std::vector<Submission>& submissions) {
  constexpr std::int64_t settled = 10;  // seconds after which a controller no longer takes an array that sbatch sent
  std::erase_if(unsettled, [](const auto& submission) { return submission.is_forgotten || is_locked(submission.folder); });
  if (unsettled.empty()) return;
  const auto configuration = site.client.configuration();
  if (!configuration) return;
  // Another cluster knows nothing of it.
  std::erase_if(unsettled, [&](const auto& s) { return !is_of_cluster(s, configuration->cluster_name); });
  if (unsettled.empty()) return;
  const auto oldest = std::min_element(unsettled.begin(), unsettled.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
  const auto held = held_arrays(site.client, oldest->time - 60);
  if (!held) return;
  for (auto& submission : unsettled) {
    const auto marker = submission.folder.substr(submission.folder.rfind('/') + 1);
    const auto found = std::find_if(held->begin(), held->end(), [&](const auto& array) { return array.marker == marker; });
    if (found != held->end()) {
      submission.job_id = found->job_id;
      [[maybe_unused]] const auto noted = note_job_id(submission.folder, submission.job_id);  // else the next command asks again
      submissions.push_back(std::move(submission));
      continue;
    }
    const auto now = static_cast<std::int64_t>(std::time(nullptr));
    if (now - last_run(submission.folder, submission.time) < settled) continue;
    const bool is_sure = now - submission.time < surely_remembered(*configuration);
    [[maybe_unused]] const auto noted = change_record(submission.folder, is_sure ? "withdrawn" : "forgotten", true);
  }
}

}  // namespace

util::Result<void> note_job_id(const std::string& folder, const std::string& job_id) {
  return change_record(folder, "job_id", job_id);
}

util::Result<void> note_never_sent(const std::string& folder) { return change_record(folder, "withdrawn", true); }

std::int64_t last_run(const std::string& folder, std::int64_t begin) {
  struct stat state {};
  const auto ended = ::stat((folder + "/lock").c_str(), &state) == 0 ? static_cast<std::int64_t>(state.st_mtime) : begin;
  return std::min(std::max(begin, ended), static_cast<std::int64_t>(std::time(nullptr)));
}

bool is_of_cluster(const Submission& submission, const std::string& cluster) {
  return submission.cluster.empty() || cluster.empty() || submission.cluster == cluster;
}

std::vector<Submission> list_unsettled(const store::StateFolder& folder) {
  std::vector<Submission> unsettled;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder.submissions(), error)) {
    auto submission = read_submission(entry.path().string());
    if (submission && submission->job_id.empty() && !submission->is_withdrawn) unsettled.push_back(std::move(*submission));
  }
  return unsettled;
}

std::string cluster_name(const Site& site) {
  const auto configuration = site.client.configuration();
  return configuration ? configuration->cluster_name : std::string();
}

std::vector<Submission> list_submissions(const Site& site) {
  std::vector<Submission> submissions;
  const auto state = store::StateFolder::open();
  if (!state) {
    const auto& error = state.error();
    auto text = "sarray: warning: " + util::printable(error.what + ": " + error.why) + ": what is noted there is left out\n";
    if (!error.hint.empty()) text += "hint: " + util::printable(error.hint) + "\n";
    std::fputs(text.c_str(), stderr);
    return submissions;
  }
  std::error_code error;
  std::vector<Submission> unsettled;
  for (const auto& entry : std::filesystem::directory_iterator(state->submissions(), error)) {
    auto submission = read_submission(entry.path().string());
    if (!submission || submission->is_withdrawn) continue;
    (submission->job_id.empty() ? unsettled : submissions).push_back(std::move(*submission));
  }
  settle(site, std::move(unsettled), submissions);
  if (submissions.empty()) return submissions;
  const auto cluster = cluster_name(site);
  std::erase_if(submissions, [&](const auto& s) { return !is_of_cluster(s, cluster); });
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

}  // namespace sarray::cli
