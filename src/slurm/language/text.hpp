// Small functions on texts that work as the C library's do, because sbatch uses those.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace sarray::slurm {

[[nodiscard]] inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] inline bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }  ///< isspace() of the C locale
[[nodiscard]] inline char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

[[nodiscard]] inline std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = to_lower(c);
  return result;
}

[[nodiscard]] inline bool equals_ignoring_case(std::string_view a, std::string_view b) { return lower(a) == lower(b); }

[[nodiscard]] inline bool contains_ignoring_case(std::string_view text, std::string_view part) {
  return lower(text).find(lower(part)) != std::string::npos;
}
[[nodiscard]] inline bool starts_ignoring_case(std::string_view text, std::string_view prefix) {
  return lower(text.substr(0, prefix.size())) == lower(prefix);
}

/// Returns the character of `part` that is least common in scripts.
[[nodiscard]] constexpr std::size_t rarest_character(std::string_view part) {
  constexpr std::string_view common = "PSAT_-.=/\"$kvbywgpfmuchldrsinoate #";  // from less to more common
  std::size_t best = 0;
  std::size_t best_rank = common.size();
  for (std::size_t i = 0; i < part.size(); ++i) {
    const auto found = common.find(part[i]);
    const auto rank = found == std::string_view::npos ? 0 : found + 1;
    if (rank < best_rank) best = i, best_rank = rank;
  }
  return best;
}

/// Like std::string_view::find, which looks for the first character. This one looks for the rarest, which is many times as fast
/// in scripts.
[[nodiscard]] inline std::size_t find_text(std::string_view text, std::string_view part, std::size_t from = 0) {
  if (part.empty()) return from <= text.size() ? from : std::string_view::npos;
  const auto anchor = rarest_character(part);
  for (auto at = text.find(part[anchor], from + anchor); at != std::string_view::npos; at = text.find(part[anchor], at + 1)) {
    if (text.substr(at - anchor).starts_with(part)) return at - anchor;
  }
  return std::string_view::npos;
}
[[nodiscard]] inline bool contains(std::string_view text, std::string_view part) {
  return find_text(text, part) != std::string_view::npos;
}

/// The result of strtol: a number, and where it ended.
struct LeadingNumber {
  long long value = 0;
  std::size_t end = 0;  ///< 0: there is no number
};
[[nodiscard]] inline LeadingNumber leading_number(std::string_view text, int base = 10) {
  const std::string copy(text);
  char* end = nullptr;
  const auto value = std::strtoll(copy.c_str(), &end, base);
  return {value, static_cast<std::size_t>(end - copy.c_str())};
}

/// What a multiplication gives in sbatch: a product beyond 64 bits wraps around.
[[nodiscard]] inline long long multiply(long long a, long long b) {
  return static_cast<long long>(static_cast<unsigned long long>(a) * static_cast<unsigned long long>(b));
}

/// Splits as strtok does: the pieces between separators, without empty ones.
[[nodiscard]] inline std::vector<std::string> split_tokens(std::string_view text, char separator) {
  std::vector<std::string> tokens;
  while (true) {
    const auto begin = text.find_first_not_of(separator);
    if (begin == std::string_view::npos) return tokens;
    text.remove_prefix(begin);
    const auto end = text.find(separator);
    tokens.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return tokens;
    text.remove_prefix(end);
  }
}

}  // namespace sarray::slurm
