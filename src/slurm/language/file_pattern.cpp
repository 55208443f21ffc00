#include "slurm/language/file_pattern.hpp"

#include <algorithm>
#include <functional>

namespace sarray::slurm {

namespace {

constexpr std::size_t widest = 10;  // a number is padded to at most ten digits

bool equals_none(std::string_view pattern) {
  return pattern.size() == 4 &&
         std::equal(pattern.begin(), pattern.end(), "none", [](char a, char b) { return static_cast<char>(a | 0x20) == b; });
}

bool is_literal(std::string_view pattern) { return pattern.find('\\') != std::string_view::npos; }

std::string without_backslashes(std::string_view pattern) {
  std::string name;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
    if (pattern[i] != '\\' || i + 1 < pattern.size() || (i > 0 && pattern[i - 1] == '\\')) name += pattern[i];
  }
  return name;
}

/// One %-conversion of a pattern, as written.
struct Conversion {
  std::string_view text;   ///< all of it, the % included
  std::string_view width;  ///< digits
  char letter = 0;         ///< 0: the pattern ends before one
};

/// Splits a pattern into literal text and conversions.
void scan(std::string_view pattern, const std::function<void(std::string_view)>& literal,
          const std::function<void(const Conversion&)>& convert) {
  while (!pattern.empty()) {
    const auto percent = std::min(pattern.find('%'), pattern.size());
    if (percent > 0) literal(pattern.substr(0, percent));
    pattern.remove_prefix(percent);
    if (pattern.empty()) return;
    std::size_t end = 1;
    while (end < pattern.size() && pattern[end] >= '0' && pattern[end] <= '9') ++end;
    Conversion conversion;
    conversion.width = pattern.substr(1, end - 1);
    if (end < pattern.size()) conversion.letter = pattern[end++];
    conversion.text = pattern.substr(0, end);
    convert(conversion);
    pattern.remove_prefix(conversion.text.size());
  }
}

std::string padded(const std::string& number, std::string_view width) {
  std::size_t columns = 0;
  for (const char digit : width) columns = std::min(columns * 10 + static_cast<std::size_t>(digit - '0'), widest);
  return number.size() < columns ? std::string(columns - number.size(), '0') + number : number;
}

enum class Known : std::uint8_t { yes, not_yet, no_conversion };

struct Expansion {
  Known known = Known::no_conversion;
  std::string text;
};

Expansion expand_number(const std::optional<std::string>& value, std::string_view width) {
  return value ? Expansion{Known::yes, padded(*value, width)} : Expansion{Known::not_yet, {}};
}

Expansion expand_word(const std::optional<std::string>& value) {
  return value ? Expansion{Known::yes, *value} : Expansion{Known::not_yet, {}};
}

Expansion expand(const Conversion& conversion, const PatternValues& values) {
  const auto task = values.array_task_id ? std::optional(std::to_string(*values.array_task_id)) : std::nullopt;
  switch (conversion.letter) {
    case 'A':
      return expand_number(values.array_job_id, conversion.width);
    case 'a':
      return expand_number(task, conversion.width);
    case 'b':
      if (values.release < Release{24, 11}) return {};
      return expand_number(task ? std::optional(std::to_string(*values.array_task_id % 10)) : std::nullopt, conversion.width);
    case 'j':
    case 'J':
      return expand_number(values.job_id, conversion.width);
    case 'n':
    case 't':
      return {Known::yes, padded("0", conversion.width)};
    case 'N':
      return expand_word(values.node);
    case 'r':
      if (values.release < Release{25, 11}) return {};
      return expand_number(values.restart_count, conversion.width);
    case 's':
      return {Known::yes, "batch"};
    case 'S':
      if (values.release < Release{25, 11}) return {};
      return expand_word(values.sluid);
    case 'u':
      return expand_word(values.user);
    case 'x':
      return expand_word(values.job_name);
    default:
      return {};
  }
}

/// Returns what Slurm leaves of a conversion that it does not know.
std::string unknown_text(const Conversion& conversion) {
  if (conversion.letter == '%') return conversion.width.empty() ? "%" : std::string(conversion.width) + "%";
  if (conversion.width.empty()) return std::string(conversion.text);
  return std::string(conversion.text.substr(1));  // observed on 22.05: %2.X gives 2.X
}

std::string doubled_percents(std::string_view text) {
  std::string result;
  for (const char c : text) {
    result += c;
    if (c == '%') result += '%';
  }
  return result;
}

}  // namespace

std::optional<std::string> expand_pattern(std::string_view pattern, const PatternValues& values) {
  if (equals_none(pattern)) return "/dev/null";
  if (is_literal(pattern)) return without_backslashes(pattern);
  std::string name;
  bool complete = true;
  scan(
      pattern, [&](std::string_view text) { name += text; },
      [&](const Conversion& conversion) {
        const auto expansion = expand(conversion, values);
        if (expansion.known == Known::not_yet) complete = false;
        name += expansion.known == Known::yes ? expansion.text : unknown_text(conversion);
      });
  if (!complete) return std::nullopt;
  return name;
}

std::string expand_partly(std::string_view pattern, const PatternValues& values) {
  if (equals_none(pattern)) return "/dev/null";
  if (is_literal(pattern)) return doubled_percents(without_backslashes(pattern));
  std::string rest;
  scan(
      pattern, [&](std::string_view text) { rest += text; },
      [&](const Conversion& conversion) {
        const auto expansion = expand(conversion, values);
        if (expansion.known == Known::not_yet) {
          rest += conversion.text;
        } else {
          rest += doubled_percents(expansion.known == Known::yes ? expansion.text : unknown_text(conversion));
        }
      });
  return rest;
}

std::string pattern_of_plain_job(std::string_view pattern, const Release& release) {
  if (is_literal(pattern)) return std::string(pattern);
  PatternValues plain;
  plain.array_task_id = no_task_id;
  plain.release = release;
  std::string text;
  scan(
      pattern, [&](std::string_view literal) { text += literal; },
      [&](const Conversion& conversion) {
        const bool is_task = conversion.letter == 'a' || conversion.letter == 'b';
        if (conversion.letter == 'A') {
          text.append("%").append(conversion.width).append("j");
        } else if (auto expansion = is_task ? expand(conversion, plain) : Expansion(); expansion.known == Known::yes) {
          text += expansion.text;
        } else {
          text += conversion.text;
        }
      });
  return text;
}

bool has_conversion(std::string_view pattern, char conversion) {
  if (is_literal(pattern)) return false;
  bool found = false;
  scan(
      pattern, [](std::string_view) {}, [&](const Conversion& c) { found = found || c.letter == conversion; });
  return found;
}

}  // namespace sarray::slurm
