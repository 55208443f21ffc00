#include "commands/last.hpp"

#include <cstdio>
#include <filesystem>

#include "engine/submissions.hpp"
#include "report/table.hpp"
#include "util/message.hpp"
#include "util/user_text.hpp"

namespace sarray::commands {

std::optional<store::Submission> find_last(const slurm::SlurmSite& site) {
  std::error_code trouble;
  const auto here = std::filesystem::current_path(trouble).string();
  if (trouble) return std::nullopt;
  auto submissions = engine::list_submissions(site);
  for (auto submission = submissions.rbegin(); submission != submissions.rend(); ++submission) {
    if (submission->directory == here) return std::move(*submission);
  }
  return std::nullopt;
}

namespace {

void say_last(const store::Submission& last) {
  const auto retry = last.retry_of.empty() ? std::string() : ", a retry of " + last.retry_of.front();
  std::fprintf(stderr, "sarray: last is array %s%s: %s, %s, submitted %s\n", last.job_id.c_str(), retry.c_str(),
               util::printable(last.name).c_str(), util::count(last.tasks, "task").c_str(), report::date_text(last.time).c_str());
}

}  // namespace

util::Result<std::string> replace_last(const slurm::SlurmSite& site, const std::string& word, bool says) {
  const auto rest = word.substr(std::min(word.size(), last_word.size()));
  if (!word.starts_with(last_word) || (!rest.empty() && rest.front() != '_')) return word;
  const auto last = find_last(site);
  if (!last) return util::fail(word, "nothing was submitted from this directory on this cluster", "sarray history");
  if (says) say_last(*last);
  return last->job_id + rest;
}

}  // namespace sarray::commands
