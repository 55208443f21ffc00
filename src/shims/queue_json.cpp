#include <algorithm>
#include <cstdio>

#include "answer/job_json.hpp"
#include "shims/asked.hpp"
#include "shims/job_json.hpp"
#include "shims/queue.hpp"

namespace sarray::shims {

namespace {

using answer::Json;
using answer::JsonShape;

/// Returns Slurm's answer about the jobs that it has. If it knows none of them, and others are recorded, it is asked about none:
/// the answer has a frame, whatever is in it.
util::Result<util::Output> ask_slurm(World& world, const answer::QueueQuestion& question, const Meant& meant) {
  TRY(auto output, run_squeue(world, question, meant.slurms, meant.is_all, {}));
  if (output.status == 0 || meant.slurms.empty() || meant.recorded.empty()) return output;
  std::fputs(output.err.c_str(), stderr);
  return run_squeue(world, question, {}, false, {});
}

answer::JobRecords translate(World& world, const answer::QueueQuestion& question, const Json& jobs, const JsonShape& shape) {
  const auto is_slurms = [&](const answer::JobName& name, const Json& record, bool is_ours) -> std::optional<bool> {
    if (!shape.chooses_jobs()) return !is_ours;
    const auto raw = answer::read_number(record, "job_id");
    const bool is_asked =
        answer::is_asked_as_slurms(question, name, raw ? std::optional(static_cast<std::uint32_t>(*raw)) : std::nullopt);
    if (is_ours && !is_asked) return false;
    const bool is_meant = !question.ids || is_asked;
    if (!is_meant || !answer::matches(question.names, answer::read_text(record, "name"))) return std::nullopt;
    return true;
  };
  const auto choose = [&](std::vector<answer::OurName> all) {
    return shape.chooses_jobs() ? answer::asked_parts(question, std::move(all)) : all;
  };
  return answer::translate_job_records(
      jobs, shape, [&](std::string_view command) { return world.find_map(command); }, find_details(world), is_slurms, choose);
}

/// Adds the jobs that are recorded only. @return how many.
util::Result<std::uint32_t> add_recorded(World& world, const answer::QueueQuestion& question, Meant meant, const JsonShape& shape,
                                         answer::JobRecords& translated) {
  if (!shape.chooses_jobs() && !meant.is_all) {
    TRY(meant.recorded, world.recorded_jobs());
  }
  std::uint32_t added = 0;
  if (meant.recorded.empty()) return added;
  const auto defaults = json_defaults(world, shape);
  for (const auto& known : meant.recorded) {
    const auto& job = known->shown;
    if (shape.chooses_jobs() && !answer::is_asked_for(question, job, defaults)) continue;
    if (std::find(translated.ours.begin(), translated.ours.end(), job.id) != translated.ours.end()) continue;
    const auto parts = shape.chooses_jobs() ? answer::recorded_parts(question, job) : std::vector{job};
    for (const auto& part : parts) translated.records.push_back(answer::recorded_job_record(part, defaults, shape));
    ++added;
  }
  return added;
}

}  // namespace

util::Result<int> ask_queue_json(World& world, const answer::QueueQuestion& question, Meant meant) {
  TRY(const auto output, ask_slurm(world, question, meant));
  std::fputs(output.err.c_str(), stderr);
  auto document = answer::read_document(output.out);
  if (output.status != 0 || !document) {
    std::fputs(output.out.c_str(), stdout);
    return output.status;
  }
  const auto shape = answer::read_shape(*document);
  if (!shape) return util::fail(unknown_form("squeue"));
  auto translated = translate(world, question, (*document)["jobs"], *shape);
  TRY(const auto recorded, add_recorded(world, question, std::move(meant), *shape, translated));
  (*document)["jobs"] = std::move(translated.records);
  print_document(world, std::move(*document));
  if (recorded > 0) note_question(world);
  return 0;
}

}  // namespace sarray::shims
