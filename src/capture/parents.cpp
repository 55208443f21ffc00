#include "capture/parents.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "capture/surroundings.hpp"
#include "slurm/client/client.hpp"
#include "slurm/client/dependencies.hpp"
#include "slurm/language/intake.hpp"
#include "slurm/language/virtual_id.hpp"
#include "store/call_index.hpp"
#include "store/fulfilled.hpp"
#include "store/submissions.hpp"

namespace sarray::capture {

namespace {

using slurm::Condition;
using slurm::DependencyType;

util::Error refusal(const Condition& condition, const std::string& why, const std::string& hint) {
  return {"--dependency=" + slurm::format_condition(condition), why, hint};
}

std::optional<store::Submission> find_submission(const store::StateFolder& folder, std::uint32_t id) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder.submissions(), error)) {
    auto submission = store::read_submission(entry.path().string());
    if (!submission || submission->is_withdrawn || !submission->retry_of.empty()) continue;
    const auto has = [id](const auto& range) { return id >= range.first && id <= range.second; };
    if (std::any_of(submission->ids.begin(), submission->ids.end(), has)) return submission;
  }
  return std::nullopt;
}

/// What is known of a call's conditions when it is made.
struct Known {
  std::vector<Condition> others;       ///< on jobs of Slurm's own
  std::vector<std::string> fulfilled;  ///< already
};

slurm::Client client_of(const util::Environment& environment) {
  return {environment, find_real_sbatch(environment.get("PATH").value_or(""))};
}

/// Notes that a condition on a job of an earlier submission is fulfilled, if all of its array has completed: which of its tasks
/// are the job's, only the array's script says.
void look_at_earlier(const Condition& condition, const store::Submission& submission, const util::Environment& environment,
                     Known& known) {
  const bool wants_end = condition.type == DependencyType::afterok || condition.type == DependencyType::afterany;
  if (!wants_end || submission.job_id.empty()) return;
  const auto records = client_of(environment).job_records({submission.job_id});
  if (!records || records->size() < submission.tasks) return;
  const bool is_done = std::all_of(records->begin(), records->end(),
                                   [](const auto& record) { return record.second.state == slurm::TaskState::completed; });
  if (is_done) known.fulfilled.push_back(slurm::format_condition(condition));
}

/// Returns a recorded call. The journal is read for it only if it was changed since: a session has thousands of calls, and each
/// one may wait for a task.
util::Result<std::shared_ptr<const slurm::Call>> read_parent(const store::Session& session, const store::KnownCall& known) {
  if (auto call = store::read_call(session.folder(), known)) return call;
  TRY(const auto contents, session.read());
  return known.job <= contents.calls.size() ? contents.calls[known.job - 1].call : nullptr;
}

/// Refuses a task that its parent, which is recorded, does not have, if Slurm of this release does: with its words and status.
util::Result<void> check_task(const Condition& condition, const store::Session& session, const store::KnownCall& known,
                              const util::Environment& environment, const slurm::Dialect& dialect) {
  if (!condition.task || !slurm::is_refused_if_unknown(condition.type, dialect.release())) return {};
  TRY(const auto parent, read_parent(session, known));
  if (!parent) return {};
  slurm::Resolver resolver(dialect);
  const auto job = resolver.resolve(*parent);
  if (!job || (job->ids && job->ids->contains(*condition.task))) return {};
  util::Error error;
  error.body = "sbatch: error: Batch job submission failed: Job dependency problem\n";
  error.status = slurm::failure_status(environment);
  return util::fail(std::move(error));
}

util::Result<void> check_recorded(const Condition& condition, const store::Session& session, const store::StateFolder& folder,
                                  const util::Environment& environment, const slurm::Dialect& dialect, Known& known) {
  TRY(const auto call, store::find_call(session.folder(), condition.job));
  if (call && !call->dropped) return check_task(condition, session, *call, environment, dialect);
  if (call) {
    return util::fail(refusal(condition, "job " + std::to_string(call->job) + " was dropped, and will never run",
                              "sarray list shows the jobs that can be waited for"));
  }
  if (const auto submission = find_submission(folder, condition.job)) {
    look_at_earlier(condition, *submission, environment, known);
    return {};
  }
  return util::fail(refusal(condition, "no job of this session has that id, and none that was submitted",
                            "sarray list shows the jobs that can be waited for"));
}

util::Result<void> check_slurms(Known& known, bool any, const util::Environment& environment) {
  const auto client = client_of(environment);
  std::vector<std::string> ids;
  for (const auto& condition : known.others) ids.push_back(std::to_string(condition.job));
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  const auto records = client.job_records(ids);
  if (!records) return {};
  for (const auto& condition : known.others) {
    const auto verdict = slurm::judge_condition(condition.type, slurm::records_of(*records, condition));
    if (verdict == slurm::Verdict::satisfied) known.fulfilled.push_back(slurm::format_condition(condition));
    if (verdict != slurm::Verdict::never || any) continue;
    return util::fail(refusal(condition, "that job is over, and did not end so: this one would never run",
                              "sacct -j " + std::to_string(condition.job)));
  }
  return {};
}

}  // namespace

util::Result<void> check_parents(const slurm::Job& job, const store::Session& session, const store::StateFolder& folder,
                                 const util::Environment& environment, const slurm::Dialect& dialect) {
  if (!job.dependency) return {};
  Known known;
  for (const auto& condition : job.dependency->conditions) {
    if (condition.type == DependencyType::singleton) continue;
    if (slurm::is_virtual_id(condition.job)) {
      CHECK_OK(check_recorded(condition, session, folder, environment, dialect, known));
    } else {
      known.others.push_back(condition);
    }
  }
  if (!known.others.empty()) CHECK_OK(check_slurms(known, job.dependency->any, environment));
  return store::note_fulfilled(session.folder(), known.fulfilled);
}

}  // namespace sarray::capture
