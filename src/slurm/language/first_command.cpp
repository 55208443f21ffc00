#include "slurm/language/first_command.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

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

}  // namespace sarray::slurm
