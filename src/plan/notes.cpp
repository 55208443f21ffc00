#include "plan/notes.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "slurm/language/text.hpp"

namespace sarray::plan {

namespace {

using slurm::contains;

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; }

struct Mention {
  bool by_name = false;
  bool by_path = false;
};

/// How a script names a command: as a separate word, as the end of a path, or both.
Mention find_command(std::string_view script, std::string_view name) {
  Mention mention;
  for (auto at = slurm::find_text(script, name); at != std::string_view::npos; at = slurm::find_text(script, name, at + 1)) {
    const char before = at == 0 ? ' ' : script[at - 1];
    const auto end = at + name.size();
    if (is_word_character(before) || before == '.' || (end < script.size() && is_word_character(script[end]))) continue;
    (before == '/' ? mention.by_path : mention.by_name) = true;
  }
  return mention;
}

/// Programs that call Slurm's commands with their task's ids: submitit and Lightning requeue themselves, without a word of it in
/// the script.
constexpr std::array<std::string_view, 3> frameworks = {"submitit", "lightning", "pytorch_lightning"};

/// The words with which a script tells Slurm something about itself.
struct SelfReferences {
  std::string by_name;  ///< commands and frameworks: "scancel, scontrol"
  std::string by_path;  ///< commands that nothing can replace, in a script with its own ids
};

SelfReferences find_self_references(std::string_view script) {
  SelfReferences references;
  const auto add = [](std::string& list, std::string_view name) { list += (list.empty() ? "" : ", ") + std::string(name); };
  for (const auto name : translated_commands) {
    if (name == "sbatch" && !contains(script, "after")) continue;  // its own id can only be in a dependency
    const auto mention = find_command(script, name);
    if (mention.by_name) add(references.by_name, name);
    if (mention.by_path) add(references.by_path, name);
  }
  for (const auto name : frameworks) {
    if (find_command(script, name).by_name) add(references.by_name, name);
  }
  const bool own_ids =
      contains(script, "SLURM_JOB_ID") || contains(script, "SLURM_JOBID") || contains(script, "SLURM_ARRAY_JOB_ID");
  if (!own_ids) references.by_path.clear();
  return references;
}

using JobsByText = std::map<std::string, std::vector<std::uint32_t>>;

std::string job_words(const std::vector<std::uint32_t>& numbers) {
  return (numbers.size() == 1 ? "job " : "jobs ") + format_numbers(numbers);
}

}  // namespace

void note_mail(Plan& plan) {
  std::vector<std::uint32_t> numbers;
  for (const auto& array : plan.arrays) {
    const auto mails = [](const slurm::Setting& s) {
      return s.option->name == "mail-type" && s.value != "NONE" && !s.value.empty() && !contains(s.value, "ARRAY_TASKS");
    };
    if (array.placements.size() < 2 || std::none_of(array.settings.begin(), array.settings.end(), mails)) continue;
    for (const auto& placement : array.placements) numbers.push_back(plan.jobs[placement.job].number);
  }
  if (numbers.empty()) return;
  std::sort(numbers.begin(), numbers.end());
  plan.notes.push_back(job_words(numbers) +
                       ": --mail-type mails once for the whole merged array, not for each job; with ARRAY_TASKS in it, "
                       "for each task");
}

void note_steps(Plan& plan) {
  std::unordered_map<const std::string*, bool> known;
  std::vector<std::uint32_t> numbers;
  for (const auto& planned : plan.jobs) {
    const auto* script = planned.job.script.get();
    if (script == nullptr || planned.job.ids) continue;
    const auto [found, is_new] = known.try_emplace(script, false);
    if (is_new) {
      const auto mention = find_command(*script, "srun");
      found->second = mention.by_name || mention.by_path;
    }
    if (found->second) numbers.push_back(planned.number);
  }
  if (numbers.empty()) return;
  plan.notes.push_back(job_words(numbers) +
                       ": what srun starts in a plain job sees SLURM_ARRAY_TASK_COUNT, _MAX, _MIN and _STEP of the merged "
                       "array; the script itself does not");
}

void choose_translated(Plan& plan, const PlanOptions& options) {
  std::unordered_map<const std::string*, SelfReferences> known;  // a script that many jobs share is read once
  JobsByText by_name;
  JobsByText by_path;
  for (auto& planned : plan.jobs) {
    const auto* script = planned.job.script.get();
    if (script == nullptr) continue;
    const auto [found, is_new] = known.try_emplace(script);
    if (is_new) found->second = find_self_references(*script);
    const auto& references = found->second;
    const bool if_named = options.translate == Translate::if_named;
    planned.translate = options.translate == Translate::always || (if_named && !references.by_name.empty());
    if (!references.by_name.empty()) by_name[references.by_name].push_back(planned.number);
    if (!references.by_path.empty()) by_path[references.by_path].push_back(planned.number);
  }
  const bool off = options.translate == Translate::never;
  for (const auto& [names, numbers] : by_name) {
    plan.notes.push_back(job_words(numbers) + ": " + names + ": " +
                         (off ? "ids are not translated, so that the array's last task would name the whole array"
                              : "a translator is first in the tasks' PATH, so that by their own ids they reach themselves, "
                                "and nobody else"));
  }
  for (const auto& [names, numbers] : by_path) {
    plan.notes.push_back(job_words(numbers) + ": " + names +
                         " by its path, which is not translated: $SLURM_JOB_ID of the array's last "
                         "task is the whole array's");
  }
  if (options.translate == Translate::always) {
    plan.notes.emplace_back("a translator of scancel, scontrol, squeue, sacct and sbatch is first in every task's PATH");
  }
}

}  // namespace sarray::plan
