#include "slurm/client/arrays.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <optional>
#include <string_view>

#include "util/fd.hpp"
#include "util/parse.hpp"

namespace sarray::slurm {

namespace {

using util::take_until;

constexpr std::string_view retry_mark = "-retry-of-";

struct SubmissionScript {
  std::string_view place;  ///< as in HeldArray
  std::string_view marker;
};

/// Finds .../submissions/MARKER/sarray.slurm in a text that begins with it, or names it at its end.
std::optional<SubmissionScript> find_script(std::string_view text) {
  const auto end = text.rfind("/sarray.slurm");
  if (end == std::string_view::npos) return std::nullopt;
  text = text.substr(0, end);
  const auto slash = text.rfind('/');
  if (slash == std::string_view::npos || !text.substr(0, slash).ends_with("/submissions")) return std::nullopt;
  return SubmissionScript{text.substr(0, slash), text.substr(slash + 1)};
}

/// "42137|PATH|STATE REASON TIME|2026-11-23T17:15:51", or of accounting "42137_7|SUBMITLINE|2026-11-23T17:15:51".
std::optional<HeldArray> read_line(std::string_view line) {
  HeldArray held;
  const auto id = take_until(line, '|');
  held.job_id = id.substr(0, id.find_first_not_of("0123456789"));
  held.submitted = line.substr(std::min(line.rfind('|') + 1, line.size()));
  const auto script = find_script(line);
  if (held.job_id.empty() || !script) return std::nullopt;
  held.place = script->place;
  held.marker = script->marker;
  held.is_refused = line.substr(0, line.rfind('|')).ends_with("|FAILED BadConstraints 0:00");
  return held;
}

void read_lines(std::string_view text, std::vector<HeldArray>& arrays) {
  while (!text.empty()) {
    auto held = read_line(take_until(text, '\n'));
    // A line a task: those of one array follow each other.
    if (held && (arrays.empty() || arrays.back().job_id != held->job_id)) arrays.push_back(std::move(*held));
  }
}

bool is_older(const HeldArray& a, const HeldArray& b) {
  return a.job_id.size() != b.job_id.size() ? a.job_id.size() < b.job_id.size() : a.job_id < b.job_id;
}

}  // namespace

std::string slurm_time(std::int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm local{};
  ::localtime_r(&time, &local);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &local);
  return text.data();
}

util::Result<std::vector<HeldArray>> Client::arrays_of_user(std::int64_t since) const {
  std::vector<HeldArray> arrays;
  const auto user = std::to_string(::getuid());
  TRY(const auto queue, run({"squeue", "-h", "-a", "-t", "all", "-u", user, "-o", "%F|%o|%T %r %M|%V"}));
  read_lines(queue, arrays);
  const auto accounting = run({"sacct", "-n", "-X", "-P", "-u", user, "-S", slurm_time(since), "-o", "JobID,SubmitLine,Submit"});
  if (accounting) read_lines(*accounting, arrays);
  std::stable_sort(arrays.begin(), arrays.end(), is_older);
  arrays.erase(std::unique(arrays.begin(), arrays.end(), [](const auto& a, const auto& b) { return a.job_id == b.job_id; }),
               arrays.end());
  return arrays;
}

util::Result<std::vector<QueuedCommand>> Client::commands_in_queue() const {
  TRY(const auto queue, run({"squeue", "-h", "-a", "-t", "all", "-o", "%F|%o"}));
  std::vector<QueuedCommand> commands;
  for (std::string_view rest = queue; !rest.empty();) {
    auto line = take_until(rest, '\n');
    const auto id = take_until(line, '|');
    commands.push_back({std::string(id), std::string(line)});
  }
  return commands;
}

std::int64_t guaranteed_retention_seconds(const slurm::Configuration& configuration) {
  constexpr std::int64_t max = 120;
  constexpr std::int64_t margin = 5;
  if (configuration.min_job_age == 0) return max;
  return std::min(max, std::int64_t{configuration.min_job_age} - margin);
}

std::int64_t a_month_ago() { return static_cast<std::int64_t>(std::time(nullptr)) - std::int64_t{30} * 86400; }

bool is_submission_script(std::string_view command) { return find_script(command).has_value(); }

bool names_script(std::string_view command, const std::string& script) {
  const auto at = script.rfind("/submissions/");
  return command.find(at == std::string::npos ? script : script.substr(at)) != std::string_view::npos;
}

std::string make_marker(const std::string& first_attempt) {
  return util::random_name(16) + (first_attempt.empty() ? "" : std::string(retry_mark) + first_attempt);
}

bool marks_retry_of(const std::string& marker, const std::string& first_attempt) {
  return marker.ends_with(std::string(retry_mark) + first_attempt);
}

}  // namespace sarray::slurm
