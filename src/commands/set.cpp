#include "cli/arguments.hpp"
#include "commands/commands.hpp"
#include "commands/outcome.hpp"
#include "commands/submit_options.hpp"
#include "queue/gather.hpp"
#include "shims/change.hpp"
#include "shims/world.hpp"
#include "slurm/language/virtual_id.hpp"
#include "util/message.hpp"
#include "util/numbers.hpp"

namespace sarray::commands {

namespace {

/// Returns the recorded job that a number of the queue, or the id that sbatch answered, means.
util::Result<std::unique_ptr<shims::KnownJob>> find_job(const std::string& session_name, const std::string& word) {
  TRY(const auto number, util::parse_number(word, "job", 1, "sarray list"));
  TRY(auto world, shims::World::open());
  auto id = number;
  if (!slurm::is_virtual_id(number)) {
    TRY(const auto session, queue::find_session(session_name));
    TRY(const auto contents, session.read());
    if (number > contents.calls.size()) return util::fail("job " + word, "there is no such job", "sarray list");
    id = contents.calls[number - 1].id;
  }
  TRY(auto known, world.find_recorded(id));
  if (!known || known->recorded.dropped)
    return util::fail("job " + word, "it is not queued", "sarray list; of a submitted job: sarray exec scontrol update");
  return known;
}

}  // namespace

Status set(const Words& words) {
  auto own = words;
  auto options = take_sbatch_words(own, {"session"});
  std::string session_name;
  std::vector<std::string> jobs;
  Telling telling;
  cli::Arguments arguments("set", "Changes options of recorded jobs before they are submitted.",
                           "JOB... OPTION_OF_SBATCH... [--session NAME] [--json]");
  arguments.takes_sbatch_options(override_names());
  arguments.app()
      .add_option("job", jobs, "numbers that 'sarray list' shows, or ids that sbatch answered")
      ->required()
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  arguments.app().add_option("--session", session_name, "act on this session instead of the current shell's")->type_name("NAME");
  add_telling_options(arguments.app(), telling, false);
  TRY(const bool go_on, arguments.parse(own));
  if (!go_on) return 0;
  if (options.empty())
    return util::fail(util::usage_error("set", "no option of sbatch is given", "sarray set " + jobs.front() + " --time=2:00:00"));
  begin_telling(telling);
  for (const auto& job : jobs) {
    TRY(const auto known, find_job(session_name, job));
    CHECK_OK(shims::change_recorded(*known, {options, false}));
  }
  tell(telling, "changed " + util::count(jobs.size(), "job"), {{"changed", jobs}});
  return 0;
}

}  // namespace sarray::commands
