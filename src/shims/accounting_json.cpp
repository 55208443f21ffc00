#include <cstdio>
#include <utility>

#include "answer/account_json.hpp"
#include "shims/accounting.hpp"
#include "shims/asked.hpp"
#include "shims/job_json.hpp"

namespace sarray::shims {

namespace {

using answer::JsonShape;

/// Adds the jobs that the accounting does not have. @return whether one of them is recorded only.
bool add_unaccounted(World& world, const answer::AccountQuestion& question, const Accounted& accounted, const JsonShape& shape,
                     answer::JobRecords& translated) {
  if (accounted.recent.empty() && accounted.meant.recorded.empty()) return false;
  const auto defaults = json_defaults(world, shape);
  bool has_recorded = false;
  for (const auto& job : find_unaccounted(question, accounted, translated.ours, defaults)) {
    translated.records.push_back(answer::recorded_account_record(job.known->shown, defaults, shape));
    has_recorded = has_recorded || job.is_recorded;
  }
  return has_recorded;
}

}  // namespace

util::Result<int> ask_accounting_json(World& world, const answer::AccountQuestion& question, const Accounted& accounted) {
  TRY(const auto output, run_sacct(world, question, accounted.meant.slurms, {}));
  std::fputs(output.err.c_str(), stderr);
  auto document = answer::read_document(output.out);
  if (output.status != 0 || !document) {
    std::fputs(output.out.c_str(), stdout);
    return output.status;
  }
  const auto shape = answer::read_account_shape(*document);
  if (!shape) return util::fail(unknown_form("sacct"));
  auto translated = answer::translate_account_records(
      question, (*document)["jobs"], *shape, [&](const answer::RowArray& row) { return world.find_map(row.line, row.job_id); },
      find_details(world));
  const bool has_recorded = add_unaccounted(world, question, accounted, *shape, translated);
  if (translated.records.empty() && !(*document)["jobs"].empty()) {
    // Slurm says itself that it has found nothing.
    auto nothing = question;
    nothing.ids.emplace();
    TRY(const auto none, run_sacct(world, nothing, {}, {}));
    std::fputs(none.out.c_str(), stdout);
    return none.status;
  }
  (*document)["jobs"] = std::move(translated.records);
  print_document(world, std::move(*document));
  if (has_recorded) note_question(world);
  return 0;
}

}  // namespace sarray::shims
