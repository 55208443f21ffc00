#include "capture/parents.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "capture/surroundings.hpp"
#include "slurm/client/client.hpp"
#include "slurm/client/dependencies.hpp"
#include "slurm/language/virtual_id.hpp"
#include "store/call_index.hpp"
#include "store/submissions.hpp"

namespace sarray::capture {

namespace {

using slurm::Condition;
using slurm::DependencyType;

util::Error refusal(const Condition& condition, const std::string& why, const std::string& hint) {
  return {"--dependency=" + slurm::format_condition(condition), why, hint};
}

bool was_submitted(const store::StateFolder& folder, std::uint32_t id) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder.submissions(), error)) {
    const auto submission = store::read_submission(entry.path().string());
    if (!submission || submission->is_withdrawn) continue;
    const auto has = [id](const auto& range) { return id >= range.first && id <= range.second; };
    if (std::any_of(submission->ids.begin(), submission->ids.end(), has)) return true;
  }
  return false;
}

util::Result<void> check_recorded(const Condition& condition, const store::Session& session, const store::StateFolder& folder) {
  TRY(const auto call, store::find_call(session.folder(), condition.job));
  if (call && !call->dropped) return {};
  if (call) {
    return util::fail(refusal(condition, "job " + std::to_string(call->job) + " was dropped, and will never run",
                              "sarray list shows the jobs that can be waited for"));
  }
  if (was_submitted(folder, condition.job)) return {};
  return util::fail(refusal(condition, "no job of this session has that id, and none that was submitted",
                            "sarray list shows the jobs that can be waited for"));
}

util::Result<void> check_slurms(const std::vector<Condition>& conditions, bool any, const util::Environment& environment) {
  slurm::Client client(environment, find_real_sbatch(environment.get("PATH").value_or("")));
  std::vector<std::string> ids;
  for (const auto& condition : conditions) ids.push_back(std::to_string(condition.job));
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  const auto records = client.job_records(ids);
  if (!records) return {};
  for (const auto& condition : conditions) {
    const auto verdict = slurm::judge_condition(condition.type, slurm::records_of(*records, condition));
    if (verdict != slurm::Verdict::never || any) continue;
    return util::fail(refusal(condition, "that job is over, and did not end so: this one would never run",
                              "sacct -j " + std::to_string(condition.job)));
  }
  return {};
}

}  // namespace

util::Result<void> check_parents(const slurm::Job& job, const store::Session& session, const store::StateFolder& folder,
                                 const util::Environment& environment) {
  if (!job.dependency) return {};
  std::vector<Condition> others;
  for (const auto& condition : job.dependency->conditions) {
    if (condition.type == DependencyType::singleton) continue;
    if (slurm::is_virtual_id(condition.job)) {
      CHECK_OK(check_recorded(condition, session, folder));
    } else {
      others.push_back(condition);
    }
  }
  return others.empty() ? util::Result<void>() : check_slurms(others, job.dependency->any, environment);
}

}  // namespace sarray::capture
