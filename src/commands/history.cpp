#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <iterator>

#include "cli/arguments.hpp"
#include "commands/commands.hpp"
#include "commands/overview.hpp"
#include "engine/submissions.hpp"
#include "queue/gather.hpp"
#include "report/states.hpp"
#include "report/table.hpp"
#include "util/join.hpp"
#include "util/json.hpp"
#include "util/message.hpp"
#include "util/numbers.hpp"
#include "util/user_text.hpp"

namespace sarray::commands {

namespace {

follow::Summary summarize(const std::vector<slurm::TaskRecord>& tasks) {
  follow::Summary summary;
  for (const auto& task : tasks) {
    ++summary.tasks;
    ++summary.counts[static_cast<std::size_t>(task.state)];
  }
  return summary;
}

util::Json submission_json(const store::Submission& submission, const follow::Summary& summary) {
  util::Json json{{"job_id", submission.job_id},       {"time", submission.time},       {"name", submission.name},
                  {"directory", submission.directory}, {"jobs", submission.jobs},       {"tasks", submission.tasks},
                  {"retry_of", submission.retry_of},   {"states", util::Json::object()}};
  for (const auto state : slurm::all_task_states) json["states"][slurm::task_state_name(state)] = summary.count(state);
  return json;
}

}  // namespace

Status show_overview(const slurm::SlurmSite& site, const OverviewOptions& options) {
  auto submissions = engine::list_submissions(site);
  auto others = follow::submissions_in_slurm(site, submissions);
  const auto unnoted = util::join(others, ", ", &store::Submission::job_id);
  submissions.insert(submissions.end(), std::make_move_iterator(others.begin()), std::make_move_iterator(others.end()));
  std::stable_sort(submissions.begin(), submissions.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
  if (options.max > 0 && submissions.size() > options.max)
    submissions.erase(submissions.begin(), submissions.end() - static_cast<std::ptrdiff_t>(options.max));
  std::vector<slurm::ArrayQuery> asked;
  for (const auto& submission : submissions) {
    const bool is_noted = !submission.folder.empty();
    asked.push_back({submission.job_id, std::min(submission.tasks, script::max_tasks),
                     is_noted ? submission.folder + "/sarray.slurm" : std::string(), submission.first_index});
  }
  slurm::ArrayStates states;
  if (!asked.empty()) {
    TRY(states, engine::SlurmEngine(site.client).states(asked, false));
  }
  auto list = util::Json::array();
  report::Table table({true, false, true, true, false, false});
  table.add({"job id", "submitted", "jobs", "tasks", "result", "from"});
  bool any_unknown = false;
  const auto width = report::terminal_width(1);
  const bool narrow = width > 0 && width < 100;
  for (std::size_t i = 0; i < submissions.size(); ++i) {
    const auto& submission = submissions[i];
    const auto summary = summarize(states.tasks[i]);
    list.push_back(submission_json(submission, summary));
    any_unknown = any_unknown || summary.count(slurm::TaskState::unknown) > 0;
    table.add({submission.job_id, report::date_text(submission.time), std::to_string(submission.jobs),
               std::to_string(submission.tasks), report::counts_text(summary, narrow),
               narrow ? util::fit_end(util::printable(submission.directory), 24) : util::printable(submission.directory)});
  }
  if (options.json) {
    std::fputs(util::to_line({{"version", 1}, {"submissions", std::move(list)}}).c_str(), stdout);
    return 0;
  }
  if (submissions.empty()) {
    std::fputs("no submissions yet\n", stdout);
    return 0;
  }
  if (!unnoted.empty()) util::note("not recorded in this state folder, but Slurm still has them: " + unnoted);
  std::fputs(table.text(width).c_str(), stdout);
  if (any_unknown) util::note("unknown: Slurm and its accounting have forgotten these tasks");
  for (std::size_t i = 0; i < states.holders.size(); ++i) {
    if (states.holders[i].identity == slurm::Identity::other)
      util::note("job " + submissions[i].job_id + ": another job has that id now");
  }
  return 0;
}

Status history(const Words& words) {
  OverviewOptions options;
  std::string max;
  cli::Arguments arguments("history", "Lists what was submitted from this account's state folder, oldest first.",
                           "[-n N] [--json]");
  arguments.app().add_option("-n", max, "only the last N")->type_name("N");
  arguments.app().add_flag("--json", options.json, "answer in JSON (docs/follow.md)");
  TRY(const bool go_on, arguments.parse(words));
  if (!go_on) return 0;
  if (!max.empty()) {
    TRY(options.max, util::parse_number(max, "-n", 1, "sarray history --help"));
  }
  return show_overview(queue::find_site(), options);
}

}  // namespace sarray::commands
