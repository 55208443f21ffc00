#include "commands/submit_pipeline.hpp"

#include <algorithm>

#include "engine/outside.hpp"
#include "plan/graph.hpp"
#include "plan/requests.hpp"
#include "plan/twins.hpp"
#include "slurm/language/virtual_id.hpp"
#include "util/message.hpp"
#include "util/parse.hpp"

namespace sarray::commands {

namespace {

/// Returns an array that was held before, with what its tasks wait for.
engine::LinkedArray link_held(const store::Submission& submission, const std::vector<plan::PlannedJob>& jobs,
                              const plan::Places& places, const plan::OutsideJobs& outside, const plan::TwinJoiner& twins) {
  engine::LinkedArray array{submission.job_id, submission.folder, submission.tasks, 0, {}, false, submission.step};
  array.stays_held = std::any_of(outside.submitted.begin(), outside.submitted.end(),
                                 [&](const auto& job) { return job.stays_held && job.array_id == submission.job_id; });
  const auto own = std::find_if(outside.submitted.begin(), outside.submitted.end(),
                                [&](const auto& job) { return job.array_id == submission.job_id; });
  if (own != outside.submitted.end()) array.first_index = own->array_first;
  std::vector<plan::Placement> placements;
  for (std::uint32_t i = 0; i < jobs.size(); ++i) {
    const auto place = places.find(jobs[i].id);
    if (place == places.end() || place->second.array != submission.job_id) continue;
    placements.push_back({i, place->second.first_index});
    array.stage = std::max(array.stage, jobs[i].stage);
  }
  std::sort(placements.begin(), placements.end(), [](const auto& a, const auto& b) { return a.first_index < b.first_index; });
  array.waits = twins.join(plan::find_task_waits(jobs, placements, submission.tasks, places), submission.tasks);
  return array;
}

}  // namespace

util::Result<plan::OutsideJobs> find_outside_jobs(const std::vector<plan::PlannedJob>& jobs, const queue::HeldArrays& held,
                                                  const store::StateFolder& folder, const engine::Engine& engine, bool ask,
                                                  const std::set<std::string>& fulfilled, bool assume_done) {
  plan::OutsideJobs outside;
  auto all = held.jobs;
  all.insert(all.end(), jobs.begin(), jobs.end());
  const bool any = std::any_of(all.begin(), all.end(), [](const auto& planned) { return planned.job.dependency.has_value(); });
  if (!any && held.empty()) return outside;
  // What held jobs wait for need not be held: it was submitted earlier, or is released, which is noted of one array after the
  // other.
  TRY(outside.submitted, engine::find_submitted_jobs(all, folder, held.submissions));
  if (ask) CHECK_OK(engine::judge_outside_jobs(all, held.linked, outside, engine, folder, fulfilled, assume_done));
  // A held array is known by its jobs: to itself it is nothing to wait for.
  for (auto& [name, ids] : outside.by_name) {
    std::erase_if(ids, [&](auto id) {
      return std::any_of(held.submissions.begin(), held.submissions.end(),
                         [&](const auto& submission) { return submission.job_id == std::to_string(id); });
    });
  }
  for (const auto& planned : held.jobs) {
    if (outside.by_name.contains(planned.job.name)) outside.by_name[planned.job.name].push_back(planned.id);
  }
  return outside;
}

util::Result<void> check_one_cluster(const plan::Plan& plan, const slurm::SlurmSite& site) {
  if (!plan.is_pipeline) return {};
  const auto own = site.environment.get(slurm::configuration_variable);
  for (const auto& planned : plan.jobs) {
    const auto job = "job " + std::to_string(planned.number);
    if (const auto* clusters = planned.job.find("clusters"); clusters != nullptr) {
      return util::fail(job + ": --clusters=" + clusters->value,
                        "jobs that wait for others can be submitted to this shell's cluster only",
                        "sarray submit in a shell of that cluster, without the option");
    }
    if (planned.call->environment.get(slurm::configuration_variable) != own) {
      return util::fail(job, "its SLURM_CONF is not this shell's, and jobs that wait for others can go to one cluster only",
                        "sarray submit with the calls' own SLURM_CONF");
    }
  }
  return {};
}

std::string describe(const engine::Linking& linking, const std::vector<engine::LinkedArray>& arrays) {
  const auto held =
      static_cast<std::size_t>(std::count_if(arrays.begin(), arrays.end(), [](const auto& a) { return a.stays_held; }));
  if (linking.arrays == 0) return std::string("Slurm knows which tasks wait for which") + (held > 0 ? "; --hold keeps them" : "");
  return util::count(linking.arrays, "array") + " may start now: Slurm held " + (linking.arrays == 1 ? "it" : "them") +
         " until it knew which tasks wait for which" + (held > 0 ? "; --hold keeps " + util::count(held, "other") : "");
}

util::Result<void> finish_pipeline(const plan::Plan& plan, const std::vector<TakenArray>& taken, queue::HeldArrays& held,
                                   const plan::PlanOptions& options, const engine::Engine& engine) {
  if (taken.empty() && held.empty()) return {};
  const auto places = plan::find_places(plan, options.outside);
  const plan::TwinJoiner twins(places, options.limits);
  std::vector<std::string> job_ids;
  for (const auto& array : taken) job_ids.push_back(array.job_id);
  std::vector<engine::LinkedArray> arrays;
  auto before = options.outside;  // of one name, these wait for each other by their order
  for (auto& [name, ids] : before.by_name) std::erase_if(ids, [](auto id) { return slurm::is_virtual_id(id); });
  CHECK_OK(plan::find_waits(held.jobs, before, options.release));
  plan::find_stages(held.jobs);
  for (const auto& submission : held.submissions)
    arrays.push_back(link_held(submission, held.jobs, places, options.outside, twins));
  for (std::size_t number = 0; number < taken.size(); ++number) {
    const auto& merged = plan.arrays[number];
    engine::LinkedArray array{taken[number].job_id, taken[number].folder, merged.tasks, 0, {}, false, store::PipelineStep::held};
    // What was held before waits for none of the new ones.
    array.stage = merged.stage + (held.empty() ? 0 : 1000000);
    array.first_index = merged.first_index();
    array.stays_held = std::any_of(merged.settings.begin(), merged.settings.end(),
                                   [](const auto& setting) { return setting.option->name == "hold"; });
    array.waits = twins.join(plan::find_task_waits(plan.jobs, merged.placements, merged.tasks, places), merged.tasks);
    for (auto& wait : array.waits) wait.condition = engine::fill_in(wait.condition, job_ids);
    arrays.push_back(std::move(array));
  }
  TRY(const auto linking, engine::link_and_release(arrays, engine, options.release,
                                                   "everything of it stays held; sarray submit goes on, sarray cancel of the "
                                                   "session ends it"));
  util::note(describe(linking, arrays) + " (" + util::count(taken.size() + linking.updates + linking.arrays, "request") +
             " in all, " + std::to_string(linking.updates) + " to tell it)");
  return {};
}

}  // namespace sarray::commands
