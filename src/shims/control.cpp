#include <algorithm>
#include <array>
#include <cstdio>

#include "answer/change.hpp"
#include "answer/queue.hpp"
#include "shims/asked.hpp"
#include "shims/change.hpp"
#include "shims/show.hpp"
#include "shims/targets.hpp"
#include "shims/tools.hpp"
#include "shims/world.hpp"
#include "slurm/language/text.hpp"
#include "util/fd.hpp"
#include "util/join.hpp"

namespace sarray::shims {

namespace {

/// scontrol's verbs that change jobs. They may be shortened (scontrol.c); the shortest form of each is given.
struct Verb {
  std::string_view name;
  std::size_t shortest;
};
constexpr std::array verbs = {Verb{"hold", 1},     Verb{"holdu", 5},       Verb{"uhold", 2},   Verb{"release", 3},
                              Verb{"requeue", 3},  Verb{"requeuehold", 8}, Verb{"suspend", 2}, Verb{"resume", 3},
                              Verb{"show", 3},     Verb{"top", 1},         Verb{"update", 1},  Verb{"write", 5},
                              Verb{"listpids", 5}, Verb{"notify", 1},      Verb{"wait_job", 2}};

std::string_view full_verb(std::string_view word) {
  const auto small = slurm::lower(word);
  for (const auto& verb : verbs) {
    if (verb.name == small) return verb.name;
  }
  for (const auto& verb : verbs) {
    if (small.size() >= verb.shortest && verb.name.starts_with(small)) return verb.name;
  }
  return {};
}

util::Result<int> run(World& world, const std::vector<answer::Option>& options, const std::vector<std::string>& operands) {
  if (operands.size() < 2) return 0;
  TRY(const auto output,
      world.site().client.run_tool(slurm::Tool::scontrol, answer::write_words(options, operands), world.site().environment));
  std::fputs(output.out.c_str(), stdout);
  std::fputs(output.err.c_str(), stderr);
  return output.status;
}

/// The ids of a command: those that Slurm knows, and jobs that are recorded only.
struct Ids {
  std::vector<std::string> slurms;
  std::vector<Target> recorded;
};

/// @param words lists of ids, with "JobId=" or without it.
util::Result<Ids> find_ids(World& world, const std::vector<std::string>& words) {
  Ids ids;
  for (const auto& word : words) {
    auto list = word;
    for (const auto* key : {"jobid=", "job="}) {
      if (slurm::lower(list).starts_with(key)) list.erase(0, std::string_view(key).size());
    }
    for (const auto& text : answer::split_names(list)) {
      TRY(auto target, find_target(world, text));
      if (target && target->recorded) {
        ids.recorded.push_back(std::move(*target));
      } else {
        ids.slurms.push_back(target ? target->slurm_name() : text);
      }
    }
  }
  return ids;
}

util::Error recorded_only(const Target& target, std::string_view verb) {
  return {"scontrol " + std::string(verb) + " " + std::to_string(target.name.job), "the job is only recorded", "sarray submit"};
}

/// Whether a recorded job has all of the tasks that are named.
bool has_tasks(const Target& target) {
  const auto& ids = target.recorded->job.ids;
  return std::all_of(target.name.tasks.begin(), target.name.tasks.end(), [&](auto task) { return ids && ids->contains(task); });
}

/// Whether all of a recorded job is named: what is recorded has one set of options for all of its tasks.
bool is_whole(const Target& target) {
  const auto& tasks = target.name.tasks;
  return tasks.empty() || (target.recorded->job.ids && tasks.size() == target.recorded->job.ids->count());
}

/// Says in scontrol's own words that a job was cancelled before.
void say_finished(const Target& target, std::string_view verb) {
  if (target.recorded->job.ids) {
    std::fprintf(stderr, "%s: Job has already finished\n", answer::recorded_tasks(target.recorded->shown).c_str());
    return;
  }
  std::fprintf(stderr, "Job has already finished for job %u\n", target.name.job);
  if (verb != "update" && !verb.starts_with("requeue")) std::fputs("slurm_suspend error: Job has already finished\n", stderr);
}

util::Result<int> order(World& world, std::string_view verb, const answer::Words& words) {
  TRY(const auto ids, find_ids(world, {words.operands.begin() + 1, words.operands.end()}));
  int status = 0;
  for (const auto& target : ids.recorded) {
    const bool holds = verb == "hold" || verb == "uhold" || verb == "holdu";
    if (target.recorded->shown.state == answer::RecordedState::cancelled) {
      say_finished(target, verb);
      status = 1;
    } else if (!has_tasks(target)) {
      std::fprintf(stderr, "%s: Invalid job id specified\n", target.slurm_name().c_str());  // scontrol's own words
      status = 1;
    } else if (!is_whole(target)) {
      return util::fail(recorded_only(target, std::string(verb) + " of single tasks of"));
    } else if (holds || verb == "release") {
      CHECK_OK(
          change_recorded(*target.recorded, {holds ? std::vector<std::string>{"--hold"} : std::vector<std::string>{}, !holds}));
    } else if (verb == "requeue" || verb == "requeuehold") {
      const auto& array = target.recorded->job.ids;  // scontrol's own words, of which an array has others
      std::fputs((array ? answer::recorded_tasks(target.recorded->shown) + ": Job is pending execution\n"
                        : "Job is pending execution for job " + std::to_string(target.name.job) + "\n")
                     .c_str(),
                 stderr);
      status = 1;
    } else {
      return util::fail(recorded_only(target, verb));
    }
  }
  if (ids.slurms.empty()) return status;
  TRY(const int other, run(world, words.options, {std::string(verb), util::join(ids.slurms, ",")}));
  return status != 0 ? status : other;
}

/// Returns what scontrol says where sbatch, of which the text is, refuses a value.
std::string scontrols_words(const Target& target, const std::string& text) {
  constexpr std::string_view failed = "sbatch: error: Batch job submission failed: ";
  if (text == "sbatch: error: Invalid --time specification\n") return "scontrol: error: Invalid TimeLimit value\n";
  if (!text.starts_with(failed) || !text.ends_with('\n')) return text;
  const auto why = text.substr(failed.size(), text.size() - failed.size() - 1);
  if (target.recorded->job.ids) return answer::recorded_tasks(target.recorded->shown) + ": " + why + "\n";
  return why + " for job " + std::to_string(target.name.job) + "\n";
}

util::Result<int> update(World& world, const answer::Words& words) {
  std::vector<std::string> id_words;
  std::vector<std::string> others;
  std::string name;
  for (std::size_t i = 1; i < words.operands.size(); ++i) {
    const auto& word = words.operands[i];
    const auto key = slurm::lower(word.substr(0, word.find('=')));
    if (word.find('=') == std::string::npos && i + 1 < words.operands.size() && (key == "job" || key == "jobid")) {
      id_words.push_back(words.operands[++i]);  // "update job 17 ..."
    } else if (key == "jobid" || key == "job") {
      id_words.push_back(word);
    } else {
      others.push_back(word);
      if (key == "jobname" || key == "name") name = word.substr(word.find('=') + 1);
    }
  }
  if (id_words.empty()) {
    return util::fail("scontrol update JobName=" + name, "sarray does not look for jobs by their names here",
                      "scontrol update JobId=ID ...");
  }
  TRY(const auto ids, find_ids(world, id_words));
  int status = 0;
  for (const auto& target : ids.recorded) {
    if (target.recorded->shown.state == answer::RecordedState::cancelled) {
      say_finished(target, "update");
      status = 1;
      continue;
    }
    Change change;
    for (const auto& word : others) {
      const auto equals = std::min(word.find('='), word.size());
      const auto key = word.substr(0, equals);
      const auto value = equals < word.size() ? word.substr(equals + 1) : "";
      if (slurm::lower(key) == "arraytaskthrottle") {
        if (!target.recorded->job.ids) continue;  // it means nothing to a plain job, and scontrol takes it
        change.options.push_back("--array=" + target.recorded->job.ids->text() + (value == "0" ? "" : "%" + value));
        continue;
      }
      TRY(auto option, answer::option_for_update(key, value));
      change.options.push_back(std::move(option));
    }
    if (!target.name.tasks.empty()) return util::fail(recorded_only(target, "update of a single task of"));
    if (auto changed = change_recorded(*target.recorded, change); !changed) {
      changed.error().status = 1;  // scontrol's, not that of sbatch, whose words these are
      changed.error().body = scontrols_words(target, changed.error().body);
      return util::fail(std::move(changed).error());
    }
  }
  if (ids.slurms.empty()) return status;
  std::vector<std::string> operands = {"update", "JobId=" + util::join(ids.slurms, ",")};
  for (const auto& word : others) {
    const auto key = slurm::lower(word.substr(0, word.find('=')));
    const bool is_ours =
        std::any_of(id_words.begin(), id_words.end(), [](const auto& id) { return answer::names_virtual_id(id); });
    if (is_ours && key == "arraytaskthrottle")
      return util::fail("scontrol update " + word, "it would throttle the whole merged array", "sarray throttle");
    operands.push_back(word);
  }
  TRY(const int other, run(world, words.options, operands));
  return status != 0 ? status : other;
}

/// `write batch_script ID [FILE]`: the job's own script. Slurm has the merged one.
util::Result<int> write_script(World& world, const answer::Words& words) {
  const auto& operands = words.operands;
  if (operands.size() < 3) return run(world, words.options, operands);
  TRY(const auto target, find_target(world, operands[2]));
  if (!target || (target->array.empty() && !target->recorded)) return run(world, words.options, operands);
  TRY(const auto script, own_script(world, *target));
  const auto id = std::to_string(target->name.job);
  const auto file = operands.size() > 3 ? operands[3] : "slurm-" + id + ".sh";
  if (file == "-") {
    CHECK_OK(util::write_all(1, script, "standard output"));
    return 0;
  }
  CHECK_OK(util::write_file_atomically(file, script, 0700));
  std::printf("batch script for job %s written to %s\n", id.c_str(), file.c_str());
  return 0;
}

}  // namespace

util::Result<int> control_jobs(World& world, const std::vector<std::string>& given) {
  const auto words = answer::read_words(slurm::Tool::scontrol, given);
  const auto verb = words.operands.empty() ? std::string_view() : full_verb(words.operands[0]);
  if (!words.unknown.empty() || verb.empty())
    return util::fail("scontrol " + util::join(given, " "), "sarray cannot translate the ids in it",
                      "squeue shows Slurm's own ids");
  if (verb == "show") return show_jobs(world, words);
  if (verb == "update") return update(world, words);
  if (verb == "write") return write_script(world, words);
  if (verb == "listpids" || verb == "notify" || verb == "wait_job") {
    auto operands = words.operands;
    for (std::size_t i = 1; i < std::min<std::size_t>(operands.size(), 2); ++i) {
      TRY(const auto target, find_target(world, operands[i]));
      if (!target) continue;
      if (target->recorded) return util::fail(recorded_only(*target, verb));
      TRY(operands[i], raw_id(world, *target));
    }
    return run(world, words.options, operands);
  }
  return order(world, verb, words);
}

}  // namespace sarray::shims
