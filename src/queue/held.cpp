#include "queue/held.hpp"

#include <unistd.h>

#include <algorithm>

#include "slurm/language/virtual_id.hpp"
#include "util/message.hpp"

namespace sarray::queue {

namespace {

bool has_id(const store::Submission& submission, std::uint32_t id) {
  return std::any_of(submission.ids.begin(), submission.ids.end(),
                     [&](const auto& range) { return id >= range.first && id <= range.second; });
}

}  // namespace

std::vector<store::Submission> find_held_submissions(const store::SessionContents& contents, const store::StateFolder& folder) {
  std::vector<store::Submission> held;
  for (const auto& note : contents.submissions) {
    if (!note.accepted) continue;
    const auto path = folder.submissions() + "/" + note.marker;
    auto submission = store::read_submission(path);
    if (!submission && ::access((path + "/record.json").c_str(), F_OK) == 0)
      util::warn(path + "/record.json: it cannot be read; if Slurm holds array " + note.job_id +
                 " for a pipeline, it stays held");
    if (!submission || !store::is_held_for_pipeline(*submission)) continue;
    submission->job_id = note.job_id;
    held.push_back(std::move(*submission));
  }
  return held;
}

util::Result<HeldArrays> gather_held_arrays(const QueuedJobs& queued, const store::StateFolder& folder,
                                            std::uint32_t max_array_size) {
  HeldArrays held;
  held.submissions = find_held_submissions(queued.contents, folder);
  if (held.empty()) return held;
  slurm::Resolver resolver(queued.dialect, max_array_size);
  for (const auto& recorded : queued.contents.calls) {
    const auto submission =
        std::find_if(held.submissions.begin(), held.submissions.end(), [&](const auto& s) { return has_id(s, recorded.id); });
    if (!recorded.submitted || submission == held.submissions.end()) continue;
    if (submission->step == store::PipelineStep::linked) held.linked.insert(recorded.id);
    TRY(auto job, resolver.resolve(*recorded.call));
    held.jobs.push_back({recorded.job, recorded.id, recorded.call, std::move(job)});
  }
  return held;
}

bool needs_journal(const std::vector<plan::PlannedJob>& jobs) {
  return std::any_of(jobs.begin(), jobs.end(), [&](const auto& planned) {
    if (planned.job.dependency != jobs.front().job.dependency) return true;
    if (!planned.job.dependency) return false;
    const auto& conditions = planned.job.dependency->conditions;
    return std::any_of(conditions.begin(), conditions.end(), [](const auto& condition) {
      return condition.type == slurm::DependencyType::singleton || slurm::is_virtual_id(condition.job) ||
             condition.type == slurm::DependencyType::aftercorr;
    });
  });
}

}  // namespace sarray::queue
