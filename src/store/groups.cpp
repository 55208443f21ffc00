#include "store/groups.hpp"

#include <algorithm>
#include <filesystem>

#include "store/journal.hpp"
#include "util/fd.hpp"
#include "util/parse.hpp"

namespace sarray::store {

namespace {

/// Calls visit(submission) for each record that can be read.
template <class Visit>
void visit_submissions(const StateFolder& folder, const Visit& visit) {
  std::error_code trouble;
  for (const auto& entry : std::filesystem::directory_iterator(folder.submissions(), trouble)) {
    if (const auto submission = read_submission(entry.path().string())) visit(*submission);
  }
}

/// The largest number that is given: a counter beyond it is damaged.
constexpr std::uint32_t max_group = 999'999'999;

std::string counter_of(const StateFolder& folder) { return folder.path() + "/next_group"; }

}  // namespace

std::uint32_t next_group_number(const StateFolder& folder) {
  auto text = util::read_file(counter_of(folder)).value_or("");
  if (text.ends_with('\n')) text.pop_back();
  const auto counted = util::to_number<std::uint32_t>(text);
  auto next = counted && *counted <= max_group ? std::max(*counted, 1U) : 1U;
  visit_submissions(folder, [&](const Submission& submission) { next = std::max(next, submission.group.number + 1); });
  return next;
}

util::Result<std::uint32_t> take_group_number(const StateFolder& folder) {
  TRY(const auto lock, lock_counter(folder.counter()));
  const auto number = next_group_number(folder);
  CHECK_OK(util::write_file_atomically(counter_of(folder), std::to_string(number + 1) + "\n"));
  return number;
}

std::optional<slurm::GroupPlace> find_unfinished_group(const std::vector<Submission>& submissions) {
  const Submission* last = nullptr;
  for (const auto& submission : submissions) {
    if (submission.is_withdrawn || submission.job_id.empty()) continue;
    const auto is_later = [&] {
      const bool is_same = submission.group.number == last->group.number;
      return is_same && submission.group.number > 0 ? submission.group.part > last->group.part : submission.time >= last->time;
    };
    if (last == nullptr || is_later()) last = &submission;
  }
  const bool is_unfinished = last != nullptr && last->group.number > 0 && last->group.part < last->group.of;
  return is_unfinished ? std::optional(last->group) : std::nullopt;
}

std::vector<const Submission*> arrays_of_group(const std::vector<Submission>& submissions, std::uint32_t number) {
  std::vector<const Submission*> arrays;
  for (const auto& submission : submissions) {
    if (number > 0 && submission.group.number == number) arrays.push_back(&submission);
  }
  std::stable_sort(arrays.begin(), arrays.end(), [](const auto* a, const auto* b) { return a->group.part < b->group.part; });
  return arrays;
}

std::vector<const Submission*> arrays_of_group(const std::vector<Submission>& submissions, const Submission& one) {
  if (one.group.number == 0) return {&one};
  return arrays_of_group(submissions, one.group.number);
}

std::optional<MissingParts> find_missing_parts(const std::vector<const Submission*>& arrays) {
  if (arrays.empty() || arrays.front()->group.number == 0) return std::nullopt;
  MissingParts missing;
  missing.number = arrays.front()->group.number;
  // The newest knows best: a submit that goes on after a cut may have fewer arrays, or more.
  const auto last = arrays.back()->group;
  missing.of = std::max(last.of, last.part);
  auto array = arrays.begin();
  for (std::uint32_t part = 1; part <= missing.of; ++part) {
    while (array != arrays.end() && (*array)->group.part < part) ++array;
    if (array == arrays.end() || (*array)->group.part != part) missing.parts.push_back(part);
  }
  if (missing.parts.empty()) return std::nullopt;
  missing.may_be_unsent = missing.parts.back() == missing.of;
  return missing;
}

std::set<std::string> names_of_arrays(const StateFolder& folder, const std::string& job_name) {
  std::set<std::string> names;
  visit_submissions(folder, [&](const Submission& submission) {
    if (submission.job_name == job_name && !job_name.empty()) names.insert(submission.name);
  });
  return names;
}

}  // namespace sarray::store
