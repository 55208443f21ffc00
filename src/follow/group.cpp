#include "follow/group.hpp"

#include <algorithm>
#include <iterator>

#include "engine/submissions.hpp"
#include "slurm/language/group_name.hpp"
#include "store/groups.hpp"
#include "util/message.hpp"

namespace sarray::follow {

namespace {

using Submissions = std::vector<const store::Submission*>;

bool is_in(const Submissions& arrays, const store::Submission& one) {
  return std::any_of(arrays.begin(), arrays.end(), [&](const auto* other) { return other->folder == one.folder; });
}

/// Whether the jobs of a retry are that array's: job ids come again.
bool has_jobs_of(const store::Submission& first, const store::Submission& retry) {
  return std::any_of(first.ids.begin(), first.ids.end(), [&](const auto& a) {
    return std::any_of(retry.ids.begin(), retry.ids.end(),
                       [&](const auto& b) { return a.first <= b.second && b.first <= a.second; });
  });
}

/// Returns the arrays of the submissions whose tasks these arrays are, or retry.
Submissions first_arrays(const std::vector<store::Submission>& submissions, const Submissions& arrays) {
  Submissions all;
  for (const auto* array : arrays) {
    const auto* first = array->retry_of.empty() ? array : store::find_submission(submissions, array->retry_of.front());
    if (first == nullptr || !has_jobs_of(*first, *array)) first = array;
    for (const auto* one : store::arrays_of_group(submissions, *first)) {
      if (!is_in(all, *one)) all.push_back(one);
    }
  }
  return all;
}

/// Returns the arrays that a word stands for; none: it is not about whole arrays that are noted.
util::Result<Submissions> find_arrays(const std::vector<store::Submission>& submissions, const TaskReference& word,
                                      const Place& place, Extent extent) {
  Submissions arrays;
  if (word.group) {
    arrays = store::arrays_of_group(submissions, word.group->number);
    if (word.group->part) std::erase_if(arrays, [&](const auto* array) { return array->group.part != *word.group->part; });
    const auto name =
        slurm::group_name(word.group->number) + (word.group->part ? "." + std::to_string(*word.group->part) : std::string());
    if (arrays.empty())
      return util::fail("job " + name, "nothing of that name was submitted from this state folder", "sarray history");
  } else if (!word.is_virtual && !place.indices) {
    const auto* submission = store::find_submission(submissions, place.array.job_id, place.array.marker);
    if (submission != nullptr) arrays = store::arrays_of_group(submissions, *submission);
  }
  const bool is_one = word.group && word.group->part;
  return extent == Extent::history && !is_one ? first_arrays(submissions, arrays) : arrays;
}

/// Returns the number that they have in common; 0: there is none, or only one array.
std::uint32_t number_of(const Submissions& arrays) {
  if (arrays.size() < 2) return 0;
  const auto number = arrays.front()->group.number;
  const bool is_same =
      std::all_of(arrays.begin(), arrays.end(), [&](const auto* array) { return array->group.number == number; });
  return is_same ? number : 0;
}

}  // namespace

Summary summarize(const Histories& histories) {
  Summary sum;
  for (const auto* history : histories) {
    const auto one = summarize(*history);
    sum.tasks += one.tasks;
    for (std::size_t i = 0; i < sum.counts.size(); ++i) sum.counts[i] += one.counts[i];
    if (one.first_start > 0 && (sum.first_start == 0 || one.first_start < sum.first_start)) sum.first_start = one.first_start;
    sum.last_end = std::max(sum.last_end, one.last_end);
    sum.task_seconds += one.task_seconds;
    sum.running_seconds += one.running_seconds;
  }
  return sum;
}

std::uint32_t count_never(const Histories& histories) {
  std::uint32_t sum = 0;
  for (const auto* history : histories) sum += count_never(*history);
  return sum;
}

util::Result<Group> Group::find(const slurm::SlurmSite& site, const TaskReference& word, const std::string& file, Extent extent) {
  Group group;
  const auto submissions = engine::list_submissions(site);
  Place place;
  if (!word.group) {
    TRY(place, find_place(site, submissions, word));
  }
  Submissions arrays;
  if (file.empty() || word.group) {
    TRY(arrays, find_arrays(submissions, word, place, extent));
  }
  if (arrays.size() < 2 && !word.group) {
    group.m_job_ids = {place.array.job_id};
    group.m_references = {word};
    TRY(auto target, open_target(site, submissions, word, place, file));
    group.m_targets.push_back(std::move(target));
    return group;
  }
  if (arrays.size() > 1) {
    // Of a retry of several submissions, each of one array, only the retry has a name.
    const auto number = number_of(arrays);
    const auto* noted = store::find_submission(submissions, place.array.job_id, place.array.marker);
    group.m_name = slurm::group_name(number > 0 || noted == nullptr ? number : noted->group.number);
  }
  for (const auto* array : arrays) {
    TaskReference own;
    own.job_id = array->job_id;
    TRY(auto target, open_target(site, submissions, own, {{array->job_id, array->marker()}, std::nullopt}, file));
    const auto& first_id = target.array_history.history().attempts.front().job_id;
    const bool is_known = std::any_of(group.m_targets.begin(), group.m_targets.end(), [&](const auto& other) {
      return other.array_history.history().attempts.front().job_id == first_id;
    });
    if (is_known) continue;  // another attempt at its tasks
    group.m_job_ids.push_back(array->job_id);
    if (array->group.number > 0) own.group = slurm::GroupName{array->group.number, array->group.part};
    group.m_references.push_back(std::move(own));
    group.m_targets.push_back(std::move(target));
  }
  return group;
}

Histories Group::histories() const {
  Histories histories;
  for (const auto& target : m_targets) histories.push_back(&target.array_history.history());
  return histories;
}

util::Result<void> Group::refresh(const engine::Engine& engine, bool with_usage) {
  std::vector<ArrayHistory*> arrays;
  for (auto& target : m_targets) arrays.push_back(&target.array_history);
  return ArrayHistory::refresh_all(arrays, engine, with_usage);
}

bool Group::awaits_usage() const {
  return std::any_of(m_targets.begin(), m_targets.end(), [](const auto& target) { return target.array_history.awaits_usage(); });
}

util::Result<std::vector<std::vector<std::uint32_t>>> Group::filter(const Selection& selection) const {
  if (m_targets.size() > 1 && !selection.tasks.empty()) {
    return util::fail(
        util::usage_error("--tasks " + selection.tasks,
                          m_name + " has " + util::count(m_targets.size(), "array") + ", and each has its own indices",
                          "name the tasks as squeue does: " + m_job_ids.front() + "_[" + selection.tasks + "]"));
  }
  TRY(const auto selected, select_tasks(histories(), selection));
  std::vector<std::vector<std::uint32_t>> indices(m_targets.size());
  for (std::size_t i = 0; i < m_targets.size(); ++i) {
    const auto& meant = m_targets[i].indices;
    std::set_intersection(selected[i].begin(), selected[i].end(), meant.begin(), meant.end(), std::back_inserter(indices[i]));
  }
  return indices;
}

}  // namespace sarray::follow
