#include "follow/start.hpp"

#include <algorithm>

#include "engine/submissions.hpp"
#include "store/submissions.hpp"

namespace sarray::follow {

std::optional<slurm::Start> read_start(const slurm::SlurmSite& site, const Attempt& first) {
  const auto submissions = engine::list_submissions(site);
  const auto is_it = [&](const auto& submission) {
    return submission.job_id == first.job_id && std::any_of(submission.ids.begin(), submission.ids.end(), [&](const auto& range) {
             return !first.map.jobs.empty() && range.first <= first.map.jobs.front().id &&
                    first.map.jobs.front().id <= range.second;
           });
  };
  const auto submission = std::find_if(submissions.rbegin(), submissions.rend(), is_it);
  if (submission == submissions.rend()) return std::nullopt;
  return store::read_start(*submission);
}

}  // namespace sarray::follow
