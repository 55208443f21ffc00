#include <algorithm>
#include <cstdio>
#include <set>

#include "cli/arguments.hpp"
#include "commands/commands.hpp"
#include "queue/gather.hpp"
#include "util/message.hpp"
#include "util/numbers.hpp"

namespace sarray::commands {

namespace {

/// Checks that all numbers are still queued. @return an error that names the first one that is not.
util::Result<void> check_queued(const store::SessionContents& contents, const std::vector<std::uint32_t>& numbers) {
  for (const auto number : numbers) {
    const auto& call = contents.calls[number - 1];
    if (call.dropped) return util::fail("job " + std::to_string(number), "it was dropped already", "sarray list");
    if (call.submitted) return util::fail("job " + std::to_string(number), "it was submitted already", "sarray list");
  }
  return {};
}

/// Returns the queued jobs that wait, directly or through others, for the ones that are dropped; singleton waits for whoever
/// comes before.
util::Result<std::vector<std::uint32_t>> find_dependents(const store::Session& session,
                                                         const std::vector<std::uint32_t>& numbers) {
  TRY(const auto queued, queue::gather_session(session, slurm::unknown_max_array_size));
  std::set<std::uint32_t> dropped;  // virtual ids
  std::vector<std::uint32_t> dependents;
  for (const auto& planned : queued.jobs) {  // a job waits for earlier ones only
    if (std::find(numbers.begin(), numbers.end(), planned.number) != numbers.end()) {
      dropped.insert(planned.id);
      continue;
    }
    if (!planned.job.dependency) continue;
    const auto& conditions = planned.job.dependency->conditions;
    if (std::none_of(conditions.begin(), conditions.end(), [&](const auto& c) { return dropped.contains(c.job); })) continue;
    dropped.insert(planned.id);
    dependents.push_back(planned.number);
  }
  return dependents;
}

}  // namespace

Status drop(const Words& words) {
  std::string session_name;
  std::vector<std::string> jobs;
  bool with_dependents = false;
  cli::Arguments arguments("drop", "Takes jobs out of the queue, by the numbers that 'sarray list' shows.",
                           "JOB... [--with-dependents] [--session NAME]");
  arguments.app()
      .add_option("job", jobs, "job numbers: 3, 5-8")
      ->required()
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  arguments.app().add_flag("--with-dependents", with_dependents, "drop the jobs that wait for them, too");
  arguments.app().add_option("--session", session_name, "act on this session instead of the current shell's")->type_name("NAME");
  TRY(const bool go_on, arguments.parse(words));
  if (!go_on) return 0;
  TRY(auto session, queue::find_session(session_name));
  TRY(const auto lock, queue::lock_session(session));
  TRY(const auto contents, session.read());
  TRY(auto numbers, util::parse_job_numbers(jobs, static_cast<std::uint32_t>(contents.calls.size()), "sarray list"));
  CHECK_OK(check_queued(contents, numbers));
  TRY(const auto dependents, find_dependents(session, numbers));
  if (!dependents.empty() && !with_dependents) {
    return util::fail("jobs " + plan::format_numbers(numbers) + " cannot be dropped alone",
                      (dependents.size() == 1 ? "job " : "jobs ") + plan::format_numbers(dependents) +
                          (dependents.size() == 1 ? " waits for them" : " wait for them"),
                      "sarray drop --with-dependents " + plan::format_numbers(numbers) + " drops all of these");
  }
  numbers.insert(numbers.end(), dependents.begin(), dependents.end());
  CHECK_OK(session.drop(numbers));
  CHECK_OK(session.sync());
  queue::warn_of_unsettled(contents);
  const auto left = contents.info.jobs - static_cast<std::uint32_t>(numbers.size());
  std::fprintf(stderr, "sarray: dropped %s; %s left\n", util::count(numbers.size(), "job").c_str(),
               util::count(left, "job").c_str());
  return 0;
}

}  // namespace sarray::commands
