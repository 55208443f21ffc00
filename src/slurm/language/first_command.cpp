#include "slurm/language/first_command.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <utility>

#include "slurm/language/intake.hpp"
#include "slurm/language/text.hpp"
#include "util/parse.hpp"

namespace sarray::slurm {

namespace {

constexpr std::size_t max_length = 2000;

std::string_view trim(std::string_view line) {
  while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  return line;
}

/// Removes a line from the text, and those that it is joined to by a backslash at its end. @return it, without the breaks.
std::string take_line(std::string_view& text) {
  std::string joined;
  while (true) {
    auto line = trim(util::take_until(text, '\n'));
    const bool goes_on = line.ends_with('\\') && !line.starts_with('#') && !text.empty();
    if (goes_on) line = trim(line.substr(0, line.size() - 1));
    if (!joined.empty() && !line.empty()) joined += ' ';
    if (joined.size() < max_length) joined += line;
    if (!goes_on) return joined;
  }
}

/// "NAME=value" alone.
bool is_assignment(std::string_view line) {
  const auto name = line.substr(0, line.find('='));
  const auto is_of_names = [](char c) { return c == '_' || is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z'); };
  return !name.empty() && name.size() < line.size() && std::all_of(name.begin(), name.end(), is_of_names) &&
         line.find_first_of(" \t;") == std::string_view::npos;
}

/// How little a line says of what its script is for.
enum class Rank : std::uint8_t { command, remark, preparation, nothing };

Rank rank_of(std::string_view line) {
  constexpr std::array<std::string_view, 14> preparations = {"set", "shopt", "module", "ml",   "source", ".",   "conda",
                                                             "cd",  "umask", "ulimit", "trap", "mkdir",  "pwd", "unset"};
  constexpr std::array<std::string_view, 6> remarks = {"echo", "date", "hostname", "export", "import", "from"};
  const auto word = line.substr(0, line.find_first_of(" \t;"));
  const auto is_one_of = [&](const auto& words) { return std::find(words.begin(), words.end(), word) != words.end(); };
  if (line.empty() || line.starts_with('#')) return Rank::nothing;
  if (is_one_of(preparations)) return Rank::preparation;
  return is_one_of(remarks) || is_assignment(line) ? Rank::remark : Rank::command;
}

/// Returns what --wrap was given, of the script that it became.
std::string_view unwrap(std::string_view script) {
  static const auto frame = wrap_script("");  // its last newline follows the command
  const auto begin = std::string_view(frame).substr(0, frame.size() - 1);
  if (!script.starts_with(begin)) return script;
  script.remove_prefix(begin.size());
  return script.ends_with('\n') ? script.substr(0, script.size() - 1) : script;
}

}  // namespace

std::string find_first_command(ScriptSource source, std::string_view script) {
  if (source == ScriptSource::file) return {};
  if (source == ScriptSource::wrap) {
    script = unwrap(script);
    if (script.find('\n') == std::string_view::npos) return std::string(script.substr(0, max_length));
  }
  std::string best;
  auto best_rank = Rank::nothing;
  while (!script.empty() && best_rank != Rank::command) {
    auto line = take_line(script);
    const auto rank = rank_of(line);
    if (rank >= best_rank) continue;
    best = std::move(line);
    best_rank = rank;
  }
  best.resize(std::min(best.size(), max_length));
  return best;
}

namespace {

/// Scripts that are the same up to a line, and what follows it.
struct Alike {
  std::vector<std::size_t> scripts;
  std::vector<std::string_view> rests;

  [[nodiscard]] bool is_over() const {
    return std::all_of(rests.begin(), rests.end(), [&](auto rest) { return rest.empty(); });
  }
  [[nodiscard]] bool is_the_same() const {
    return std::all_of(rests.begin(), rests.end(),
                       [&](auto rest) { return rest.data() == rests.front().data() || rest == rests.front(); });
  }
};

/// Reads on to the first line in which they differ. @return those that have the same line there, by it; only one: none differs.
std::map<std::string, Alike> divide(Alike group) {
  std::map<std::string, Alike> parts;
  while (parts.size() < 2 && !group.is_over()) {
    parts.clear();
    for (std::size_t i = 0; i < group.scripts.size(); ++i) {
      std::string line;
      while (!group.rests[i].empty() && rank_of(line) == Rank::nothing) line = take_line(group.rests[i]);
      if (rank_of(line) == Rank::nothing) line.clear();  // the script ends with comments
      auto& part = parts[line];
      part.scripts.push_back(group.scripts[i]);
      part.rests.push_back(group.rests[i]);
    }
  }
  return parts;
}

}  // namespace

std::vector<std::string> find_commands(const std::vector<ScriptText>& scripts) {
  std::vector<std::string> commands;
  std::map<std::string, Alike> by_command;
  for (std::size_t i = 0; i < scripts.size(); ++i) {
    commands.push_back(find_first_command(scripts[i].source, scripts[i].text));
    if (scripts[i].source == ScriptSource::file) continue;
    auto& group = by_command[commands.back()];
    group.scripts.push_back(i);
    group.rests.push_back(scripts[i].text);
  }
  std::vector<Alike> groups;
  for (auto& [command, group] : by_command) groups.push_back(std::move(group));
  while (!groups.empty()) {
    auto group = std::move(groups.back());
    groups.pop_back();
    if (group.is_the_same()) continue;
    auto parts = divide(std::move(group));
    if (parts.size() < 2) continue;
    for (auto& [line, part] : parts) {
      for (const auto script : part.scripts) {
        if (!line.empty()) commands[script] = line.substr(0, max_length);
      }
      groups.push_back(std::move(part));
    }
  }
  return commands;
}

std::string name_command(ScriptSource source, const std::string& command) {
  switch (source) {
    case ScriptSource::standard_input:
      return command.empty() ? "(standard input)" : "<< " + command;
    case ScriptSource::wrap:
      return command.empty() ? "(--wrap)" : "$ " + command;
    case ScriptSource::file:
      break;
  }
  return "";
}

}  // namespace sarray::slurm
