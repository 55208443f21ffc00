#include "slurm/client/recent.hpp"

#include <unistd.h>

#include "slurm/client/arrays.hpp"
#include "slurm/client/client.hpp"
#include "util/parse.hpp"

namespace sarray::slurm {

namespace {

constexpr char separator = '\x1f';  // paths have anything else

/// squeue -O prints each field with what comes after its colon. AllocNodes is the host that submitted, whatever the man page says
/// (observed on 22.05).
std::string fields() {
  std::string words;
  for (const char* name : {"ArrayJobID", "UserID", "AllocNodes", "AllocSID", "SubmitTime", "BatchFlag", "Command", "WorkDir"})
    words += (words.empty() ? "" : ",") + std::string(name) + ":" + separator;
  return words;
}

}  // namespace

std::vector<RecentJob> parse_recent_jobs(std::string_view output) {
  std::vector<RecentJob> jobs;
  while (!output.empty()) {
    auto line = util::take_until(output, '\n');
    RecentJob job;
    job.job_id = util::take_until(line, separator);
    const auto user = util::to_number<uid_t>(util::take_until(line, separator));
    job.host = util::take_until(line, separator);
    const auto session = util::to_number<std::int64_t>(util::take_until(line, separator));
    job.submitted = util::take_until(line, separator);
    job.is_batch = util::take_until(line, separator) == "1";
    job.command = util::take_until(line, separator);
    job.directory = util::take_until(line, separator);
    if (!user || !session || !util::to_number<std::uint32_t>(job.job_id)) continue;
    job.user = *user;
    job.session = *session;
    // A line a task: those of one array follow each other.
    if (jobs.empty() || jobs.back().job_id != job.job_id) jobs.push_back(std::move(job));
  }
  return jobs;
}

util::Result<std::vector<RecentJob>> Client::recent_jobs(std::int64_t since, bool of_all_users,
                                                         std::chrono::seconds patience) const {
  std::vector<std::string> question = {"squeue", "-h", "-a", "-t", "all", "-O", fields()};
  if (!of_all_users) question.insert(question.end(), {"-u", std::to_string(::getuid())});
  TRY(const auto output, ask(question, patience));
  if (output.status != 0) return util::fail(question[0], "it failed with status " + std::to_string(output.status));
  auto jobs = parse_recent_jobs(output.out);
  const auto begin = slurm_time(since);
  std::erase_if(jobs, [&](const auto& job) { return job.submitted < begin; });
  return jobs;
}

}  // namespace sarray::slurm
