#include <algorithm>

#include "cli/arguments.hpp"
#include "cli/page.hpp"
#include "commands/commands.hpp"
#include "commands/outcome.hpp"
#include "queue/choice.hpp"
#include "queue/gather.hpp"
#include "util/message.hpp"

namespace sarray::commands {

namespace {

/// Queues again what was dropped last.
Status undo(store::Session& session, const Telling& telling) {
  TRY(const auto restored, session.restore_dropped());
  if (restored.empty()) return util::fail("drop --undo", "nothing that was dropped is left to be queued again", "sarray list");
  TRY(const auto contents, session.read());
  tell(telling,
       util::count(restored.size(), "job") + " queued again: " + plan::format_numbers(restored) + "; " +
           util::count(contents.info.jobs, "job") + " in the queue",
       {{"restored", restored}, {"queued", contents.info.jobs}});
  return 0;
}

}  // namespace

Status drop(const Words& words) {
  std::string session_name;
  std::vector<std::string> jobs;
  bool with_dependents = false;
  bool is_undo = false;
  Telling telling;
  cli::Arguments arguments("drop", "Takes jobs out of the queue, by the numbers that 'sarray list' shows.",
                           "JOB... [--with-dependents] [--session NAME] [--json] | --undo [--session NAME]");
  auto& app = arguments.app();
  auto* given = app.add_option("job", jobs, "job numbers: 3, 5-8, or ids that sbatch answered")
                    ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_flag("--with-dependents", with_dependents, "drop the jobs that wait for them, too")->needs(given);
  app.add_flag("--undo", is_undo, "queue again what was dropped last; given again, what was dropped before it")->excludes(given);
  app.add_option("--session", session_name, "act on this session instead of the current shell's")->type_name("NAME");
  add_telling_options(app, telling);
  TRY(const bool go_on, arguments.parse(words));
  if (!go_on) return 0;
  if (jobs.empty() && !is_undo)
    return util::fail(
        util::usage_error("drop", "JOB... is missing", "for example: " + std::string(cli::examples_of("drop").front().line)));
  begin_telling(telling);
  TRY(auto session, queue::find_session(session_name));
  TRY(const auto lock, queue::lock_session(session));
  if (is_undo) return undo(session, telling);
  TRY(const auto contents, session.read());
  TRY(auto numbers, queue::find_queued(contents, jobs));
  TRY(const auto queued, queue::gather_session(session, slurm::unknown_max_array_size));
  const auto dependents = queue::find_dependents(queued.jobs, numbers);
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
  std::sort(numbers.begin(), numbers.end());
  tell(telling, "dropped " + util::count(numbers.size(), "job") + "; " + util::count(left, "job") + " left",
       {{"dropped", numbers}, {"queued", left}},
       std::string("sarray drop --undo queues ") + (numbers.size() == 1 ? "it" : "them") + " again");
  return 0;
}

}  // namespace sarray::commands
