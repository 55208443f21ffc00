#include "store/submissions.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>

#include "store/state_folder.hpp"
#include "util/fd.hpp"
#include "util/json.hpp"
#include "util/user_text.hpp"

namespace sarray::store {

namespace {

using util::Json;

template <class Number>
Number number_of(const Json& record, const char* key) {
  const auto found = record.find(key);
  return found != record.end() && found->is_number_unsigned() ? found->get<Number>() : Number{0};
}

std::string text_of(const Json& record, const char* key) {
  const auto found = record.find(key);
  return found != record.end() && found->is_string() ? found->get<std::string>() : std::string();
}

constexpr std::array<std::pair<PipelineStep, std::string_view>, 3> step_words = {
    {{PipelineStep::held, "held"}, {PipelineStep::linked, "linked"}, {PipelineStep::released, "released"}}};

/// A word that is not known is taken for the first step: what is done again then does no harm.
PipelineStep step_of(const Json& record) {
  const auto word = text_of(record, "pipeline");
  if (word.empty()) return PipelineStep::none;
  const auto found = std::find_if(step_words.begin(), step_words.end(), [&](const auto& step) { return step.second == word; });
  return found != step_words.end() ? found->first : PipelineStep::held;
}

/// @return number 0 unless all of it is there: then it is an array of its own.
slurm::GroupPlace group_of(const Json& record) {
  const auto found = record.find("group");
  if (found == record.end() || !found->is_object()) return {};
  const slurm::GroupPlace place{number_of<std::uint32_t>(*found, "number"), number_of<std::uint32_t>(*found, "part"),
                                number_of<std::uint32_t>(*found, "of")};
  return place.part > 0 ? place : slurm::GroupPlace();
}

/// Reads the start from a record, without the environment, which is not a part of it.
std::optional<slurm::Start> start_of(const Json& record) {
  const bool is_whole = record.contains("umask") && record["umask"].is_number_unsigned() && record.contains("limits") &&
                        record["limits"].is_array() && record["limits"].size() == slurm::limit_names.size();
  if (!is_whole) return std::nullopt;
  slurm::Start start;
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

}  // namespace

void Submission::set_begun(const util::Moment& moment) {
  time = moment.seconds;
  boot = moment.boot;
  uptime = moment.uptime;
}

std::optional<Submission> parse_submission(std::string_view text, const std::string& folder) {
  const auto record = Json::parse(text, nullptr, false);
  if (!record.is_object()) return std::nullopt;
  Submission submission;
  submission.folder = folder;
  submission.version = number_of<std::uint32_t>(record, "version");
  submission.job_id = text_of(record, "job_id");
  submission.cluster = text_of(record, "cluster");
  submission.time = number_of<std::int64_t>(record, "time");
  submission.boot = text_of(record, "boot");
  submission.uptime = number_of<std::int64_t>(record, "uptime");
  submission.tasks = number_of<std::uint32_t>(record, "tasks");
  submission.first_index = number_of<std::uint32_t>(record, "first_index");
  submission.jobs = number_of<std::uint32_t>(record, "jobs");
  submission.script = text_of(record, "script");
  submission.name = text_of(record, "name");
  submission.job_name = text_of(record, "job_name");
  submission.group = group_of(record);
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
  submission.step = step_of(record);
  submission.is_withdrawn = record.contains("withdrawn");
  submission.is_forgotten = record.contains("forgotten");
  submission.queue_file = text_of(record, "queue_file");
  submission.start = start_of(record);
  return submission;
}

std::string format_submission(const Submission& submission) {
  Json record;
  record["version"] = submission.version;
  record["job_id"] = submission.job_id;
  record["cluster"] = submission.cluster;
  record["time"] = submission.time;
  if (!submission.boot.empty()) {
    record["boot"] = submission.boot;
    record["uptime"] = submission.uptime;
  }
  record["tasks"] = submission.tasks;
  record["first_index"] = submission.first_index;
  record["jobs"] = submission.jobs;
  record["script"] = submission.script;
  record["name"] = submission.name;
  if (!submission.job_name.empty()) record["job_name"] = submission.job_name;
  if (submission.group.number > 0) {
    const auto& place = submission.group;
    record["group"] = {{"number", place.number}, {"part", place.part}, {"of", place.of}};
  }
  record["directory"] = submission.directory;
  record["ids"] = submission.ids;
  if (!submission.queue_file.empty()) record["queue_file"] = submission.queue_file;
  record["retry_of"] = submission.retry_of;
  for (const auto& [step, word] : step_words) {
    if (submission.step == step) record["pipeline"] = word;
  }
  if (submission.start) {
    record["arguments"] = submission.start->arguments;
    record["umask"] = submission.start->umask;
    record["limits"] = submission.start->limits;
  }
  if (submission.is_withdrawn) record["withdrawn"] = true;
  if (submission.is_forgotten) record["forgotten"] = true;
  return util::to_line(record);
}

std::string format_environment(const util::Environment& environment) {
  std::string bytes;
  for (const auto& entry : environment.entries()) bytes.append(entry).push_back('\0');
  return bytes;
}

std::optional<slurm::Start> complete_start(const Submission& submission, std::string_view environment) {
  auto start = submission.start;
  if (!start) return start;
  std::vector<std::string> entries;
  for (std::size_t at = 0; at < environment.size();) {
    const auto end = std::min(environment.find('\0', at), environment.size());
    entries.emplace_back(environment.substr(at, end - at));
    at = end + 1;
  }
  start->environment = util::Environment::from_entries(std::move(entries));
  return start;
}

std::optional<slurm::Start> read_start(const Submission& submission) {
  const auto environment = util::read_file(submission.folder + "/environment");
  return environment ? complete_start(submission, *environment) : std::nullopt;
}

std::optional<Submission> read_submission(const std::string& folder) {
  const auto text = util::read_file(folder + "/record.json");
  return text ? parse_submission(*text, folder) : std::nullopt;
}

util::Result<void> write_submission(const Submission& submission) {
  return util::write_file_atomically(submission.folder + "/record.json", format_submission(submission));
}

util::Error explain_newer(const Submission& submission) {
  return {submission.folder + "/record.json",
          "a newer sarray wrote it (version " + std::to_string(submission.version) + "; this one reads up to " +
              std::to_string(Submission::known_version) + ")",
          "use the sarray that submitted it"};
}

namespace {

/// Reads a record that is about to be written again.
util::Result<Submission> read_to_change(const std::string& folder) {
  TRY(const auto text, util::read_file(folder + "/record.json"));
  auto submission = parse_submission(text, folder);
  if (!submission) return util::fail(folder + "/record.json", "it is damaged");
  if (submission->is_newer()) return util::fail(explain_newer(*submission));
  return std::move(*submission);
}

/// Notes the outcome: the job id, or one of the two marks, and no other.
util::Result<void> note_outcome(const std::string& folder, const std::string& job_id, bool is_withdrawn, bool is_forgotten) {
  TRY(auto submission, read_to_change(folder));
  submission.job_id = job_id;
  submission.is_withdrawn = is_withdrawn;
  submission.is_forgotten = is_forgotten;
  return write_submission(submission);
}

}  // namespace

util::Result<void> note_job_id(const std::string& folder, const std::string& job_id) {
  return note_outcome(folder, job_id, false, false);
}

util::Result<void> note_never_sent(const std::string& folder) { return note_outcome(folder, "", true, false); }

util::Result<void> note_forgotten(const std::string& folder) { return note_outcome(folder, "", false, true); }

util::Result<void> note_step(const std::string& folder, PipelineStep step) {
  TRY(auto submission, read_to_change(folder));
  submission.step = step;
  return write_submission(submission);
}

util::Result<void> note_parts(const std::string& folder, std::uint32_t of) {
  TRY(auto submission, read_to_change(folder));
  submission.group.of = of;
  return write_submission(submission);
}

bool is_held_for_pipeline(const Submission& submission) {
  return submission.step == PipelineStep::held || submission.step == PipelineStep::linked;
}

bool is_of_file(const Submission& submission, const std::string& file) {
  return !submission.queue_file.empty() && util::to_line(submission.queue_file) == util::to_line(file);
}

std::int64_t last_run(const std::string& folder, std::int64_t begin) {
  struct stat state {};
  const auto ended = ::stat((folder + "/lock").c_str(), &state) == 0 ? static_cast<std::int64_t>(state.st_mtime) : begin;
  return std::max(begin, ended);
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

const Submission* find_submission(const std::vector<Submission>& submissions, const std::string& job_id,
                                  const std::string& marker) {
  const auto found = std::find_if(submissions.rbegin(), submissions.rend(),
                                  [&](const auto& s) { return s.job_id == job_id && (marker.empty() || s.marker() == marker); });
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
