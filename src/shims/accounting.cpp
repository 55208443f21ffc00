#include "shims/accounting.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "shims/asked.hpp"
#include "shims/tools.hpp"
#include "slurm/language/virtual_id.hpp"
#include "util/join.hpp"
#include "util/parse.hpp"

namespace sarray::shims {

namespace {

using answer::AccountQuestion;

/// Above every id that Slurm gives (slurm.conf: MaxJobId).
constexpr const char* no_job = "67108863";

/// An id of ours that nobody knows is left out: sacct has no job of that number.
void write_id(const answer::JobName& name, std::vector<std::string>& ids) {
  if (slurm::is_virtual_id(name.job)) return;
  auto text = std::to_string(name.job);
  if (!name.tasks.empty()) text += "_" + std::to_string(name.tasks.front());
  ids.push_back(text + (name.step.empty() ? "" : "." + name.step));
}

/// For so long the accounting may not know yet what Slurm has taken. It gets a job's record some seconds late.
constexpr std::int64_t accounting_delay = 120;

/// The jobs that Slurm has, but that the accounting may not know yet.
util::Result<std::vector<std::unique_ptr<KnownJob>>> find_recent(World& world, const AccountQuestion& question) {
  std::vector<std::unique_ptr<KnownJob>> recent;
  for (const auto& name : question.ids.value_or(std::vector<answer::JobName>())) {
    if (!slurm::is_virtual_id(name.job)) continue;
    const auto arrays = world.find_arrays(name.job);
    if (arrays.empty() || arrays.back().time + accounting_delay <= std::time(nullptr)) continue;
    TRY(auto known, world.find_own(name.job));
    if (known) recent.push_back(std::move(known));
  }
  return recent;
}

struct Asked {
  std::vector<std::vector<std::string>> rows;
  bool failed = false;
  int status = 0;
};

util::Result<util::Output> run(World& world, const std::vector<answer::Option>& options) {
  auto environment = world.site().environment;
  environment.unset("SACCT_FORMAT");
  return world.site().client.run_tool(slurm::Tool::sacct, answer::write_words(options, {}), environment);
}

/// Asks Slurm's own sacct, which says on standard error why it refuses.
util::Result<Asked> ask_slurm(World& world, const AccountQuestion& question, const Meant& meant) {
  Asked asked;
  for (const bool with_line : {true, false}) {
    TRY(const auto output, run_sacct(world, question, meant.slurms,
                                     {{"parsable2", std::nullopt},
                                      {"delimiter", std::string(1, answer::value_end)},
                                      {"format", answer::ask_account_format(question.format, with_line)}}));
    if (output.status != 0 && with_line && output.err.find("SubmitLine") != std::string::npos) continue;  // 20.11
    std::fputs(output.err.c_str(), stderr);
    asked.status = output.status;
    asked.failed = output.status != 0;
    asked.rows = answer::read_account_rows(output.out, question.format.columns.size(), with_line);
    break;
  }
  return asked;
}

/// Returns the widths of the columns, as sacct itself prints them.
util::Result<std::vector<int>> ask_widths(World& world, const AccountQuestion& question) {
  std::vector<int> widths;
  for (const auto& column : question.format.columns) widths.push_back(column.width);
  if (std::find(widths.begin(), widths.end(), 0) == widths.end()) return widths;
  const auto fields = util::join(question.format.columns, ",", &answer::Column::name);
  TRY(const auto output, run(world, {{"jobs", no_job}, {"format", fields}}));
  std::string_view rest = output.out;
  const auto titles = util::take_until(rest, '\n');
  const auto usual = answer::read_widths(titles, util::take_until(rest, '\n'));
  if (usual.size() != widths.size()) return util::fail("sacct", "its columns cannot be read", "sacct -P");
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (widths[i] == 0) widths[i] = usual[i];
  }
  return widths;
}

/// Returns the titles as sacct writes them, and the line below them.
std::string header(const std::vector<int>& widths, const std::vector<std::string>& titles, const AccountQuestion& question) {
  auto text = answer::write_account_line(widths, titles, question.style, question.delimiter, true);
  if (question.style != answer::AccountStyle::aligned) return text;
  for (const auto width : widths) text += std::string(static_cast<std::size_t>(std::abs(width)), '-') + " ";
  return text + "\n";
}

bool needs_partition(const AccountQuestion& question) {
  return !question.partitions.empty() ||
         std::any_of(question.format.columns.begin(), question.format.columns.end(),
                     [](const auto& column) { return column.field == "partition" || column.field == "timelimit"; });
}

util::Result<int> ask_as_text(World& world, const AccountQuestion& question, const Accounted& accounted) {
  const auto& meant = accounted.meant;
  const auto& recent = accounted.recent;
  auto defaults = world.defaults((!meant.recorded.empty() || !recent.empty()) && needs_partition(question));
  const bool names_cluster = std::any_of(question.format.columns.begin(), question.format.columns.end(),
                                         [](const auto& column) { return column.field == "cluster"; });
  if (!meant.recorded.empty() && names_cluster) defaults.cluster = slurm::cluster_name(world.site());
  TRY(auto asked, ask_slurm(world, question, meant));
  if (asked.failed) return asked.status;
  TRY(auto lines, answer::translate_account_rows(
                      question, asked.rows, [&](const answer::RowArray& row) { return world.find_map(row.line, row.job_id); },
                      [&](std::uint32_t id) { return world.submit_line(id); }));
  bool has_recorded = false;
  for (const auto& [known, is_recorded] : find_unaccounted(question, accounted, lines.ours, defaults)) {
    auto row = answer::recorded_row(question, known->shown, defaults);
    if (!row && is_recorded) return util::fail(std::move(row).error());
    if (row) lines.rows.push_back(std::move(*row));
    has_recorded = has_recorded || is_recorded;
  }
  std::vector<int> widths;
  if (question.style == answer::AccountStyle::aligned) {
    TRY(widths, ask_widths(world, question));
  }
  for (std::size_t i = 0; i < lines.rows.size(); ++i) {
    const bool is_titles = i == 0;
    if (is_titles && question.has_header) std::fputs(header(widths, lines.rows[i], question).c_str(), stdout);
    if (!is_titles)
      std::fputs(answer::write_account_line(widths, lines.rows[i], question.style, question.delimiter, false).c_str(), stdout);
  }
  if (has_recorded) note_question(world);
  return 0;
}

}  // namespace

std::vector<Unaccounted> find_unaccounted(const AccountQuestion& question, const Accounted& accounted,
                                          const std::vector<std::uint32_t>& ours, const answer::Defaults& defaults) {
  std::vector<Unaccounted> jobs;
  const auto add = [&](const KnownJob& known, bool is_recorded) {
    const bool is_shown = std::find(ours.begin(), ours.end(), known.shown.id) != ours.end();
    if (!is_shown && answer::is_asked_for(question, known.shown, defaults)) jobs.push_back({&known, is_recorded});
  };
  // A job that was PENDING when it was recorded does not vanish for some seconds: scripts take that for its end.
  if (question.states.empty()) {
    for (const auto& known : accounted.recent) add(*known, false);
  }
  for (const auto& known : accounted.meant.recorded) add(*known, true);
  return jobs;
}

util::Result<util::Output> run_sacct(World& world, const AccountQuestion& question, const std::vector<std::string>& slurms,
                                     const std::vector<answer::Option>& format) {
  auto options = question.passed;
  options.insert(options.end(), format.begin(), format.end());
  if (question.ids) options.push_back({"jobs", slurms.empty() ? std::string(no_job) : util::join(slurms, ",")});
  return run(world, options);
}

util::Result<int> ask_accounting(World& world, const std::vector<std::string>& words) {
  const auto read = answer::read_words(slurm::Tool::sacct, words);
  TRY(const auto question, answer::read_account_question(read, world.site().environment));
  Accounted accounted;
  TRY(accounted.meant, find_meant(world, question.ids, write_id));
  TRY(accounted.recent, find_recent(world, question));
  if (question.is_json) return ask_accounting_json(world, question, accounted);
  return ask_as_text(world, question, accounted);
}

}  // namespace sarray::shims
