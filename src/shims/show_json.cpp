#include <algorithm>
#include <cstdio>

#include "answer/queue.hpp"
#include "shims/asked.hpp"
#include "shims/job_json.hpp"
#include "shims/show.hpp"
#include "shims/targets.hpp"

namespace sarray::shims {

namespace {

using answer::Json;

/// Above every id that Slurm gives (slurm.conf: MaxJobId): the answer has a frame, and no job in it.
constexpr const char* no_job = "67108863";

/// The answers about several ids in one document: the frame is the first one's.
struct Shown {
  std::optional<Json> document;
  std::optional<answer::JsonShape> shape;
  answer::JobRecords jobs;
  std::uint32_t recorded = 0;
};

/// Asks Slurm's own scontrol. @return its status; what it refused it has said. nullopt: its answer has been printed as it is.
util::Result<std::optional<int>> ask(World& world, const answer::Words& words, const std::string& entity, const std::string& id,
                                     const answer::JobName* asked, Shown& shown) {
  std::vector<std::string> operands = {"show", entity};
  if (!id.empty()) operands.push_back(id);
  auto environment = world.site().environment;
  environment.set("SLURM_BITSTR_LEN", "0");
  TRY(const auto output,
      world.site().client.run_tool(slurm::Tool::scontrol, answer::write_words(words.options, operands), environment));
  std::fputs(output.err.c_str(), stderr);
  auto document = answer::read_document(output.out);
  if (output.status != 0 || !document) {
    std::fputs(output.out.c_str(), stdout);
    return output.status == 0 ? std::nullopt : std::optional(output.status);
  }
  const auto shape = answer::read_shape(*document);
  if (!shape) return util::fail(unknown_form("scontrol show job"));
  const auto is_slurms = [](const answer::JobName&, const Json&, bool is_ours) { return std::optional(!is_ours); };
  const auto choose = [&](std::vector<answer::OurName> all) {
    std::erase_if(all, [&](const auto& ours) {
      if (asked == nullptr) return false;
      const bool is_task = asked->tasks.empty() || ours.is_block ||
                           std::find(ours.tasks.begin(), ours.tasks.end(), asked->tasks.front()) != ours.tasks.end();
      return asked->job != ours.job->id || !is_task;
    });
    return all;
  };
  auto translated = answer::translate_job_records((*document)["jobs"], *shape,
                                                  [&](std::string_view command) { return world.find_map(command); },
                                                  find_details(world), is_slurms, choose);
  for (auto& record : translated.records) shown.jobs.records.push_back(std::move(record));
  shown.jobs.ours.insert(shown.jobs.ours.end(), translated.ours.begin(), translated.ours.end());
  if (!shown.document) shown.document = std::move(*document);
  shown.shape = shape;
  return std::optional(0);
}

void add_recorded(World& world, const KnownJob& known, Shown& shown) {
  if (std::find(shown.jobs.ours.begin(), shown.jobs.ours.end(), known.shown.id) != shown.jobs.ours.end()) return;
  shown.jobs.records.push_back(answer::recorded_job_record(known.shown, json_defaults(world, *shown.shape), *shown.shape));
  ++shown.recorded;
}

}  // namespace

util::Result<int> show_jobs_as_json(World& world, const answer::Words& words, const std::string& entity, const std::string& ids) {
  Shown shown;
  const auto list = ids.empty() ? answer::WordList{""} : answer::split_words(ids);
  for (const auto& word : list) {
    TRY(const auto target, find_target(world, word));
    const bool is_recorded = target && target->recorded;
    const bool is_ours = target && !target->array.empty();
    const auto id = is_ours ? target->array : is_recorded ? no_job : word;
    TRY(const auto status, ask(world, words, entity, id, is_ours ? &target->name : nullptr, shown));
    if (!status || *status != 0) return status.value_or(0);
    if (is_recorded) add_recorded(world, *target->recorded, shown);
  }
  if (ids.empty()) {
    TRY(const auto jobs, world.recorded_jobs());
    for (const auto& known : jobs) add_recorded(world, *known, shown);
  }
  if (!shown.document) return 0;
  (*shown.document)["jobs"] = std::move(shown.jobs.records);
  print_document(world, std::move(*shown.document));
  if (shown.recorded > 0) note_question(world);
  return 0;
}

}  // namespace sarray::shims
