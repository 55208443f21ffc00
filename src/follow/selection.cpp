#include "follow/selection.hpp"

#include <algorithm>

#include "engine/submissions.hpp"
#include "follow/job_selection.hpp"
#include "store/virtual_ids.hpp"
#include "util/message.hpp"
#include "util/numbers.hpp"

namespace sarray::follow {

namespace {

constexpr std::uint32_t any_index = 4294967294U;  // as MaxArraySize: which indices there are is looked at later

}  // namespace

util::Result<TaskReference> parse_task_reference(const std::string& word) {
  TaskReference result;
  const auto underscore = word.find('_');
  const std::string hint = "4217, 4217_7 or 4217_[3-5]: sarray history shows job ids";
  TRY(const auto id, util::parse_number(word.substr(0, underscore), "job id", 1, hint));
  result.job_id = std::to_string(id);
  result.is_virtual = id >= store::first_virtual_id;
  if (underscore == std::string::npos) return result;
  auto ids = word.substr(underscore + 1);
  const bool is_list = ids.size() > 2 && ids.front() == '[' && ids.back() == ']';
  if (is_list) {
    ids = ids.substr(1, ids.size() - 2);
  } else {
    TRY([[maybe_unused]] const auto one, util::parse_number(ids, "task id", 0, hint));
  }
  auto parsed = slurm::ArrayIds::parse(ids, any_index);
  if (!parsed || !*parsed)
    return util::fail(util::usage_error("task ids", "'" + ids + "' is not a valid list of task ids", hint));
  result.indices = std::move(*parsed);
  return result;
}

namespace {

util::Result<slurm::ArrayIds> parse_indices(const std::string& list, const follow::History& history) {
  auto parsed = slurm::ArrayIds::parse(list, any_index);
  if (!parsed || !*parsed)
    return util::fail(util::usage_error("--tasks " + list, "not a valid list of indices", "--tasks 3,5-8"));
  if ((*parsed)->max() >= history.map().tasks) {
    return util::fail(util::usage_error("--tasks " + list,
                                        "the array's indices are 0 to " + std::to_string(history.map().tasks - 1),
                                        "sarray status " + history.attempts.front().job_id + " --tasks"));
  }
  return std::move(**parsed);
}

}  // namespace

util::Result<std::vector<std::uint32_t>> select_tasks(const follow::History& history, const Selection& selection) {
  TRY(const auto jobs, select_jobs(history.map(), selection.jobs, "sarray status " + history.attempts.front().job_id));
  std::optional<slurm::ArrayIds> tasks;
  if (!selection.tasks.empty()) {
    TRY(tasks, parse_indices(selection.tasks, history));
  }
  std::vector<std::uint32_t> indices;
  for (const auto* job : jobs) {
    for (auto index = job->first_index; index < job->first_index + job->tasks; ++index) {
      const auto state = history.task(index).state;
      if (tasks && !tasks->contains(index)) continue;
      if (selection.failed && !slurm::is_failure(state)) continue;
      const auto& states = selection.states;
      if (!states.empty() && std::find(states.begin(), states.end(), state) == states.end()) continue;
      indices.push_back(index);
    }
  }
  return indices;
}

namespace {

/// The first attempt of the first submission that carries a virtual id; empty where none does.
std::string array_of_virtual(const std::vector<store::Submission>& submissions, std::uint32_t id) {
  for (const auto& submission : submissions) {
    const bool has_it = std::any_of(submission.ids.begin(), submission.ids.end(),
                                    [&](const auto& range) { return id >= range.first && id <= range.second; });
    if (has_it) return submission.retry_of.empty() ? submission.job_id : submission.retry_of.front();
  }
  return {};
}

bool is_digits(const std::string& text) { return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos; }

/// A task has a job id of its own, too: the array's is meant.
std::string array_of_task(const slurm::SlurmSite& site, const std::string& job_id) {
  const auto queued = site.client.run({"squeue", "-h", "-a", "-t", "all", "-j", job_id, "-o", "%F"});
  if (auto array = queued ? queued->substr(0, queued->find('\n')) : ""; is_digits(array)) return array;
  const auto accounted = site.client.run({"sacct", "-X", "-P", "-n", "-j", job_id, "-o", "JobID"});
  if (auto array = accounted ? accounted->substr(0, accounted->find_first_of("_\n")) : ""; is_digits(array)) return array;
  return job_id;
}

}  // namespace

util::Result<std::string> find_array(const slurm::SlurmSite& site, const std::vector<store::Submission>& submissions,
                                     const TaskReference& word) {
  if (!word.is_virtual) {
    return store::find_submission(submissions, word.job_id) != nullptr ? word.job_id : array_of_task(site, word.job_id);
  }
  const auto id = static_cast<std::uint32_t>(std::stoul(word.job_id));
  if (auto array = array_of_virtual(submissions, id); !array.empty()) return array;
  if (auto array = array_of_virtual(submissions_in_slurm(site, submissions), id); !array.empty()) return array;
  return util::fail("job " + word.job_id, "no submission known here contains this virtual id", "sarray history");
}

namespace {

std::vector<std::uint32_t> all_indices(const script::MappedJob& job) {
  std::vector<std::uint32_t> indices;
  for (std::uint32_t n = 0; n < job.tasks; ++n) indices.push_back(job.first_index + n);
  return indices;
}

/// Of a job's own task ids; nothing where it has not all of them.
std::optional<std::vector<std::uint32_t>> indices_of_local(const script::MappedJob& job, const slurm::ArrayIds& ids) {
  std::vector<std::uint32_t> indices;
  for (std::uint32_t n = 0; n < ids.count(); ++n) {
    const auto index = job.index_of(ids.nth(n));
    if (!index) return std::nullopt;
    indices.push_back(*index);
  }
  std::sort(indices.begin(), indices.end());
  return indices;
}

util::Result<std::vector<std::uint32_t>> indices_of_virtual(const script::Map& map, const TaskReference& word) {
  for (const auto& job : map.jobs) {
    if (std::to_string(job.id) != word.job_id) continue;
    if (!word.indices) return all_indices(job);
    if (auto indices = indices_of_local(job, *word.indices)) return *indices;
    return util::fail("job " + word.job_id,
                      job.ids ? "its task ids are " + job.ids->text() : "it is a plain job and has no task ids",
                      "sarray which " + word.job_id);
  }
  return util::fail("job " + word.job_id, "that array has no job with this virtual id", "sarray history");
}

util::Result<std::vector<std::uint32_t>> indices_of_array(const follow::History& history, const TaskReference& word) {
  const auto asked = std::find_if(history.attempts.begin(), history.attempts.end(),
                                  [&](const auto& attempt) { return attempt.job_id == word.job_id; });
  const auto& map = asked != history.attempts.end() ? asked->map : history.map();
  std::vector<std::uint32_t> indices;
  for (const auto& job : map.jobs) {
    const auto original =
        std::find_if(history.map().jobs.begin(), history.map().jobs.end(), [&](const auto& other) { return other.id == job.id; });
    if (original == history.map().jobs.end()) continue;
    for (auto index = job.first_index; index < job.first_index + job.tasks; ++index) {
      if (word.indices && !word.indices->contains(index)) continue;
      if (const auto at = original->index_of(job.local_id(index))) indices.push_back(*at);
    }
  }
  std::sort(indices.begin(), indices.end());
  const bool has_all = !word.indices || word.indices->max() < map.tasks;
  if (!indices.empty() && has_all) return indices;
  return util::fail("job " + word.job_id, "its indices are 0 to " + std::to_string(map.tasks - 1),
                    "sarray status " + word.job_id + " --tasks");
}

}  // namespace

util::Result<Target> find_target(const slurm::SlurmSite& site, const TaskReference& word, const std::string& file) {
  const auto submissions = engine::list_submissions(site);
  TRY(const auto job_id, find_array(site, submissions, word));
  TRY(auto array_history, ArrayHistory::open(site, submissions, job_id, file));
  TRY(auto indices, word.is_virtual ? indices_of_virtual(array_history.history().map(), word)
                                    : indices_of_array(array_history.history(), word));
  return Target{std::move(array_history), std::move(indices)};
}

util::Result<std::vector<std::uint32_t>> filter_tasks(const Target& target, const Selection& selection) {
  TRY(const auto selected, select_tasks(target.array_history.history(), selection));
  std::vector<std::uint32_t> indices;
  std::set_intersection(selected.begin(), selected.end(), target.indices.begin(), target.indices.end(),
                        std::back_inserter(indices));
  return indices;
}

}  // namespace sarray::follow
