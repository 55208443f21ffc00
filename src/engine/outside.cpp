#include "engine/outside.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <unordered_map>

#include "script/map.hpp"
#include "slurm/language/virtual_id.hpp"
#include "store/groups.hpp"
#include "util/fd.hpp"
#include "util/parse.hpp"

namespace sarray::engine {

namespace {

using slurm::Condition;
using slurm::DependencyType;
using slurm::TaskRecord;
using slurm::Verdict;

bool has_id(const store::Submission& submission, std::uint32_t id) {
  return std::any_of(submission.ids.begin(), submission.ids.end(),
                     [&](const auto& range) { return id >= range.first && id <= range.second; });
}

/// Virtual ids that jobs wait for, and that none of them has.
std::set<std::uint32_t> find_outside_ids(const std::vector<plan::PlannedJob>& jobs) {
  std::set<std::uint32_t> ids;
  for (const auto& planned : jobs) {
    if (!planned.job.dependency) continue;
    for (const auto& condition : planned.job.dependency->conditions) {
      if (slurm::is_virtual_id(condition.job)) ids.insert(condition.job);
    }
  }
  if (ids.empty()) return ids;
  for (const auto& planned : jobs) ids.erase(planned.id);
  return ids;
}

}  // namespace

util::Result<std::vector<plan::SubmittedJob>> read_submitted_jobs(const std::vector<store::Submission>& submissions) {
  std::vector<plan::SubmittedJob> jobs;
  for (const auto& submission : submissions) {
    TRY(auto bytes, util::read_file(submission.folder + "/sarray.slurm"));
    TRY(const auto text, script::unpack_script(std::move(bytes)));
    TRY(const auto map, script::read_map(text));
    for (const auto& job : map.jobs)
      jobs.push_back({job.id, submission.job_id, job.number, job.first_index, job.tasks, map.tasks, job.ids,
                      map.option("hold") != nullptr, map.first_index()});
  }
  std::sort(jobs.begin(), jobs.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return jobs;
}

namespace {

/// Sets where the newest attempts of retried tasks are. @param retries oldest first.
util::Result<void> find_retried(std::vector<plan::SubmittedJob>& jobs, std::vector<store::Submission> retries) {
  std::stable_sort(retries.begin(), retries.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
  for (const auto& retry : retries) {
    TRY(auto bytes, util::read_file(retry.folder + "/sarray.slurm"));
    TRY(const auto text, script::unpack_script(std::move(bytes)));
    TRY(const auto map, script::read_map(text));
    for (const auto& mapped : map.jobs) {
      const auto job = std::find_if(jobs.begin(), jobs.end(), [&](const auto& other) { return other.id == mapped.id; });
      if (job == jobs.end()) continue;
      for (auto index = mapped.first_index; index < mapped.first_index + mapped.tasks; ++index) {
        const auto local = mapped.local_id(index);
        const auto position = local && job->ids ? job->ids->position(*local) : std::optional<std::uint32_t>(0);
        if (position) job->retried[*position] = {retry.job_id, index, map.tasks, map.first_index()};
      }
    }
  }
  return {};
}

}  // namespace

util::Result<std::vector<plan::SubmittedJob>> find_submitted_jobs(const std::vector<plan::PlannedJob>& jobs,
                                                                  const store::StateFolder& folder,
                                                                  const std::vector<store::Submission>& more) {
  const auto ids = find_outside_ids(jobs);
  auto wanted = more;
  std::vector<store::Submission> retries;
  if (!ids.empty()) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder.submissions(), error)) {
      const auto submission = store::read_submission(entry.path().string());
      if (!submission || submission->is_withdrawn || submission->job_id.empty()) continue;
      const bool is_known =
          std::any_of(more.begin(), more.end(), [&](const auto& other) { return other.folder == submission->folder; });
      if (is_known || std::none_of(ids.begin(), ids.end(), [&](auto id) { return has_id(*submission, id); })) continue;
      (submission->retry_of.empty() ? wanted : retries).push_back(*submission);
    }
  }
  TRY(auto submitted, read_submitted_jobs(wanted));
  CHECK_OK(find_retried(submitted, std::move(retries)));
  return submitted;
}

namespace {

/// What is known of all jobs outside, asked once.
class States {
 public:
  /// @param ids Slurm's own.
  static util::Result<States> ask(const plan::OutsideJobs& outside, const std::set<std::uint32_t>& ids, const Engine& engine) {
    States states;
    std::set<std::string> arrays;
    for (const auto& job : outside.submitted) {
      if (arrays.insert(job.array_id).second) states.m_queries.push_back({job.array_id, job.array_tasks, "", job.array_first});
      for (const auto& [position, place] : job.retried) {
        if (arrays.insert(place.array_id).second)
          states.m_queries.push_back({place.array_id, place.array_tasks, "", place.array_first});
      }
    }
    if (!states.m_queries.empty()) {
      TRY(const auto answer, engine.states(states.m_queries, false));
      states.m_tasks = answer.tasks;
    }
    std::vector<std::string> texts;
    for (const auto id : ids) texts.push_back(std::to_string(id));
    if (!texts.empty()) {
      TRY(states.m_records, engine.job_records(texts));
    }
    return states;
  }

  /// Returns the records of the tasks of an earlier submission's job.
  [[nodiscard]] std::vector<TaskRecord> of(const plan::SubmittedJob& job, std::optional<std::uint32_t> task) const {
    std::vector<TaskRecord> records;
    const auto position = task && job.ids ? job.ids->position(*task) : std::nullopt;
    for (std::uint32_t n = 0; n < job.tasks; ++n) {
      if (position && n != *position) continue;
      const auto newest = job.retried.find(n);
      records.push_back(newest == job.retried.end() ? at(job.array_id, job.first_index + n)
                                                    : at(newest->second.array_id, newest->second.index));
    }
    return records;
  }

  /// Returns the records of a job of Slurm's own.
  [[nodiscard]] std::vector<TaskRecord> of(const Condition& condition) const { return slurm::records_of(m_records, condition); }

 private:
  [[nodiscard]] const TaskRecord& at(const std::string& array_id, std::uint32_t index) const {
    const auto query =
        std::find_if(m_queries.begin(), m_queries.end(), [&](const auto& other) { return other.job_id == array_id; });
    return m_tasks[static_cast<std::size_t>(query - m_queries.begin())][index - query->first_index];
  }

  std::vector<slurm::ArrayQuery> m_queries;
  std::vector<std::vector<TaskRecord>> m_tasks;
  slurm::ArrayRecords m_records;
};

util::Error never(const plan::PlannedJob& planned, const Condition& condition) {
  return {"job " + std::to_string(planned.number) + ": --dependency=" + slurm::format_condition(condition),
          "what it waits for is over, and can no longer happen: this job would never run",
          "drop it from the queue: sarray drop " + std::to_string(planned.number)};
}

util::Error unknown(const plan::PlannedJob& planned, const Condition& condition) {
  return {"job " + std::to_string(planned.number) + ": --dependency=" + slurm::format_condition(condition),
          "Slurm does not know job " + std::to_string(condition.job) + ", or has forgotten it: how it ended is not known",
          "if it is done, and went as this job needs it: sarray submit --assume-done"};
}

const plan::SubmittedJob* find_submitted(const plan::OutsideJobs& outside, std::uint32_t id) {
  const auto found = std::lower_bound(outside.submitted.begin(), outside.submitted.end(), id,
                                      [](const auto& job, auto wanted) { return job.id < wanted; });
  return found != outside.submitted.end() && found->id == id ? &*found : nullptr;
}

/// Adds what Slurm shows of its own arrays whose tasks are waited for one by one.
void add_slurms(const std::vector<plan::PlannedJob>& jobs, const States& states, plan::OutsideJobs& outside) {
  std::set<std::uint32_t> arrays;
  for (const auto& planned : jobs) {
    if (!planned.job.dependency || !planned.job.ids) continue;
    for (const auto& condition : planned.job.dependency->conditions) {
      if (condition.type == DependencyType::aftercorr && !slurm::is_virtual_id(condition.job)) arrays.insert(condition.job);
    }
  }
  for (const auto id : arrays) {
    plan::SubmittedJob job{id, std::to_string(id)};
    std::vector<std::uint32_t> indices;
    for (const auto& record : states.of(Condition{DependencyType::afterok, id, std::nullopt, 0})) {
      if (record.index < TaskRecord::plain_job) indices.push_back(record.index);
    }
    std::sort(indices.begin(), indices.end());
    indices.erase(std::unique(indices.begin(), indices.end()), indices.end());
    if (!indices.empty()) job.ids = slurm::ArrayIds::from_ids(indices);
    job.tasks = job.array_tasks = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(indices.size()));
    outside.submitted.push_back(std::move(job));
  }
  std::sort(outside.submitted.begin(), outside.submitted.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
}

/// Judges what one job waits for outside.
util::Result<void> judge(const plan::PlannedJob& planned, const States& states, plan::OutsideJobs& outside,
                         const std::set<std::string>& fulfilled, bool assume_done) {
  const auto& dependency = *planned.job.dependency;
  std::size_t hopeless = 0;
  for (const auto& condition : dependency.conditions) {
    if (condition.type == DependencyType::singleton) continue;
    const auto* submitted = slurm::is_virtual_id(condition.job) ? find_submitted(outside, condition.job) : nullptr;
    if (slurm::is_virtual_id(condition.job) && submitted == nullptr) continue;
    if (submitted != nullptr && condition.task && !(submitted->ids && submitted->ids->contains(*condition.task))) continue;
    const auto records = submitted != nullptr ? states.of(*submitted, condition.task) : states.of(condition);
    auto verdict = slurm::judge_condition(condition.type, records);
    const bool was_fulfilled = fulfilled.contains(slurm::format_condition(condition));
    if (verdict == Verdict::unknown && (was_fulfilled || assume_done)) verdict = Verdict::satisfied;
    // Each task of an array waits for its own.
    if (condition.type == DependencyType::aftercorr && planned.job.ids && verdict == Verdict::never) verdict = Verdict::open;
    if (verdict == Verdict::unknown) return util::fail(unknown(planned, condition));
    if (verdict == Verdict::satisfied) outside.satisfied.push_back(condition);
    if (verdict == Verdict::never && !dependency.any) return util::fail(never(planned, condition));
    hopeless += verdict == Verdict::never ? 1 : 0;
  }
  if (hopeless == dependency.conditions.size()) return util::fail(never(planned, dependency.conditions.front()));
  return {};
}

}  // namespace

util::Result<void> judge_outside_jobs(const std::vector<plan::PlannedJob>& jobs, const std::set<std::uint32_t>& linked,
                                      plan::OutsideJobs& outside, const Engine& engine, const store::StateFolder& folder,
                                      const std::set<std::string>& fulfilled, bool assume_done) {
  std::set<std::uint32_t> ids;
  std::set<std::string> names;
  bool any = false;
  for (const auto& planned : jobs) {
    if (!planned.job.dependency) continue;
    any = true;
    for (const auto& condition : planned.job.dependency->conditions) {
      if (condition.type == DependencyType::singleton) {
        names.insert(planned.job.name);
      } else if (!slurm::is_virtual_id(condition.job)) {
        ids.insert(condition.job);
      }
    }
  }
  if (!any) return {};
  for (const auto& name : names) {
    auto shown = store::names_of_arrays(folder, name);
    shown.insert(name);
    TRY(const auto namesakes, engine.unfinished_namesakes(shown));
    for (const auto& id : namesakes) {
      if (const auto number = util::to_number<std::uint32_t>(id)) outside.by_name[name].push_back(*number);
    }
  }
  if (ids.empty() && outside.submitted.empty()) return {};
  TRY(const auto states, States::ask(outside, ids, engine));
  for (const auto& planned : jobs) {
    if (planned.job.dependency && !linked.contains(planned.id)) CHECK_OK(judge(planned, states, outside, fulfilled, assume_done));
  }
  add_slurms(jobs, states, outside);
  return {};
}

}  // namespace sarray::engine
