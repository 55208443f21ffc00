#include "slurm/client/jobs.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "util/parse.hpp"

namespace sarray::slurm {

namespace {

constexpr const char* unknown_job = "Slurm does not know this job";

util::Error foreign(const std::string& job_id, const std::string& user) {
  return {"job " + job_id, "it belongs to " + user, "squeue --me"};
}

/// What accounting knows of a job that the queue has forgotten.
util::Error explain_forgotten(const slurm::Client& client, const std::string& job_id) {
  const std::string hint = "sarray history, or give the script that was submitted: --script sarray.slurm";
  const auto accounted = client.run({"sacct", "-X", "-P", "-n", "-j", job_id, "-o", "UID,User"});
  if (!accounted || accounted->empty()) return {"job " + job_id, std::string(unknown_job) + ", or has forgotten it", hint};
  std::string_view rest = *accounted;
  auto line = util::take_until(rest, '\n');
  const auto uid = util::take_until(line, '|');
  if (uid != std::to_string(::getuid())) return foreign(job_id, std::string(line));
  return {"job " + job_id, "Slurm has no batch script for it that sarray wrote", hint};
}

}  // namespace

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
