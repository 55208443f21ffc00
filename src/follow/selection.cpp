#include "follow/selection.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <charconv>

#include "engine/submissions.hpp"
#include "util/message.hpp"
#include "util/numbers.hpp"

namespace sarray::follow {

namespace {

constexpr std::uint32_t first_virtual_id = 2000000001;
constexpr std::uint32_t any_index = 4294967294U;  // as MaxArraySize: which indices there are is looked at later

bool is_number_list(const std::string& word) {
  return !word.empty() && word.find_first_not_of("0123456789,-") == std::string::npos && word.front() >= '0' &&
         word.front() <= '9';
}

bool has_number(const std::vector<std::uint32_t>& numbers, std::uint32_t number) {
  return std::binary_search(numbers.begin(), numbers.end(), number);
}

/// Adds the jobs that one word means. @return an error where there are none.
util::Result<void> add_jobs(const script::Map& map, const std::string& word, const std::string& hint, std::vector<bool>& chosen) {
  util::Result<std::vector<std::uint32_t>> numbers;
  std::uint32_t id = 0;
  if (is_number_list(word)) {
    const auto end = std::from_chars(word.data(), word.data() + word.size(), id);
    const bool is_id = end.ec == std::errc{} && end.ptr == word.data() + word.size() && id >= first_virtual_id;
    if (!is_id) {
      std::uint32_t max = 0;
      for (const auto& job : map.jobs) max = std::max(max, job.number);
      id = 0;
      numbers = util::parse_job_numbers({word}, max, hint);
    }
  }
  bool any = false;
  for (std::size_t i = 0; i < map.jobs.size(); ++i) {
    const auto& job = map.jobs[i];
    const bool by_number = id != 0 ? job.id == id : numbers && has_number(*numbers, job.number);
    if (!by_number && job.name != word && ::fnmatch(word.c_str(), job.name.c_str(), 0) != 0) continue;
    chosen[i] = any = true;
  }
  if (any) return {};
  if (!numbers)
    return util::fail(util::usage_error("--job " + word, numbers.error().why, numbers.error().hint));  // nor is it a name
  return util::fail(util::usage_error("--job " + word, "no job has that number, id or name",
                                      "a job number, a virtual id, a name, or a pattern like 'train*'; " + hint + " shows them"));
}

}  // namespace

util::Result<TaskReference> parse_task_reference(const std::string& word) {
  TaskReference result;
  const auto underscore = word.find('_');
  const std::string hint = "4217, 4217_7 or 4217_[3-5]: sarray history shows job ids";
  TRY(const auto id, util::parse_number(word.substr(0, underscore), "job id", 1, hint));
  result.job_id = std::to_string(id);
  result.is_virtual = id >= first_virtual_id;
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

util::Result<std::vector<const script::MappedJob*>> select_jobs(const script::Map& map, const std::vector<std::string>& words,
                                                                const std::string& hint) {
  std::vector<bool> chosen(map.jobs.size(), words.empty());
  for (const auto& word : words) {
    CHECK_OK(add_jobs(map, word, hint, chosen));
  }
  std::vector<const script::MappedJob*> jobs;
  for (std::size_t i = 0; i < map.jobs.size(); ++i) {
    if (chosen[i]) jobs.push_back(&map.jobs[i]);
  }
  return jobs;
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

}  // namespace

util::Result<std::string> find_array(const slurm::SlurmSite& site, const std::vector<store::Submission>& submissions,
                                     const TaskReference& word) {
  if (!word.is_virtual) {
    if (store::find_submission(submissions, word.job_id) != nullptr) return word.job_id;
    return site.client.array_of(word.job_id).value_or(word.job_id);  // a task has a job id of its own, too: the array's is meant
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
