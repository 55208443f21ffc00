#include "store/submissions.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include "store/state_folder.hpp"
#include "util/fd.hpp"
#include "util/json.hpp"
#include "util/user_text.hpp"

namespace sarray::store {

namespace {

using util::Json;

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

std::optional<slurm::Start> parse_start(std::string_view environment, std::string_view text) {
  const auto record = Json::parse(text, nullptr, false);
  const bool is_whole = record.is_object() && record.contains("umask") && record["umask"].is_number_unsigned() &&
                        record.contains("limits") && record["limits"].is_array() &&
                        record["limits"].size() == slurm::limit_names.size();
  if (!is_whole) return std::nullopt;
  slurm::Start start;
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
  return util::write_file_atomically(folder + "/record.json", util::to_line(record));
}

}  // namespace

util::Result<void> note_job_id(const std::string& folder, const std::string& job_id) {
  return change_record(folder, "job_id", job_id);
}

util::Result<void> note_never_sent(const std::string& folder) { return change_record(folder, "withdrawn", true); }

util::Result<void> note_forgotten(const std::string& folder) { return change_record(folder, "forgotten", true); }

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

std::string marker_of(const Submission& submission) { return submission.folder.substr(submission.folder.rfind('/') + 1); }

const Submission* find_submission(const std::vector<Submission>& submissions, const std::string& job_id,
                                  const std::string& marker) {
  const auto found = std::find_if(submissions.rbegin(), submissions.rend(), [&](const auto& s) {
    return s.job_id == job_id && (marker.empty() || marker_of(s) == marker);
  });
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

}  // namespace sarray::store
