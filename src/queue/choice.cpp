#include "queue/choice.hpp"

#include <algorithm>
#include <set>

#include "slurm/language/virtual_id.hpp"
#include "util/numbers.hpp"

namespace sarray::queue {

namespace {

/// Returns the number of the job with that virtual id, as a word; the word itself if it is not such an id.
util::Result<std::string> number_word(const store::SessionContents& contents, const std::string& word) {
  const auto id = util::parse_number(word, "", 1, "");
  if (!id || !slurm::is_virtual_id(*id)) return word;
  const auto call = std::find_if(contents.calls.begin(), contents.calls.end(), [&](const auto& one) { return one.id == *id; });
  if (call == contents.calls.end()) return util::fail("job " + word, "it is not a job of this session", "sarray list");
  return std::to_string(call->job);
}

bool is_singleton(const plan::PlannedJob& planned) {
  const auto& conditions = planned.job.dependency->conditions;
  return std::any_of(conditions.begin(), conditions.end(),
                     [](const auto& condition) { return condition.type == slurm::DependencyType::singleton; });
}

}  // namespace

bool is_job_list(std::string_view word) {
  return !word.empty() && word.find_first_not_of("0123456789,-") == std::string_view::npos && word.front() != '-' &&
         word.front() != ',';
}

util::Result<std::vector<std::uint32_t>> find_queued(const store::SessionContents& contents,
                                                     const std::vector<std::string>& words) {
  std::vector<std::string> lists;
  for (const auto& word : words) {
    TRY(auto list, number_word(contents, word));
    lists.push_back(std::move(list));
  }
  TRY(auto numbers, util::parse_job_numbers(lists, static_cast<std::uint32_t>(contents.calls.size()), "sarray list"));
  for (const auto number : numbers) {
    const auto& call = contents.calls[number - 1];
    if (call.dropped) return util::fail("job " + std::to_string(number), "it was dropped already", "sarray list");
    if (call.submitted) return util::fail("job " + std::to_string(number), "it was submitted already", "sarray list");
  }
  return numbers;
}

std::vector<std::uint32_t> find_dependents(const std::vector<plan::PlannedJob>& jobs, const std::vector<std::uint32_t>& numbers) {
  std::set<std::uint32_t> meant;  // virtual ids
  std::vector<std::uint32_t> dependents;
  for (const auto& planned : jobs) {  // a job waits for earlier ones only
    if (std::binary_search(numbers.begin(), numbers.end(), planned.number)) {
      meant.insert(planned.id);
      continue;
    }
    if (!planned.job.dependency) continue;
    const auto& conditions = planned.job.dependency->conditions;
    if (std::none_of(conditions.begin(), conditions.end(), [&](const auto& c) { return meant.contains(c.job); })) continue;
    meant.insert(planned.id);
    dependents.push_back(planned.number);
  }
  return dependents;
}

std::vector<std::uint32_t> find_parents(const std::vector<plan::PlannedJob>& jobs, const std::vector<std::uint32_t>& numbers) {
  std::set<std::uint32_t> needed;    // virtual ids
  std::set<std::string_view> names;  // of singletons
  std::vector<std::uint32_t> parents;
  for (auto planned = jobs.rbegin(); planned != jobs.rend(); ++planned) {  // a job waits for earlier ones only
    const bool is_meant = std::binary_search(numbers.begin(), numbers.end(), planned->number);
    const bool is_parent = !is_meant && (needed.contains(planned->id) || names.contains(planned->job.name));
    if (is_parent) parents.push_back(planned->number);
    if ((!is_meant && !is_parent) || !planned->job.dependency) continue;
    for (const auto& condition : planned->job.dependency->conditions) needed.insert(condition.job);
    if (is_singleton(*planned)) names.insert(planned->job.name);
  }
  std::reverse(parents.begin(), parents.end());
  return parents;
}

util::Result<void> choose_jobs(std::vector<plan::PlannedJob>& jobs, std::vector<std::uint32_t> numbers, bool with_parents) {
  const auto parents = find_parents(jobs, numbers);
  if (!parents.empty() && !with_parents) {
    const bool is_one = numbers.size() == 1;
    const auto chosen = plan::format_numbers(numbers);
    return util::fail((is_one ? "job " : "jobs ") + chosen + " cannot be submitted alone",
                      std::string(is_one ? "it waits" : "they wait") + " for " + (parents.size() == 1 ? "job " : "jobs ") +
                          plan::format_numbers(parents) + ", which would stay in the queue",
                      "sarray submit --with-parents " + chosen + " submits all of these");
  }
  numbers.insert(numbers.end(), parents.begin(), parents.end());
  std::sort(numbers.begin(), numbers.end());
  std::erase_if(jobs, [&](const auto& planned) { return !std::binary_search(numbers.begin(), numbers.end(), planned.number); });
  return {};
}

}  // namespace sarray::queue
