#include "shims/show.hpp"

#include <algorithm>
#include <cstdio>

#include "answer/queue.hpp"
#include "answer/recorded.hpp"
#include "answer/show.hpp"
#include "script/map.hpp"
#include "shims/asked.hpp"
#include "shims/task_files.hpp"
#include "util/fd.hpp"

namespace sarray::shims {

namespace {

/// Slurm's answer about some jobs, with ours under their own ids.
struct Shown {
  std::vector<std::string> records;
  std::vector<std::uint32_t> ours;
};

/// @param asked what of ours is meant; null: all.
void add_records(World& world, const std::vector<std::string>& records, const answer::JobName* asked, Shown& shown) {
  const bool shows_arguments = answer::shows_arguments(world.release());
  for (const auto& record : records) {
    const auto name = answer::record_name(record);
    const auto* map = name && !name->tasks.empty() ? world.find_map(answer::record_field(record, "Command")) : nullptr;
    if (map == nullptr) {
      shown.records.push_back(record);
      continue;
    }
    for (auto& ours : answer::find_ours(*map, *name)) {
      if (asked != nullptr && asked->job != ours.job->id) continue;
      if (asked != nullptr && !asked->tasks.empty()) {  // one of a block is shown by itself
        if (std::find(ours.tasks.begin(), ours.tasks.end(), asked->tasks.front()) == ours.tasks.end()) continue;
        ours.tasks = {asked->tasks.front()};
      }
      const auto user = answer::record_field(record, "UserId");
      const auto files = files_of(ours, {std::to_string(name->job), answer::record_field(record, "JobId"),
                                         answer::record_field(record, "Restarts"), user.substr(0, user.find('('))});
      shown.records.push_back(answer::rewrite_record(record, ours, files, shows_arguments));
      shown.ours.push_back(ours.job->id);
    }
  }
}

/// Asks Slurm's own scontrol. @return its status; what it refused it has said.
util::Result<int> ask(World& world, const answer::Words& words, const std::vector<std::string>& operands,
                      const answer::JobName* asked, Shown& shown) {
  auto environment = world.site().environment;
  environment.set("SLURM_BITSTR_LEN", "0");
  TRY(const auto output,
      world.site().client.run_tool(slurm::Tool::scontrol, answer::write_words(words.options, operands), environment));
  std::fputs(output.err.c_str(), stderr);
  if (output.status != 0) {
    std::fputs(output.out.c_str(), stdout);
    return output.status;
  }
  add_records(world, answer::split_records(output.out, words.has("oneliner")), asked, shown);
  return 0;
}

void add_recorded(const answer::RecordedJob& job, const answer::Defaults& defaults, bool is_oneline, Shown& shown) {
  if (std::find(shown.ours.begin(), shown.ours.end(), job.id) != shown.ours.end()) return;
  shown.records.push_back(answer::write_record(answer::show_lines(job, defaults), is_oneline));
}

/// Adds what is asked of a recorded job: all of it, or one task. @return false if it has no such task.
bool add_asked(const Target& target, const answer::Defaults& defaults, bool is_oneline, Shown& shown) {
  auto job = target.recorded->shown;
  if (!target.name.tasks.empty()) {
    job.task = target.name.tasks.front();
    if (!job.job->ids || !job.job->ids->contains(*job.task)) return false;
  }
  add_recorded(job, defaults, is_oneline, shown);
  return true;
}

/// scontrol's own words, which are on standard output.
int say_not_found(const std::string& word) {
  std::printf("Job %s not found\n", word.c_str());
  return 1;
}

}  // namespace

util::Result<int> show_jobs(World& world, const answer::Words& words) {
  if (words.has("yaml")) {
    return util::fail("scontrol --yaml", "sarray cannot translate it, and jobs of this session would be in the answer",
                      "scontrol --json show job ID");
  }
  const bool is_oneline = words.has("oneliner");
  const auto& operands = words.operands;
  // "show job 17", "show job=17", "show jobs": the entity, and the id if one is meant.
  auto entity = operands.size() > 1 ? operands[1] : std::string();
  auto id = operands.size() > 2 ? operands[2] : std::string();
  if (const auto equals = entity.find('='); equals != std::string::npos) {
    id = entity.substr(equals + 1);
    entity.resize(equals);
  }
  if (entity.starts_with("step")) return util::fail("scontrol show step", "sarray does not translate it", "sstat -j ID");
  if (words.has("json")) return show_jobs_as_json(world, words, entity, id);
  Shown shown;
  int status = 0;
  std::uint32_t recorded = 0;
  if (id.empty()) {
    TRY(status, ask(world, words, {"show", entity}, nullptr, shown));
    TRY(const auto jobs, world.recorded_jobs());
    const auto defaults = world.defaults(!jobs.empty());
    for (const auto& known : jobs) {
      add_recorded(known->shown, defaults, is_oneline, shown);
      ++recorded;
    }
  }
  for (const auto& word : answer::split_names(id)) {
    TRY(const auto target, find_target(world, word));
    if (target && target->recorded) {
      if (!add_asked(*target, world.defaults(true), is_oneline, shown)) status = say_not_found(word);
      ++recorded;
      continue;
    }
    const bool is_ours = target && !target->array.empty();
    if (target && !is_ours && !world.find_arrays(target->name.job).empty()) {  // the job is there, without such a task
      status = say_not_found(word);
      continue;
    }
    const auto before = shown.records.size();
    TRY(int one, ask(world, words, {"show", entity, is_ours ? target->array : word}, is_ours ? &target->name : nullptr, shown));
    if (one == 0 && is_ours && shown.records.size() == before) one = say_not_found(word);
    status = status != 0 ? status : one;
  }
  for (const auto& record : shown.records) std::fputs(record.c_str(), stdout);
  if (recorded > 0) note_question(world);
  return status;
}

util::Result<std::string> own_script(World& world, const Target& target) {
  if (target.recorded) return *target.recorded->recorded.call->script;
  return world.script_of(target.name.job);
}

}  // namespace sarray::shims
