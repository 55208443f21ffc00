#include <cstdio>

#include "cli/arguments.hpp"
#include "commands/commands.hpp"
#include "queue/gather.hpp"
#include "queue/held.hpp"
#include "report/graph.hpp"
#include "report/queue.hpp"
#include "report/table.hpp"
#include "util/join.hpp"
#include "util/message.hpp"

namespace sarray::commands {

Status list(const Words& words) {
  std::string session_name;
  bool json = false;
  bool graph = false;
  bool details = false;
  cli::Arguments arguments("list", "Shows the queued jobs: what all share, then one line per job with what differs.",
                           "[-l] [--session NAME] [--json|--graph]");
  arguments.app().add_flag("-l,--long", details,
                           "all of each job, and where each option was set: command line, line N of the script, or the variable");
  arguments.app().add_option("--session", session_name, "act on this session instead of the current shell's")->type_name("NAME");
  auto* json_flag = arguments.app().add_flag("--json", json, "answer in JSON (docs/json.md)");
  arguments.app()
      .add_flag("--graph", graph, "print which job waits for which in Graphviz's language, for dot -Tsvg")
      ->excludes(json_flag);
  TRY(const bool go_on, arguments.parse(words));
  if (!go_on) return 0;
  TRY(const auto session, queue::find_session(session_name));
  CHECK_OK(session.sync());
  TRY(const auto queued, queue::gather_session(session, slurm::unknown_max_array_size));
  for (const auto& warning : queued.contents.warnings) util::warn(warning);
  TRY(const auto folder, store::StateFolder::open());
  const auto held = queue::find_held_submissions(queued.contents, folder);
  if (!held.empty()) {
    util::note("Slurm holds " + util::count(held.size(), "array") + " of this session, since a submit was cut off: " +
               util::join(held, ", ", &store::Submission::job_id) + "; sarray submit goes on with them, sarray cancel ends them");
  }
  if (json) {
    std::fputs(util::to_line(report::queue_json(queued.jobs)).c_str(), stdout);
    return 0;
  }
  if (graph) {
    std::fputs(report::graph_text(queued.jobs).c_str(), stdout);
    return 0;
  }
  if (queued.jobs.empty()) {
    std::fputs("the queue is empty\n", stdout);
    return 0;
  }
  const auto show = details ? report::queue_details : report::queue_text;
  std::fputs(show(queued.jobs, report::terminal_width(1)).c_str(), stdout);
  const auto stages = report::stages_text(queued.jobs, report::terminal_width(1));
  if (!stages.empty()) std::fputs(("\n" + stages + "\n").c_str(), stdout);
  std::printf("%s, %s\n", util::count(queued.contents.info.jobs, "job").c_str(),
              util::count(queued.contents.info.tasks, "task").c_str());
  return 0;
}

}  // namespace sarray::commands
