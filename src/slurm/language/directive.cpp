#include "slurm/language/directive.hpp"

#include <algorithm>
#include <optional>

#include "slurm/language/text.hpp"

namespace sarray::slurm {

namespace {

bool is_het_word(std::string_view word) { return equals_ignoring_case(word, "hetjob") || equals_ignoring_case(word, "packjob"); }

/// Whether the line separates components: from 21.08 by its first word, before by these letters wherever they stand in it.
bool starts_component(std::string_view line, const Release& release) {
  if (release < Release{21, 8}) return contains_ignoring_case(line, "hetjob") || contains_ignoring_case(line, "packjob");
  line.remove_prefix(std::min(line.find_first_not_of(" \t\r\v\f"), line.size()));
  return is_het_word(line.substr(0, line.find_first_of(" \t\r\v\f")));
}

/// Walks the words of one line.
class LineReader {
 public:
  LineReader(std::string_view line, std::string_view file, std::uint32_t number, const Release& release)
      : m_rest(line), m_file(file), m_number(number), m_release(release) {}

  /// @return nullopt at the end of the line.
  util::Result<std::optional<std::string>> next() {
    const auto whole = m_rest;
    while (!m_rest.empty() && is_blank(m_rest.front())) m_rest.remove_prefix(1);
    if (m_rest.empty() || m_rest.front() == '#') return std::optional<std::string>{};
    if (m_rest.front() == ':') return fail("Unexpected `:`", whole);
    if (is_het_word(m_rest.substr(0, m_rest.find_first_of(" \t\r\v\f")))) return std::optional<std::string>{};
    std::string word;
    char quote = 0;
    while (!m_rest.empty()) {
      const char c = m_rest.front();
      if (c == '\\' && m_rest.size() > 1) {
        // Up to 23.11 a backslash before a blank keeps the character, but does not keep the word together.
        if (is_blank(m_rest[1]) && quote == 0 && m_release < Release{24, 5}) {
          m_rest.remove_prefix(1);
          break;
        }
        word += m_rest[1];
        m_rest.remove_prefix(2);
        continue;
      }
      if (quote == 0 && (is_blank(c) || c == '#')) break;
      m_rest.remove_prefix(1);
      if (c == '\\') continue;
      if (quote != 0 ? c == quote : (c == '\'' || c == '"')) {
        quote = quote != 0 ? 0 : c;
        continue;
      }
      word += c;
    }
    if (quote != 0) return fail("Unmatched `" + std::string(1, quote) + "`", whole);
    if (word.empty()) {  // a lone "" ends the line
      m_rest = {};
      return std::optional<std::string>{};
    }
    return std::optional(std::move(word));
  }

 private:
  [[nodiscard]] tl::unexpected<util::Error> fail(const std::string& what, std::string_view line) const {
    util::Error error;
    error.body =
        "sbatch: fatal: " + m_file + ": line " + std::to_string(m_number) + ": " + what + " in [" + std::string(line) + "]\n";
    error.status = 1;
    return util::fail(std::move(error));
  }

  std::string_view m_rest;
  std::string m_file;
  std::uint32_t m_number;
  Release m_release;
};

}  // namespace

std::string_view take_line(std::string_view& script) {
  const auto end = std::min(script.find('\n'), script.size());
  const auto line = script.substr(0, end);
  script.remove_prefix(std::min(end + 1, script.size()));
  return line;
}

util::Result<std::vector<std::string>> cut_words(std::string_view line, std::string_view file, std::uint32_t number,
                                                 const Release& release) {
  std::vector<std::string> words;
  LineReader reader(line, file, number, release);
  while (true) {
    TRY(auto word, reader.next());
    if (!word) return words;
    words.push_back(std::move(*word));
  }
}

std::string_view directive_part(std::string_view script) {
  auto rest = script;
  while (!rest.empty()) {
    const auto from = rest;
    const auto line = take_line(rest);
    const auto first = line.find_first_not_of(" \t\r\v\f");
    if (first != std::string_view::npos && line[first] != '#') return script.substr(0, script.size() - from.size());
  }
  return script;
}

util::Result<DirectiveWords> read_directives(std::string_view script, std::string_view file, const Release& release) {
  DirectiveWords result;
  result.words.emplace_back("sbatch");
  result.lines.push_back(0);
  script = directive_part(script);
  for (std::uint32_t number = 1; !script.empty(); ++number) {
    auto line = take_line(script);
    if (line.starts_with("#SBATCH")) {
      line.remove_prefix(7);
    } else if (line.starts_with("#SLURM")) {
      line.remove_prefix(6);
    } else {
      continue;
    }
    const auto begin = std::min(line.find_first_not_of(" \t\r\v\f"), line.size());
    if (release >= Release{21, 8}) line.remove_prefix(begin);  // what a complaint shows of the line
    if (starts_component(line, release)) {
      result.het_job = true;  // what follows belongs to the next component
      break;
    }
    TRY(auto words, cut_words(line, file, number, release));
    for (auto& word : words) {
      result.words.push_back(std::move(word));
      result.lines.push_back(number);
    }
  }
  return result;
}

}  // namespace sarray::slurm
