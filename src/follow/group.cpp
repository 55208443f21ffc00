#include "follow/group.hpp"

#include <algorithm>
#include <iterator>

#include "engine/submissions.hpp"
#include "slurm/language/group_name.hpp"
#include "util/join.hpp"
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

constexpr const char* lost = "its record was removed, or cannot be read";
constexpr const char* unsent_or_lost = "it was not submitted, or its record was removed or cannot be read";

/// Returns why there is no array of that name.
util::Error explain_unknown(const std::vector<store::Submission>& submissions, const slurm::GroupName& name) {
  const auto group = slurm::group_name(name.number);
  util::Error error{"job " + group, "nothing of that name was submitted from this state folder", "sarray history"};
  if (!name.part) return error;
  error.what = "job " + slurm::array_name({name.number, *name.part, 0});
  const auto known = store::arrays_of_group(submissions, name.number);
  if (known.empty()) return error;
  const auto missing = store::find_missing_parts(known);
  const auto count = missing ? missing->of : known.back()->group.part;
  if (*name.part > count) {
    error.why = group + " has " + util::count(count, "array") + ", " + group + ".1 to " + group + "." + std::to_string(count);
    error.hint = "sarray status " + group;
  } else {
    error.why = std::string("it is not known here: ") + (*name.part == count ? unsent_or_lost : lost);
  }
  return error;
}

/// "2, 3 and 5"; of many the first and how many more.
std::string list_text(const std::vector<std::uint32_t>& parts) {
  constexpr std::size_t max_named = 8;
  if (parts.size() == 1) return std::to_string(parts.front());
  const bool is_cut = parts.size() > max_named;
  const auto named = static_cast<std::ptrdiff_t>(is_cut ? max_named : parts.size() - 1);
  const auto text = [](std::uint32_t part) { return std::to_string(part); };
  return util::join(std::vector<std::uint32_t>(parts.begin(), parts.begin() + named), ", ", text) + " and " +
         (is_cut ? util::count(parts.size() - max_named, "other") : text(parts.back()));
}

/// Returns the arrays that a word stands for; none: it is not about whole arrays that are noted.
util::Result<Submissions> find_meant(const std::vector<store::Submission>& submissions, const TaskReference& word,
                                     const Place& place, Extent extent) {
  Submissions arrays;
  if (word.group) {
    TRY(arrays, find_arrays(submissions, *word.group));
  } else if (!word.is_virtual && !place.indices) {
    const auto* submission = store::find_submission(submissions, place.array.job_id, place.array.marker);
    if (submission != nullptr) arrays = store::arrays_of_group(submissions, *submission);
  }
  const bool is_one = word.group && word.group->part;
  return extent == Extent::history && !is_one ? first_arrays(submissions, arrays) : arrays;
}

/// Returns the number that they have in common; 0: there is none.
std::uint32_t number_of(const Submissions& arrays) {
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
    TRY(arrays, find_meant(submissions, word, place, extent));
  }
  const bool is_part = word.group && word.group->part;
  if (!is_part) group.m_missing = find_missing(submissions, arrays);
  if (arrays.size() < 2 && !word.group && group.m_missing.empty()) {
    group.m_job_ids = {place.array.job_id};
    group.m_references = {word};
    TRY(auto target, open_target(site, submissions, word, place, file));
    group.m_targets.push_back(std::move(target));
    return group;
  }
  if (arrays.size() > 1 || !group.m_missing.empty()) {
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

std::size_t Group::array_count() const {
  auto count = m_targets.size();
  for (const auto& missing : m_missing) count += missing.parts.size();
  return count;
}

util::Result<std::vector<const store::Submission*>> find_arrays(const std::vector<store::Submission>& submissions,
                                                                const slurm::GroupName& name) {
  auto arrays = store::arrays_of_group(submissions, name.number);
  if (name.part) std::erase_if(arrays, [&](const auto* array) { return array->group.part != *name.part; });
  if (arrays.empty()) return util::fail(explain_unknown(submissions, name));
  return arrays;
}

std::vector<store::MissingParts> find_missing(const std::vector<store::Submission>& submissions,
                                              const std::vector<const store::Submission*>& arrays) {
  std::vector<store::MissingParts> all;
  for (const auto* array : arrays) {
    const auto number = array->group.number;
    if (number == 0 || std::any_of(all.begin(), all.end(), [&](const auto& other) { return other.number == number; })) continue;
    if (auto missing = store::find_missing_parts(store::arrays_of_group(submissions, number))) all.push_back(std::move(*missing));
  }
  return all;
}

std::string explain(const store::MissingParts& missing) {
  const auto& parts = missing.parts;
  const auto what = slurm::group_name(missing.number) + ": part" + (parts.size() == 1 ? " " : "s ") + list_text(parts) + " of " +
                    std::to_string(missing.of) + (parts.size() == 1 ? " is" : " are") + " not known here: ";
  if (parts.size() == 1) return what + (missing.may_be_unsent ? unsent_or_lost : lost);
  return what + (missing.may_be_unsent ? "they were not submitted, or their records were removed or cannot be read"
                                       : "their records were removed, or cannot be read");
}

std::vector<std::string> name_missing(const std::vector<store::MissingParts>& missing) {
  std::vector<std::string> names;
  for (const auto& one : missing) {
    for (const auto part : one.parts) names.push_back(slurm::array_name({one.number, part, 0}));
  }
  return names;
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
  if (array_count() > 1 && !selection.tasks.empty()) {
    return util::fail(util::usage_error("--tasks " + selection.tasks,
                                        m_name + " has " + util::count(array_count(), "array") + ", and each has its own indices",
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
