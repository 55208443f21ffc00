#include "commands/last.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "engine/submissions.hpp"
#include "report/table.hpp"
#include "slurm/language/group_name.hpp"
#include "store/groups.hpp"
#include "util/message.hpp"
#include "util/user_text.hpp"

namespace sarray::commands {

namespace {

/// Returns the newest of them that was made from this directory; null if there is none.
const store::Submission* newest_from_here(const std::vector<store::Submission>& submissions) {
  std::error_code trouble;
  const auto here = std::filesystem::current_path(trouble).string();
  if (trouble) return nullptr;
  const auto last = std::find_if(submissions.rbegin(), submissions.rend(),
                                 [&](const auto& submission) { return submission.directory == here; });
  return last != submissions.rend() ? &*last : nullptr;
}

void say_last(const store::Submission& last, const std::vector<const store::Submission*>& arrays) {
  const auto retry = last.retry_of.empty() ? std::string() : ", a retry of " + last.retry_of.front();
  std::uint64_t tasks = 0;
  for (const auto* array : arrays) tasks += array->tasks;
  const auto what = arrays.size() > 1 ? slurm::group_name(last.group.number) + ": " + util::count(arrays.size(), "array")
                                      : "array " + last.job_id + retry + ": " + last.name;
  std::fprintf(stderr, "sarray: last is %s, %s, submitted %s\n", util::printable(what).c_str(),
               util::count(tasks, "task").c_str(), report::date_text(last.time).c_str());
}

}  // namespace

std::optional<store::Submission> find_last(const slurm::SlurmSite& site) {
  const auto submissions = engine::list_submissions(site);
  const auto* last = newest_from_here(submissions);
  return last != nullptr ? std::optional(*last) : std::nullopt;
}

util::Result<std::string> replace_last(const slurm::SlurmSite& site, const std::string& word, bool says) {
  const auto rest = word.substr(std::min(word.size(), last_word.size()));
  if (!word.starts_with(last_word) || (!rest.empty() && rest.front() != '_')) return word;
  const auto submissions = engine::list_submissions(site);
  const auto* last = newest_from_here(submissions);
  if (last == nullptr) return util::fail(word, "nothing was submitted from this directory on this cluster", "sarray history");
  const auto arrays = store::arrays_of_group(submissions, *last);
  if (arrays.size() > 1 && !rest.empty()) {
    return util::fail(word, "the newest submission from this directory has " + util::count(arrays.size(), "array"),
                      "name the task as squeue does: " + last->job_id + rest);
  }
  if (says) say_last(*last, arrays);
  return last->job_id + rest;
}

}  // namespace sarray::commands
