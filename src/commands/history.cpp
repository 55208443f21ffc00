#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <iterator>
#include <map>
#include <utility>

#include "cli/arguments.hpp"
#include "commands/commands.hpp"
#include "commands/overview.hpp"
#include "commands/task_word.hpp"
#include "engine/submissions.hpp"
#include "follow/group.hpp"
#include "queue/gather.hpp"
#include "report/states.hpp"
#include "report/table.hpp"
#include "slurm/language/group_name.hpp"
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

util::Json group_json(const store::Submission& submission, const std::vector<store::MissingParts>& missing) {
  const auto& place = submission.group;
  if (place.number == 0) return nullptr;
  util::Json json{{"name", slurm::group_name(place.number)}, {"number", place.number}, {"part", place.part}};
  const auto own = std::find_if(missing.begin(), missing.end(), [&](const auto& one) { return one.number == place.number; });
  json["missing"] = own == missing.end() ? std::vector<std::string>() : follow::name_missing({*own});
  return json;
}

/// The arrays of one submission, as places in a list.
using Row = std::vector<std::size_t>;

/// Returns the submissions in the order of their newest arrays, and their arrays by part.
std::vector<Row> make_rows(const std::vector<store::Submission>& submissions) {
  std::vector<Row> rows;
  std::map<std::uint32_t, std::size_t> row_of;  // by the group's number
  for (std::size_t i = 0; i < submissions.size(); ++i) {
    const auto number = submissions[i].group.number;
    const auto [known, is_new] = number > 0 ? row_of.emplace(number, rows.size()) : std::pair(row_of.end(), true);
    if (is_new) {
      rows.push_back({i});
    } else {
      rows[known->second].push_back(i);
    }
  }
  for (auto& row : rows) {
    std::stable_sort(row.begin(), row.end(),
                     [&](auto a, auto b) { return submissions[a].group.part < submissions[b].group.part; });
  }
  return rows;
}

/// Leaves out all but the newest so many. @return the rows of the others.
std::vector<Row> keep_newest(std::vector<store::Submission>& submissions, std::size_t max) {
  auto rows = make_rows(submissions);
  if (max == 0 || rows.size() <= max) return rows;
  std::vector<store::Submission> kept;
  for (auto row = rows.end() - static_cast<std::ptrdiff_t>(max); row != rows.end(); ++row) {
    for (const auto i : *row) kept.push_back(std::move(submissions[i]));
  }
  submissions = std::move(kept);
  return make_rows(submissions);
}

/// Returns what is not known here of the submissions that are shown.
std::vector<store::MissingParts> find_missing(const std::vector<store::Submission>& submissions, const std::vector<Row>& rows) {
  std::vector<store::MissingParts> all;
  for (const auto& row : rows) {
    std::vector<const store::Submission*> arrays;
    for (const auto i : row) arrays.push_back(&submissions[i]);
    if (auto missing = store::find_missing_parts(arrays)) all.push_back(std::move(*missing));
  }
  return all;
}

/// Adds up what is known of the arrays of a submission.
store::Submission sum_up(const std::vector<store::Submission>& submissions, const Row& row) {
  auto sum = submissions[row.front()];
  for (std::size_t i = 1; i < row.size(); ++i) {
    sum.jobs += submissions[row[i]].jobs;
    sum.tasks += submissions[row[i]].tasks;
  }
  return sum;
}

util::Json submission_json(const store::Submission& submission, const follow::Summary& summary,
                           const std::vector<store::MissingParts>& missing) {
  util::Json json{
      {"job_id", submission.job_id},       {"time", submission.time},        {"name", submission.name},
      {"directory", submission.directory}, {"jobs", submission.jobs},        {"tasks", submission.tasks},
      {"retry_of", submission.retry_of},   {"states", util::Json::object()}, {"group", group_json(submission, missing)}};
  for (const auto state : slurm::all_task_states) json["states"][slurm::task_state_name(state)] = summary.count(state);
  return json;
}

/// Returns a line for each submission, by its first array's job id. @param summaries of the arrays.
std::string table_text(const std::vector<store::Submission>& submissions, const std::vector<Row>& rows,
                       const std::vector<follow::Summary>& summaries) {
  const bool any_group = std::any_of(rows.begin(), rows.end(), [](const auto& row) { return row.size() > 1; });
  const auto width = report::terminal_width(1);
  const bool narrow = width > 0 && width < 100;
  std::vector<bool> right = {true, false, true, true, false, false};
  std::vector<std::string> head = {"job id", "submitted", "jobs", "tasks", "result", "from"};
  if (any_group) {
    right.insert(right.begin() + 2, true);
    head.insert(head.begin() + 2, "arrays");
  }
  report::Table table(right);
  table.add(head);
  for (const auto& row : rows) {
    const auto submission = sum_up(submissions, row);
    follow::Summary summary;
    for (const auto i : row) {
      for (std::size_t state = 0; state < summary.counts.size(); ++state) summary.counts[state] += summaries[i].counts[state];
    }
    std::vector<std::string> cells = {
        submission.job_id,
        report::date_text(submission.time),
        std::to_string(submission.jobs),
        std::to_string(submission.tasks),
        report::counts_text(summary, narrow),
        narrow ? util::fit_end(util::printable(submission.directory), 24) : util::printable(submission.directory)};
    if (any_group) cells.insert(cells.begin() + 2, std::to_string(row.size()));
    table.add(std::move(cells));
  }
  return table.text(width);
}

}  // namespace

Status show_overview(const slurm::SlurmSite& site, const OverviewOptions& options) {
  auto submissions = engine::list_submissions(site);
  auto others = follow::submissions_in_slurm(site, submissions);
  const auto unnoted = util::join(others, ", ", &store::Submission::job_id);
  submissions.insert(submissions.end(), std::make_move_iterator(others.begin()), std::make_move_iterator(others.end()));
  std::stable_sort(submissions.begin(), submissions.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
  const auto rows = keep_newest(submissions, options.max);
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
  const auto missing = find_missing(submissions, rows);
  auto lost = missing;  // a submit that was cut off long ago is not said each time
  std::erase_if(lost, [](const auto& one) { return one.may_be_unsent; });
  warn_of_missing(lost, LeftOut::not_shown, "");
  auto list = util::Json::array();
  bool any_unknown = false;
  std::vector<follow::Summary> summaries;
  for (std::size_t i = 0; i < submissions.size(); ++i) {
    summaries.push_back(summarize(states.tasks[i]));
    list.push_back(submission_json(submissions[i], summaries.back(), missing));
    any_unknown = any_unknown || summaries.back().count(slurm::TaskState::unknown) > 0;
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
  std::fputs(table_text(submissions, rows, summaries).c_str(), stdout);
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
  cli::Arguments arguments("history", "Lists what was submitted from this account's state folder, a line each, oldest first.",
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
