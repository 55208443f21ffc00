#include "cli/selection.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <charconv>

#include "cli/arguments.hpp"
#include "util/message.hpp"

namespace sarray::cli {

namespace {

constexpr std::uint32_t first_virtual_id = 2000000001;

bool is_number_list(const std::string& word) {
  return !word.empty() && word.find_first_not_of("0123456789,-") == std::string::npos && word.front() >= '0' &&
         word.front() <= '9';
}

util::Error usage_error(const std::string& what, const std::string& why, const std::string& hint) {
  util::Error error{what, why, hint};
  error.status = static_cast<int>(util::Exit::usage);
  return error;
}

bool has_number(const std::vector<std::uint32_t>& numbers, std::uint32_t number) {
  return std::binary_search(numbers.begin(), numbers.end(), number);
}

/// Adds the jobs that one word means. @return whether there were any.
util::Result<bool> add_jobs(const merge::Map& map, const std::string& word, std::vector<bool>& chosen) {
  std::vector<std::uint32_t> numbers;
  std::uint32_t id = 0;
  if (is_number_list(word)) {
    const auto end = std::from_chars(word.data(), word.data() + word.size(), id);
    const bool is_id = end.ec == std::errc{} && end.ptr == word.data() + word.size() && id >= first_virtual_id;
    if (!is_id) {
      std::uint32_t most = 0;
      for (const auto& job : map.jobs) most = std::max(most, job.number);
      id = 0;
      TRY(numbers, parse_job_numbers({word}, most));
    }
  }
  bool any = false;
  for (std::size_t i = 0; i < map.jobs.size(); ++i) {
    const auto& job = map.jobs[i];
    const bool by_number = id != 0 ? job.id == id : has_number(numbers, job.number);
    if (!by_number && job.name != word && ::fnmatch(word.c_str(), job.name.c_str(), 0) != 0) continue;
    chosen[i] = any = true;
  }
  return any;
}

}  // namespace

util::Result<TaskWord> parse_task_word(const std::string& word) {
  TaskWord result;
  const auto underscore = word.find('_');
  TRY(const auto id, parse_number(word.substr(0, underscore), "job id", 1));
  result.job_id = std::to_string(id);
  result.is_virtual = id >= first_virtual_id;
  if (underscore != std::string::npos) {
    TRY(result.index, parse_number(word.substr(underscore + 1), "task id", 0));
  }
  return result;
}

util::Result<std::vector<const merge::MappedJob*>> select_jobs(const merge::Map& map, const std::vector<std::string>& words) {
  std::vector<bool> chosen(map.jobs.size(), words.empty());
  for (const auto& word : words) {
    TRY(const bool any, add_jobs(map, word, chosen));
    if (!any) {
      return util::fail(usage_error("--job " + word, "no job has that number, id or name",
                                    "a job number, a virtual id, a name, or a pattern like 'train*'; sarray status shows them"));
    }
  }
  std::vector<const merge::MappedJob*> jobs;
  for (std::size_t i = 0; i < map.jobs.size(); ++i) {
    if (chosen[i]) jobs.push_back(&map.jobs[i]);
  }
  return jobs;
}

util::Result<std::vector<std::uint32_t>> select_tasks(const report::History& history, const Selection& selection) {
  TRY(const auto jobs, select_jobs(history.map(), selection.jobs));
  std::optional<slurm::ArrayIds> tasks;
  if (!selection.tasks.empty()) {
    auto parsed = slurm::ArrayIds::parse(selection.tasks, history.map().tasks);
    if (!parsed || !*parsed) {
      return util::fail(usage_error("--tasks " + selection.tasks,
                                    "the array's indices are 0 to " + std::to_string(history.map().tasks - 1), "--tasks 3,5-8"));
    }
    tasks = std::move(*parsed);
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
std::string array_of_virtual(const std::vector<Submission>& submissions, std::uint32_t id) {
  for (const auto& submission : submissions) {
    const bool has_it = std::any_of(submission.ids.begin(), submission.ids.end(),
                                    [&](const auto& range) { return id >= range.first && id <= range.second; });
    if (has_it) return submission.retry_of.empty() ? submission.job_id : submission.retry_of.front();
  }
  return {};
}

bool is_digits(const std::string& text) { return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos; }

/// A task has a job id of its own, too: the array's is meant.
std::string array_of_task(const Site& site, const std::string& job_id) {
  const auto queued = site.client.run({"squeue", "-h", "-a", "-t", "all", "-j", job_id, "-o", "%F"});
  if (auto array = queued ? queued->substr(0, queued->find('\n')) : ""; is_digits(array)) return array;
  const auto accounted = site.client.run({"sacct", "-X", "-P", "-n", "-j", job_id, "-o", "JobID"});
  if (auto array = accounted ? accounted->substr(0, accounted->find_first_of("_\n")) : ""; is_digits(array)) return array;
  return job_id;
}

}  // namespace

util::Result<std::string> find_array(const Site& site, const std::vector<Submission>& submissions, const TaskWord& word) {
  if (!word.is_virtual) {
    return find_submission(submissions, word.job_id) != nullptr ? word.job_id : array_of_task(site, word.job_id);
  }
  const auto id = static_cast<std::uint32_t>(std::stoul(word.job_id));
  if (auto array = array_of_virtual(submissions, id); !array.empty()) return array;
  if (auto array = array_of_virtual(submissions_in_slurm(site, submissions), id); !array.empty()) return array;
  return util::fail("job " + word.job_id, "no submission that is known here has that virtual id", "sarray history");
}

namespace {

std::vector<std::uint32_t> all_indices(const merge::MappedJob& job) {
  std::vector<std::uint32_t> indices;
  for (std::uint32_t n = 0; n < job.tasks; ++n) indices.push_back(job.first_index + n);
  return indices;
}

util::Result<std::vector<std::uint32_t>> indices_of_virtual(const merge::Map& map, const TaskWord& word) {
  for (const auto& job : map.jobs) {
    if (std::to_string(job.id) != word.job_id) continue;
    if (!word.index) return all_indices(job);
    if (const auto index = job.index_of(word.index)) return std::vector<std::uint32_t>{*index};
    return util::fail("job " + word.job_id,
                      job.ids ? "its task ids are " + job.ids->text() : "it is a plain job and has no task ids",
                      "sarray which " + word.job_id);
  }
  return util::fail("job " + word.job_id, "that array has no job of this virtual id", "sarray history");
}

util::Result<std::vector<std::uint32_t>> indices_of_array(const report::History& history, const TaskWord& word) {
  const auto asked = std::find_if(history.attempts.begin(), history.attempts.end(),
                                  [&](const auto& attempt) { return attempt.job_id == word.job_id; });
  const auto& map = asked != history.attempts.end() ? asked->map : history.map();
  std::vector<std::uint32_t> indices;
  for (const auto& job : map.jobs) {
    const auto original =
        std::find_if(history.map().jobs.begin(), history.map().jobs.end(), [&](const auto& other) { return other.id == job.id; });
    if (original == history.map().jobs.end()) continue;
    for (auto index = job.first_index; index < job.first_index + job.tasks; ++index) {
      if (word.index && *word.index != index) continue;
      if (const auto at = original->index_of(job.local_id(index))) indices.push_back(*at);
    }
  }
  std::sort(indices.begin(), indices.end());
  if (!indices.empty()) return indices;
  return util::fail("job " + word.job_id, "its indices are 0 to " + std::to_string(map.tasks - 1),
                    "sarray status " + word.job_id + " --tasks");
}

}  // namespace

util::Result<Target> find_target(const Site& site, const TaskWord& word, const std::string& file) {
  const auto submissions = list_submissions(site);
  TRY(const auto job_id, find_array(site, submissions, word));
  TRY(auto follower, Follower::open(site, submissions, job_id, file));
  TRY(auto indices,
      word.is_virtual ? indices_of_virtual(follower.history().map(), word) : indices_of_array(follower.history(), word));
  return Target{std::move(follower), std::move(indices)};
}

util::Result<std::vector<std::uint32_t>> narrow(const Target& target, const Selection& selection) {
  TRY(const auto selected, select_tasks(target.follower.history(), selection));
  std::vector<std::uint32_t> indices;
  std::set_intersection(selected.begin(), selected.end(), target.indices.begin(), target.indices.end(), std::back_inserter(indices));
  return indices;
}

}  // namespace sarray::cli
