#include "slurm/client/jobs.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "util/parse.hpp"

namespace sarray::slurm {

namespace {

using util::take_until;

bool is_digits(std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos; }

constexpr const char* unknown_job = "Slurm does not know this job";

util::Error foreign(const std::string& job_id, const std::string& user) {
  return {"job " + job_id, "it belongs to " + user, "squeue --me"};
}

/// Returns an error with what accounting knows of a job that the queue has forgotten.
util::Error explain_forgotten(const slurm::Client& client, const std::string& job_id) {
  const std::string hint = "sarray history, or give the script that was submitted: --from sarray.slurm";
  const auto owner = client.accounted_owner(job_id);
  if (!owner) return {"job " + job_id, std::string(unknown_job) + ", or has forgotten it", hint};
  if (owner->uid != ::getuid()) return foreign(job_id, owner->name);
  return {"job " + job_id, "Slurm has no batch script for it that sarray wrote", hint};
}

}  // namespace

util::Result<std::vector<JobRecord>> Client::show_job(const std::string& job_id) const {
  TRY(const auto output, run({"scontrol", "show", "job", "-o", job_id}));
  std::vector<JobRecord> records;
  for (std::string_view rest = output; !rest.empty();) {
    const auto line = take_until(rest, '\n');
    if (line.starts_with("JobId=")) records.emplace_back(line);
  }
  return records;
}

util::Result<std::vector<JobLine>> Client::queued_job(const std::string& job_id) const {
  TRY(const auto queue, run({"squeue", "-h", "-a", "-t", "all", "-j", job_id, "-o", "%A|%F|%K|%V|%o"}));
  std::vector<JobLine> lines;
  for (std::string_view rest = queue; !rest.empty();) {
    auto text = take_until(rest, '\n');
    JobLine line;
    line.job_id = take_until(text, '|');
    line.array_id = take_until(text, '|');
    line.indices = take_until(text, '|');
    if (line.indices == "N/A") line.indices.clear();
    line.submitted = take_until(text, '|');
    line.command = text;
    if (is_digits(line.array_id)) lines.push_back(std::move(line));
  }
  return lines;
}

util::Result<std::vector<JobLine>> Client::accounted_job(const std::string& job_id) const {
  TRY(const auto accounting, run({"sacct", "-X", "-P", "-n", "-j", job_id, "-o", "JobID,JobIDRaw,Submit"}));
  std::vector<JobLine> lines;
  for (std::string_view rest = accounting; !rest.empty();) {
    auto text = take_until(rest, '\n');
    auto id = take_until(text, '|');
    JobLine line;
    line.array_id = take_until(id, '_');
    if (id.starts_with('[') && id.ends_with(']')) id = id.substr(1, id.size() - 2);
    line.indices = id;
    line.job_id = take_until(text, '|');
    line.submitted = text;
    if (is_digits(line.array_id)) lines.push_back(std::move(line));
  }
  return lines;
}

util::Result<std::string> Client::job_command(const std::string& job_id) const {
  const auto queued = queued_job(job_id);
  if (!queued && queued.error().body.find("Invalid job id") == std::string::npos) return util::fail(queued.error());
  if (queued && !queued->empty() && !queued->front().command.empty()) return queued->front().command;
  const auto accounted = run({"sacct", "-X", "-P", "-n", "-j", job_id, "-o", "SubmitLine"});
  return accounted ? accounted->substr(0, accounted->find('\n')) : std::string();
}

std::optional<JobOwner> Client::accounted_owner(const std::string& job_id) const {
  const auto accounted = run({"sacct", "-X", "-P", "-n", "-j", job_id, "-o", "UID,User"});
  if (!accounted || accounted->empty()) return std::nullopt;
  std::string_view rest = *accounted;
  auto line = take_until(rest, '\n');
  const auto uid = util::to_number<std::uint32_t>(take_until(line, '|'));
  if (!uid) return std::nullopt;
  return JobOwner{*uid, std::string(line)};
}

util::Result<std::string> Client::queued_script(const std::string& job_id) const {
  return run({"scontrol", "write", "batch_script", job_id, "-"});
}

util::Result<std::string> Client::accounted_script(const std::string& job_id) const {
  // Of an array sacct prints the script once for every task (observed on 22.05): one task is enough. An array without a task of
  // its own was cancelled before it began.
  const auto tasks = run({"sacct", "-X", "-P", "-n", "-j", job_id, "-o", "JobID"});
  const auto first = tasks ? tasks->substr(0, tasks->find('\n')) : std::string();
  const bool is_task = first.starts_with(job_id + "_") && first.find_first_not_of("0123456789_") == std::string::npos;
  return run({"sacct", "-B", "-j", is_task ? first : job_id});
}

bool is_unknown(const util::Error& error) { return error.why == unknown_job; }

util::Result<std::vector<slurm::JobRecord>> find_own_job(const slurm::Client& client, const std::string& job_id) {
  auto records = client.show_job(job_id);
  if (!records && records.error().body.find("Invalid job id") == std::string::npos) return records;
  if (!records || records->empty()) return util::fail("job " + job_id, unknown_job, "squeue --me");
  const std::string user(records->front().get("UserId"));  // name(uid)
  const auto paren = user.rfind('(');
  const auto uid = paren == std::string::npos ? 0UL : std::strtoul(user.c_str() + paren + 1, nullptr, 10);
  if (uid != ::getuid()) return util::fail(foreign(job_id, user.substr(0, paren)));
  return records;
}

util::Error explain_no_script(const slurm::Client& client, const std::string& job_id) {
  const auto records = find_own_job(client, job_id);
  if (records) return {"job " + job_id, "it was not submitted by sarray", "sarray history"};
  return is_unknown(records.error()) ? explain_forgotten(client, job_id) : records.error();
}

}  // namespace sarray::slurm
