
#include <algorithm>
#include <cstdio>

#include "answer/queue.hpp"
#include "shims/targets.hpp"
#include "shims/tools.hpp"
#include "shims/world.hpp"
#include "slurm/language/text.hpp"
#include "util/join.hpp"

namespace sarray::shims {

namespace {

/// Where the ids in a word begin: after "--jobs=", "-j", or at once.
std::size_t ids_begin(const std::string& word) {
  if (word.starts_with("--")) return std::min(word.find('='), word.size() - 1) + 1;
  return word.starts_with('-') && word.size() > 2 ? 2 : 0;
}

/// Returns a dependency ("afterok:2000000003:5,after:7") with Slurm's ids.
util::Result<std::string> translate_dependency(World& world, std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(":,?+"), text.size());
    const std::string part(text.substr(0, end));
    TRY(const auto target, find_target(world, part));
    if (target && (target->recorded || target->array.empty())) {
      return util::fail("dependency on " + part, "that job is only recorded, and Slurm would take it for one that is done",
                        "sarray submit");
    }
    if (target && target->name.tasks.empty()) {
      std::string list;
      for (const auto index : target->indices) list += (list.empty() ? "" : ":") + target->array + "_" + std::to_string(index);
      result += list;
    } else {
      result += target ? target->slurm_name() : part;
    }
    if (end < text.size()) result += text[end];
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

/// Returns a word in which Slurm's own ids stand for ours.
/// @param named pairs of a task's id in Slurm and in the caller's eyes.
util::Result<std::string> translate_word(World& world, const std::string& word,
                                         std::vector<std::pair<std::string, std::string>>& named) {
  const auto begin = ids_begin(word);
  const auto text = word.substr(begin);
  if (text.find(':') != std::string::npos) {
    TRY(const auto dependency, translate_dependency(world, text));
    return word.substr(0, begin) + dependency;
  }
  std::vector<std::string> ids;
  for (const auto& one : answer::split_words(text)) {
    TRY(const auto target, find_target(world, one));
    if (!target) {
      ids.push_back(one);
      continue;
    }
    TRY(auto raw, raw_id(world, *target));
    auto shown = std::to_string(target->name.job);
    if (!target->name.tasks.empty()) shown += "_" + std::to_string(target->name.tasks.front());
    named.emplace_back(raw.substr(0, raw.find('.')), shown);
    ids.push_back(std::move(raw));
  }
  return word.substr(0, begin) + util::join(ids, ",");
}

/// sstat's first column is the job's id and step: gives them the names of ours, in the same width.
std::string rename_rows(const std::string& text, const std::vector<std::pair<std::string, std::string>>& named) {
  std::string result;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size() - 1) + 1;
    std::string line(rest.substr(0, end));
    rest.remove_prefix(end);
    for (const auto& [raw, shown] : named) {
      if (!line.starts_with(raw) || line.size() <= raw.size() || (line[raw.size()] != '.' && line[raw.size()] != ' ')) continue;
      const auto width = line.find_first_of(" |\n");
      line.replace(0, raw.size(), shown);
      auto blanks = shown.size() - std::min(raw.size(), shown.size());
      for (auto at = width + blanks; blanks > 0 && at + 1 < line.size() && line[at] == ' ' && line[at + 1] == ' '; --blanks)
        line.erase(at, 1);
      break;
    }
    result += line;
  }
  return result;
}

/// Whether sstat's answer begins with the column that has the ids.
util::Result<void> check_format(const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string format;
    if (words[i].starts_with("--format=")) format = words[i].substr(9);
    if (words[i].starts_with("-o") && words[i].size() > 2) format = words[i].substr(2);
    if ((words[i] == "-o" || words[i] == "--format") && i + 1 < words.size()) format = words[i + 1];
    format = slurm::lower(format);
    if (!format.empty() && !format.starts_with("jobid") && format.find("jobid") != std::string::npos)
      return util::fail("sstat --format=" + format, "sarray translates ids in the first column only", "sstat --format=JobID,...");
  }
  return {};
}

}  // namespace

util::Result<int> pass_ids(World& world, slurm::Tool tool, const std::vector<std::string>& words) {
  std::vector<std::pair<std::string, std::string>> named;
  std::vector<std::string> translated;
  bool is_command = false;  // what srun starts has words of its own
  for (const auto& word : words) {
    const bool is_option =
        word.starts_with('-') ||
        (!translated.empty() && (translated.back() == "-d" || translated.back() == "-j" || translated.back() == "--jobid" ||
                                 translated.back() == "--dependency" || translated.back() == "--jobs"));
    is_command = is_command || (tool == slurm::Tool::srun && !is_option && !answer::names_virtual_id(word));
    if (is_command || !answer::names_virtual_id(word) || (tool == slurm::Tool::srun && !is_option)) {
      translated.push_back(word);
      continue;
    }
    TRY(auto one, translate_word(world, word, named));
    translated.push_back(std::move(one));
  }
  if (tool == slurm::Tool::sstat) {
    CHECK_OK(check_format(words));
    TRY(const auto output, world.site().client.run_tool(tool, translated, world.site().environment));
    std::fputs(rename_rows(output.out, named).c_str(), stdout);
    std::fputs(output.err.c_str(), stderr);
    return output.status;
  }
  return become_real(tool, translated);  // the others have the terminal to themselves
}

}  // namespace sarray::shims
