#include "follow/selection.hpp"

#include <algorithm>

#include "follow/job_selection.hpp"
#include "slurm/client/jobs.hpp"
#include "slurm/language/virtual_id.hpp"
#include "util/join.hpp"
#include "util/message.hpp"
#include "util/numbers.hpp"
#include "util/shell_quote.hpp"

namespace sarray::follow {

namespace {

/// Says what is wrong with a word that is not a number and not the name of a submission.
util::Error explain_word(const std::string& word) {
  constexpr std::string_view begin = "sarray-";
  if (!word.starts_with(begin)) {
    return util::usage_error("job " + word, "it is neither a job id nor the name of a submission",
                             "sarray find " + util::shell_quote(word) + ", if it is a job's name; sarray history shows job ids");
  }
  if (const auto underscore = word.find('_'); underscore != std::string::npos) {
    const auto ids = underscore + 1 < word.size() ? word.substr(underscore) : "_0";
    return util::usage_error("job " + word, "task ids follow the job id of an array, not a name",
                             "4217" + ids + ", as squeue shows the task; sarray history shows job ids");
  }
  const auto rest = word.substr(begin.size());
  const auto dot = rest.find('.');
  const std::vector<std::string> numbers = dot == std::string::npos
                                               ? std::vector<std::string>{rest}
                                               : std::vector<std::string>{rest.substr(0, dot), rest.substr(dot + 1)};
  const bool are_digits = std::all_of(numbers.begin(), numbers.end(), [](const auto& number) {
    return !number.empty() && number.find_first_not_of("0123456789") == std::string::npos;
  });
  const bool has_zeros = std::any_of(numbers.begin(), numbers.end(), [](const auto& number) { return number.starts_with('0'); });
  const auto* why = !are_digits ? "sarray- must be followed by the number of a submission"
                    : has_zeros ? "numbers in the names of submissions begin with 1, and have no zeros in front"
                                : "no submission has so high a number";
  return util::usage_error("job " + word, why,
                           "sarray-3 is a submission of several arrays, sarray-3.2 is one of them: squeue shows these names");
}

}  // namespace

util::Result<TaskReference> parse_task_reference(const std::string& whole) {
  constexpr std::string_view slurms = "slurm:";
  TaskReference result;
  result.group = slurm::parse_group_name(whole);
  if (result.group) return result;
  result.is_slurms = whole.starts_with(slurms);
  const auto word = result.is_slurms ? whole.substr(slurms.size()) : whole;
  const bool begins_as_id = word.empty() || (word.front() >= '0' && word.front() <= '9');
  if (!begins_as_id && !result.is_slurms) return util::fail(explain_word(word));
  const auto underscore = word.find('_');
  const std::string hint = "4217, 4217_7 or 4217_[3-5]: sarray history shows job ids";
  TRY(const auto id, util::parse_number(word.substr(0, underscore), "job id", 1, hint));
  result.job_id = std::to_string(id);
  result.is_virtual = id >= slurm::first_virtual_id;
  if (underscore == std::string::npos) return result;
  auto ids = word.substr(underscore + 1);
  const bool is_list = ids.size() > 2 && ids.front() == '[' && ids.back() == ']';
  if (is_list) {
    ids = ids.substr(1, ids.size() - 2);
  } else {
    TRY([[maybe_unused]] const auto one, util::parse_number(ids, "task id", 0, hint));
  }
  auto parsed = slurm::ArrayIds::parse(ids, slurm::unknown_max_array_size);
  if (!parsed || !*parsed)
    return util::fail(util::usage_error("task ids", "'" + ids + "' is not a valid list of task ids", hint));
  result.indices = std::move(*parsed);
  return result;
}

namespace {

util::Result<slurm::ArrayIds> parse_indices(const std::string& list, const follow::History& history) {
  auto parsed = slurm::ArrayIds::parse(list, slurm::unknown_max_array_size);
  if (!parsed || !*parsed)
    return util::fail(util::usage_error("--tasks " + list, "not a valid list of indices", "--tasks 3,5-8"));
  if (!history.map().has_index((*parsed)->min()) || !history.map().has_index((*parsed)->max())) {
    return util::fail(util::usage_error("--tasks " + list, "the array's indices are " + history.map().indices_text(),
                                        "sarray status " + history.attempts.front().job_id + " --tasks"));
  }
  return std::move(**parsed);
}

}  // namespace

bool is_failed(slurm::TaskState state) {
  return std::find(failed_states.begin(), failed_states.end(), state) != failed_states.end();
}

util::Result<std::vector<std::uint32_t>> select_tasks(const follow::History& history, const Selection& selection) {
  TRY(auto lists, select_tasks(std::vector<const follow::History*>{&history}, selection));
  return std::move(lists.front());
}

namespace {

/// @param jobs of the array, of which tasks are selected.
util::Result<std::vector<std::uint32_t>> select_tasks_of(const JobList& jobs, const follow::History& history,
                                                         const Selection& selection) {
  std::optional<slurm::ArrayIds> tasks;
  if (!selection.tasks.empty()) {
    TRY(tasks, parse_indices(selection.tasks, history));
  }
  std::vector<std::uint32_t> indices;
  for (const auto* job : jobs) {
    for (auto index = job->first_index; index < job->first_index + job->tasks; ++index) {
      const auto state = history.task(index).state;
      if (tasks && !tasks->contains(index)) continue;
      if (selection.failed && !is_failed(state)) continue;
      const auto& states = selection.states;
      if (!states.empty() && std::find(states.begin(), states.end(), state) == states.end()) continue;
      indices.push_back(index);
    }
  }
  return indices;
}

}  // namespace

util::Result<std::vector<std::vector<std::uint32_t>>> select_tasks(const std::vector<const follow::History*>& histories,
                                                                   const Selection& selection) {
  JobList all;
  for (const auto* history : histories) {
    const auto jobs = jobs_of(history->map());
    all.insert(all.end(), jobs.begin(), jobs.end());
  }
  TRY(const auto selected, select_jobs(all, selection.jobs, "sarray status " + histories.front()->attempts.front().job_id));
  std::vector<std::vector<std::uint32_t>> lists;
  auto at = selected.begin();
  for (const auto* history : histories) {
    const auto& own = history->map().jobs;
    JobList jobs;
    while (at != selected.end() && *at >= own.data() && *at < own.data() + own.size()) jobs.push_back(*at++);
    TRY(auto indices, select_tasks_of(jobs, *history, selection));
    lists.push_back(std::move(indices));
  }
  return lists;
}

namespace {

/// Returns the first attempts of the submissions that carry a virtual id, each once, in order of time.
std::vector<ArrayName> arrays_of_virtual(const std::vector<store::Submission>& submissions, std::uint32_t id) {
  std::vector<ArrayName> names;
  for (const auto& submission : submissions) {
    const bool has_it = std::any_of(submission.ids.begin(), submission.ids.end(),
                                    [&](const auto& range) { return id >= range.first && id <= range.second; });
    if (!has_it) continue;
    const bool is_retry = !submission.retry_of.empty();
    ArrayName name{is_retry ? submission.retry_of.front() : submission.job_id, is_retry ? "" : submission.marker()};
    const auto known = std::find_if(names.begin(), names.end(), [&](const auto& other) { return other.job_id == name.job_id; });
    if (known == names.end()) {
      names.push_back(std::move(name));
    } else if (known->marker.empty()) {
      known->marker = std::move(name.marker);
    }
  }
  return names;
}

util::Result<Place> place_of_virtual(const slurm::SlurmSite& site, const std::vector<store::Submission>& submissions,
                                     const TaskReference& word) {
  const auto id = static_cast<std::uint32_t>(std::stoul(word.job_id));
  auto names = arrays_of_virtual(submissions, id);
  if (names.empty()) names = arrays_of_virtual(submissions_in_slurm(site, submissions), id);
  if (names.size() == 1) return Place{std::move(names.front()), std::nullopt};
  if (names.empty())
    return util::fail("job " + word.job_id, "no submission known here contains this virtual id", "sarray history");
  // An older sarray gave ids twice if its counter was lost.
  return util::fail("job " + word.job_id,
                    "several submissions contain this virtual id: jobs " + util::join(names, ", ", &ArrayName::job_id),
                    "name the array: sarray status " + names.back().job_id);
}

/// Returns the task whose own job id that is, or the array.
util::Result<Place> place_of_line(const std::vector<slurm::JobLine>& lines, const TaskReference& word) {
  const auto line = std::find_if(lines.begin(), lines.end(), [&](const auto& one) { return one.job_id == word.job_id; });
  if (line == lines.end() || line->array_id == word.job_id) return Place{{word.job_id, ""}, word.indices};
  auto index = slurm::ArrayIds::parse(line->indices, slurm::unknown_max_array_size);
  if (!index || !*index) return Place{{word.job_id, ""}, word.indices};
  const auto name = line->array_id + "_" + line->indices;
  if (word.indices)
    return util::fail("job " + word.job_id, "that is the id of one task, " + name + ": it has no task ids",
                      "sarray which " + name);
  return Place{{line->array_id, ""}, std::move(*index)};
}

}  // namespace

util::Result<Place> find_place(const slurm::SlurmSite& site, const std::vector<store::Submission>& submissions,
                               const TaskReference& word) {
  if (word.is_virtual) return place_of_virtual(site, submissions, word);
  if (store::find_submission(submissions, word.job_id) != nullptr) return Place{{word.job_id, ""}, word.indices};
  if (const auto queued = site.client.queued_job(word.job_id); queued && !queued->empty()) return place_of_line(*queued, word);
  if (const auto accounted = site.client.accounted_job(word.job_id)) return place_of_line(*accounted, word);
  return Place{{word.job_id, ""}, word.indices};
}

namespace {

std::vector<std::uint32_t> all_indices(const script::MappedJob& job) {
  std::vector<std::uint32_t> indices;
  for (std::uint32_t n = 0; n < job.tasks; ++n) indices.push_back(job.first_index + n);
  return indices;
}

/// Returns the indices of a job's own task ids; nullopt if it does not have all of them.
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

util::Result<std::vector<std::uint32_t>> indices_of_array(const follow::History& history, const Place& place) {
  const auto& job_id = place.array.job_id;
  const auto asked = std::find_if(history.attempts.begin(), history.attempts.end(),
                                  [&](const auto& attempt) { return attempt.job_id == job_id; });
  const auto& map = asked != history.attempts.end() ? asked->map : history.map();
  std::vector<std::uint32_t> indices;
  for (const auto& job : map.jobs) {
    const auto original =
        std::find_if(history.map().jobs.begin(), history.map().jobs.end(), [&](const auto& other) { return other.id == job.id; });
    if (original == history.map().jobs.end()) continue;
    for (auto index = job.first_index; index < job.first_index + job.tasks; ++index) {
      if (place.indices && !place.indices->contains(index)) continue;
      if (const auto at = original->index_of(job.local_id(index))) indices.push_back(*at);
    }
  }
  std::sort(indices.begin(), indices.end());
  const bool has_all = !place.indices || (map.has_index(place.indices->min()) && map.has_index(place.indices->max()));
  if (!indices.empty() && has_all) return indices;
  return util::fail("job " + job_id, "its indices are " + map.indices_text(), "sarray status " + job_id + " --tasks");
}

}  // namespace

util::Result<Target> open_target(const slurm::SlurmSite& site, const std::vector<store::Submission>& submissions,
                                 const TaskReference& word, const Place& place, const std::string& file) {
  TRY(auto array_history, ArrayHistory::open(site, submissions, place.array, file));
  TRY(auto indices, word.is_virtual ? indices_of_virtual(array_history.history().map(), word)
                                    : indices_of_array(array_history.history(), place));
  return Target{std::move(array_history), std::move(indices), !word.is_virtual && !place.indices};
}

}  // namespace sarray::follow
