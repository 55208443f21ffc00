#include "slurm/validate.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

namespace sarray::slurm {

namespace {

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

std::string invalid(const OptionSpec& option) { return "Invalid --" + std::string(option.name) + " specification"; }

/// sbatch reads a count with strtol and takes no rest, no sign and no empty text.
std::optional<std::string> check_count(const OptionSpec& option, std::string_view value) {
  auto digits = value;
  while (!digits.empty() && (digits.front() == ' ' || digits.front() == '+')) digits.remove_prefix(1);
  if (is_digits(digits)) return std::nullopt;
  return "Invalid numeric value \"" + std::string(value) + "\" for --" + std::string(option.name) + ".";
}

bool is_memory(std::string_view value) {
  std::size_t digits = 0;
  while (digits < value.size() && std::isdigit(static_cast<unsigned char>(value[digits])) != 0) ++digits;
  if (digits == 0) return false;
  const auto unit = lower(value.substr(digits));
  static constexpr std::array<std::string_view, 13> units = {"", "k", "kb", "kib", "m", "mb", "mib", "g", "gb", "gib", "t", "tb", "tib"};
  return is_one_of(unit, units);
}

/// MINUTES, M:S, H:M:S, D-H, D-H:M, D-H:M:S, or a word for no limit.
bool is_time(std::string_view value) {
  const auto word = lower(value);
  if (word == "-1" || word == "infinite" || word == "unlimited") return true;
  if (value.empty() || std::isdigit(static_cast<unsigned char>(value.front())) == 0) return false;
  std::size_t dashes = 0;
  std::size_t colons = 0;
  char before = ':';
  for (const char c : value) {
    const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
    if (c == '-' && (colons > 0 || before == '-')) return false;
    if (c == '-') ++dashes;
    if (c == ':') ++colons;
    if (!digit && c != '-' && c != ':') return false;
    before = c;
  }
  return dashes <= 1 && colons <= 2 && before != '-' ;
}

std::optional<std::string> check_words(const OptionSpec& option, std::string_view value, std::span<const std::string_view> words) {
  auto rest = value;
  do {
    const auto word = rest.substr(0, rest.find(','));
    if (!is_one_of(lower(word), words)) return invalid(option);
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
  } while (!rest.empty());
  return std::nullopt;
}

constexpr std::array<std::string_view, 13> mail_words = {"none", "begin", "end", "fail", "requeue", "all", "stage_out", "invalid_depend",
                                                         "time_limit", "time_limit_90", "time_limit_80", "time_limit_50", "array_tasks"};
constexpr std::array<std::string_view, 4> truncate_words = {"a", "append", "t", "truncate"};
constexpr std::array<std::string_view, 2> yes_no = {"yes", "no"};

}  // namespace

std::optional<std::string> find_fault(const OptionSpec& option, std::string_view value) {
  const auto name = option.name;
  static constexpr std::array<std::string_view, 4> uncounted = {"priority", "nice", "segment", "wait-all-nodes"};
  if (option.kind == ValueKind::integer && !is_one_of(name, uncounted)) {
    if (name == "core-spec" && value.empty()) return std::nullopt;
    return check_count(option, value);
  }
  if (option.kind == ValueKind::memory) return is_memory(value) ? std::nullopt : std::optional(invalid(option));
  if (option.kind == ValueKind::time) return is_time(value) ? std::nullopt : std::optional(invalid(option));
  if (name == "mail-type") return check_words(option, value, mail_words);
  if (name == "open-mode") return is_one_of(lower(value), truncate_words) ? std::nullopt : std::optional(invalid(option));
  if (name == "kill-on-invalid-dep") return check_words(option, value, yes_no);
  if (name == "nodes") {
    const bool plausible = !value.empty() && std::isdigit(static_cast<unsigned char>(value.front())) != 0;
    if (!plausible) return "\"" + std::string(value) + "\" is not a valid node count";
  }
  if (name == "priority" && value.starts_with('-')) return "Priority must be >= 0";
  if (name == "wait-all-nodes") {
    if (!is_digits(value)) return check_count(option, value);
    if (value != "0" && value != "1") return invalid(option);
  }
  return std::nullopt;
}

}  // namespace sarray::slurm
