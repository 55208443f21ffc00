#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "cli/arguments.hpp"
#include "commands/commands.hpp"
#include "queue/gather.hpp"
#include "report/table.hpp"
#include "slurm/client/arrays.hpp"
#include "store/prune.hpp"
#include "store/session.hpp"
#include "store/submissions.hpp"
#include "util/environment_names.hpp"
#include "util/json.hpp"
#include "util/message.hpp"
#include "util/numbers.hpp"
#include "util/user_text.hpp"

namespace sarray::commands {

namespace {

std::string state_text(const store::SessionInfo& info) {
  using State = store::SessionInfo::State;
  const auto shell = "shell " + std::to_string(info.shell_pid) + " on " + (info.shell_host.empty() ? info.host : info.shell_host);
  if (info.shell == store::ShellState::alive) return "open, " + shell;
  if (info.shell == store::ShellState::unknown) return "unknown: " + shell + " cannot be seen from here";
  if (info.state == State::cancelled) return "cancelled";
  if (info.jobs > 0) return "left";
  return info.state == State::submitted ? "submitted" : "empty";
}

/// When it was begun is in its name. The state is what matters, and comes before what may be cut.
std::string sessions_text(const std::vector<store::SessionInfo>& sessions, std::size_t width) {
  if (sessions.empty()) return "there are no sessions\n";
  constexpr std::size_t min_width = 12;  // of a directory, of which the end is shown
  constexpr std::size_t before = 24 + 2 + 16 + 2 + 4 + 2 + 5 + 2;
  std::size_t state_width = 5 + 2;  // "state" itself
  for (const auto& info : sessions) state_width = std::max(state_width, state_text(info).size() + 2);
  const auto room = width > before + state_width + min_width ? width - before - state_width : min_width;
  report::Table table({false, false, true, true, false, false});
  table.add({"session", "last call", "jobs", "tasks", "state", "from"});
  for (const auto& info : sessions) {
    const auto directory = util::printable(info.directory);
    table.add({info.name, report::date_text(info.last_call), std::to_string(info.jobs), std::to_string(info.tasks),
               state_text(info), width > 0 ? util::fit_end(directory, room) : directory});
  }
  return table.text(width);
}

util::Json to_json(const std::vector<store::SessionInfo>& sessions) {
  auto list = util::Json::array();
  for (const auto& info : sessions) {
    util::Json session;
    session["name"] = info.name;
    const auto text = state_text(info);
    session["state"] = text.substr(0, text.find_first_of(",:"));  // open, unknown: the shell has a column of its own
    session["host"] = info.host;
    session["started"] = info.started;
    session["last_call"] = info.last_call == 0 ? util::Json(nullptr) : util::Json(info.last_call);
    session["jobs"] = info.jobs;
    session["tasks"] = info.tasks;
    session["directory"] = info.directory.empty() ? util::Json(nullptr) : util::Json(info.directory);
    list.push_back(std::move(session));
  }
  return util::Json{{"version", 1}, {"sessions", std::move(list)}};
}

struct PruneOptions {
  bool prune = false;
  bool dry_run = false;
  std::string days;
  std::string keep;
};

util::Result<store::PruneRules> read_rules(const PruneOptions& options) {
  constexpr std::uint32_t default_days = 30;
  std::uint32_t days = default_days;
  if (!options.days.empty()) {
    TRY(days, util::parse_number(options.days, "--older-than", 0, "sarray sessions --help"));
  }
  store::PruneRules rules;
  rules.older_than = std::int64_t{days} * 86400;
  rules.dry_run = options.dry_run;
  if (!options.keep.empty()) {
    TRY(rules.keep, util::parse_number(options.keep, "--keep", 0, "sarray sessions --help"));
  }
  return rules;
}

Status prune(const store::StateFolder& folder, const PruneOptions& options) {
  TRY(const auto rules, read_rules(options));
  const char* own = std::getenv(util::session_variable);
  TRY(const auto sessions, store::prune_sessions(folder, rules, own != nullptr ? own : ""));
  const auto* const did = options.dry_run ? "would remove" : "removed";
  for (const auto& session : sessions) {
    std::printf("%s session %s: %s, %s\n", did, util::printable(session.name).c_str(), session.state.c_str(),
                report::date_text(session.time).c_str());
  }
  const auto site = queue::find_site();
  const auto queue = site.client.commands_in_queue();
  if (!queue) {
    util::note("no submission is removed, since Slurm does not say which of them it still has: " + queue.error().why);
  }
  std::vector<store::Pruned> submissions;
  if (queue) {
    const auto cluster = slurm::cluster_name(site);
    TRY(submissions, store::prune_submissions(folder, rules, [&](const std::string& marker, const std::string& id) {
          const auto submission = store::read_submission(folder.submissions() + "/" + marker);
          if (submission && submission->is_newer()) {
            const auto error = store::explain_newer(*submission);
            util::note(error.what + ": " + error.why + "; it is left");
            return true;
          }
          // This cluster knows nothing of another's.
          if (submission && !submission->cluster.empty() && submission->cluster != cluster) return true;
          return std::any_of(queue->begin(), queue->end(), [&](const auto& job) {
            return job.command.find(marker) != std::string::npos || (!id.empty() && job.job_id == id);
          });
        }));
  }
  for (const auto& submission : submissions) {
    std::printf("%s submission %s: %s\n", did, util::printable(submission.name).c_str(),
                report::date_text(submission.time).c_str());
  }
  std::printf("%s %s and %s\n", did, util::count(sessions.size(), "session").c_str(),
              util::count(submissions.size(), "submission").c_str());
  return 0;
}

}  // namespace

Status sessions(const Words& words) {
  bool json = false;
  PruneOptions pruning;
  cli::Arguments arguments(
      "sessions",
      "Lists saved sessions, oldest first, with their queued jobs. With --prune, removes sessions in which nothing "
      "is queued and whose shell is gone, and the scripts of arrays that Slurm no longer has.",
      "[--json] | --prune [--older-than DAYS] [--keep COUNT] [-n]");
  arguments.app().add_flag("--json", json, "answer in JSON (docs/json.md)");
  arguments.app().add_flag("--prune", pruning.prune, "remove old sessions and submissions that are finished, and list them");
  arguments.app()
      .add_option("--older-than", pruning.days, "with --prune: remove what has not changed for DAYS days (default: 30)")
      ->type_name("DAYS");
  arguments.app()
      .add_option("--keep", pruning.keep, "with --prune: also remove newer ones, except the newest COUNT")
      ->type_name("COUNT");
  arguments.app().add_flag("-n,--dry-run", pruning.dry_run, "with --prune: only say what would be removed");
  TRY(const bool go_on, arguments.parse(words));
  if (!go_on) return 0;
  if (!pruning.prune && (pruning.dry_run || !pruning.days.empty() || !pruning.keep.empty())) {
    util::Error error{"sessions", "--older-than, --keep and -n are for --prune", "sarray sessions --prune"};
    error.status = static_cast<int>(util::Exit::usage);
    return util::fail(std::move(error));
  }
  TRY(const auto folder, store::StateFolder::open());
  if (pruning.prune) return prune(folder, pruning);
  std::vector<std::string> warnings;
  TRY(const auto found, store::list_sessions(folder, &warnings));
  for (const auto& warning : warnings) util::warn(warning);
  if (json) {
    std::fputs(util::to_line(to_json(found)).c_str(), stdout);
    return 0;
  }
  std::fputs(sessions_text(found, report::terminal_width(1)).c_str(), stdout);
  return 0;
}

}  // namespace sarray::commands
