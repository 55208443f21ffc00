#include "slurm/directive.hpp"

#include <algorithm>
#include <optional>

namespace sarray::slurm {

namespace {

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

util::Error sbatch_error(const std::string& text, int status) {
  util::Error error;
  error.body = "sbatch: error: " + text + "\n";
  error.status = status;
  return error;
}

/// Walks the words of one line, as sbatch's own tokenizer cuts them.
class LineReader {
 public:
  LineReader(std::string_view line, const Release& release) : m_rest(line), m_release(release) {}

  /// @return nothing at the end of the line.
  util::Result<std::optional<std::string>> next() {
    while (!m_rest.empty() && is_blank(m_rest.front())) m_rest.remove_prefix(1);
    if (m_rest.empty() || m_rest.front() == '#') return std::optional<std::string>{};
    if (m_rest.front() == ':') {
      auto error = sbatch_error("", 1);
      error.body = "sbatch: fatal: Unexpected `:` in '" + std::string(m_rest) + "'\n";
      return util::fail(std::move(error));
    }
    std::string word;
    char quote = 0;
    const auto whole = m_rest;
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
    if (quote != 0) {
      auto error = sbatch_error("", 1);
      error.body = "sbatch: fatal: Unmatched `" + std::string(1, quote) + "` in [" + std::string(whole) + "]\n";
      return util::fail(std::move(error));
    }
    if (word.empty()) {  // a lone "" ends the line
      m_rest = {};
      return std::optional<std::string>{};
    }
    return std::optional(std::move(word));
  }

 private:
  std::string_view m_rest;
  Release m_release;
};

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) {
           return a == b || (a >= 'a' && a <= 'z' && a - 32 == b);
         });
}

bool is_het_word(std::string_view word) {
  return (word.size() == 6 && starts_with_ignoring_case(word, "hetjob")) || (word.size() == 7 && starts_with_ignoring_case(word, "packjob"));
}

/// Takes the script's next line, without its end.
std::string_view take_line(std::string_view& script) {
  const auto end = std::min(script.find('\n'), script.size());
  const auto line = script.substr(0, end);
  script.remove_prefix(std::min(end + 1, script.size()));
  return line;
}

}  // namespace

util::Result<DirectiveWords> read_directives(std::string_view script, const Release& release) {
  DirectiveWords result;
  result.words.emplace_back("sbatch");
  result.lines.push_back(0);
  for (std::uint32_t number = 1; !script.empty(); ++number) {
    auto line = take_line(script);
    const auto first = line.find_first_not_of(" \t\r\v\f");
    if (first == std::string_view::npos) continue;
    if (line[first] != '#') break;
    if (line.starts_with("#SBATCH")) {
      line.remove_prefix(7);
    } else if (line.starts_with("#SLURM")) {
      line.remove_prefix(6);
    } else {
      continue;
    }
    LineReader reader(line, release);
    for (bool is_first = true;; is_first = false) {
      TRY(auto word, reader.next());
      if (!word) break;
      if (is_het_word(*word) && (is_first || release < Release{21, 8})) {
        result.het_job = true;
        continue;
      }
      result.words.push_back(std::move(*word));
      result.lines.push_back(number);
    }
  }
  return result;
}

namespace {

struct OtherOption {
  std::string_view flag;
  std::string_view option;
};

// Source: the #PBS and #BSUB letters that sbatch knows (its manual's "translate" notes; observed on 22.05).
constexpr OtherOption pbs_options[] = {{"-a", "begin"},  {"-A", "account"}, {"-e", "error"},  {"-o", "output"}, {"-N", "job-name"},
                                       {"-t", "array"},  {"-J", "array"},   {"-q", "partition"}, {"-M", "mail-user"}};
constexpr OtherOption bsub_options[] = {{"-cwd", "chdir"}, {"-e", "error"},     {"-i", "input"}, {"-J", "job-name"}, {"-m", "nodelist"},
                                        {"-M", "mem"},     {"-n", "ntasks"},    {"-o", "output"}, {"-q", "partition"}, {"-W", "time"}};

void translate_line(std::string_view line, std::span<const OtherOption> known, std::uint32_t number, Translation& result) {
  while (true) {
    const auto begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos || line[begin] == '#') return;
    line.remove_prefix(begin);
    const auto end = std::min(line.find_first_of(" \t"), line.size());
    const auto flag = line.substr(0, end);
    line.remove_prefix(end);
    const auto match = std::find_if(known.begin(), known.end(), [&](const auto& row) { return row.flag == flag; });
    if (match == known.end()) {
      if (result.unknown_line == 0) result.unknown_line = number;
      return;
    }
    const auto value_begin = line.find_first_not_of(" \t");
    if (value_begin == std::string_view::npos) return;
    line.remove_prefix(value_begin);
    const auto value_end = std::min(line.find_first_of(" \t"), line.size());
    result.options.push_back({find_option(match->option), std::string(line.substr(0, value_end)), number});
    line.remove_prefix(value_end);
  }
}

Translation translate_kind(std::string_view script, std::string_view mark, std::span<const OtherOption> known) {
  constexpr int commands_to_scan = 100;  // sbatch gives up after so many lines that are no comment
  Translation result;
  int commands = 0;
  for (std::uint32_t number = 1; !script.empty() && commands < commands_to_scan; ++number) {
    const auto line = take_line(script);
    if (line.starts_with(mark)) {
      translate_line(line.substr(mark.size()), known, number, result);
    } else if (!line.starts_with('#')) {
      ++commands;
    }
  }
  return result;
}

}  // namespace

Translation translate_other_batch_systems(std::string_view script) {
  auto result = translate_kind(script, "#BSUB", bsub_options);
  if (result.options.empty() && result.unknown_line == 0) result = translate_kind(script, "#PBS", pbs_options);
  return result;
}

}  // namespace sarray::slurm
