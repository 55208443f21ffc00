#include "slurm/language/value.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <vector>

#include "slurm/language/text.hpp"
#include "util/join.hpp"

namespace sarray::slurm {

namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return value;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const auto end = std::min(text.find(separator), text.size());
    parts.emplace_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

/// In KiB, the smallest unit that Slurm reads; it rounds up to MiB itself.
std::string normalize_memory(std::string_view value) {
  const auto digits = value.find_first_not_of("0123456789");
  const auto number = parse_number(value.substr(0, digits));
  const auto unit = digits == std::string_view::npos ? "" : lower(value.substr(digits));
  if (!number || *number > (std::uint64_t{1} << 40)) return std::string(value);
  std::uint64_t factor = 0;
  if (unit.empty() || unit == "m" || unit == "mb" || unit == "mib") factor = 1;
  if (unit == "g" || unit == "gb" || unit == "gib") factor = 1024;
  if (unit == "t" || unit == "tb" || unit == "tib") factor = 1024 * 1024;
  if (unit == "k" || unit == "kb" || unit == "kib") return std::to_string((*number + 1023) / 1024) + "M";
  return factor == 0 ? std::string(value) : std::to_string(*number * factor) + "M";
}

/// Returns seconds, or nullopt if the text is not a time.
std::optional<std::uint64_t> parse_time(std::string_view value) {
  std::uint64_t days = 0;
  const auto dash = value.find('-');
  if (dash != std::string_view::npos) {
    const auto number = parse_number(value.substr(0, dash));
    if (!number) return std::nullopt;
    days = *number;
    value.remove_prefix(dash + 1);
  }
  std::array<std::uint64_t, 3> numbers{};
  const auto parts = split(value, ':');
  if (parts.size() > numbers.size()) return std::nullopt;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto number = parse_number(parts[i]);
    if (!number) return std::nullopt;
    numbers[i] = *number;
  }
  const auto [a, b, c] = numbers;
  if (dash != std::string_view::npos) return days * 86400 + a * 3600 + b * 60 + c;  // D-H, D-H:M, D-H:M:S
  if (parts.size() == 1) return a * 60;                                             // M
  if (parts.size() == 2) return a * 60 + b;                                         // M:S
  return a * 3600 + b * 60 + c;                                                     // H:M:S
}

std::string normalize_time(std::string_view value) {
  const auto word = lower(value);
  if (word == "infinite" || word == "unlimited" || word == "-1") return "unlimited";
  const auto seconds = parse_time(value);
  return seconds ? std::to_string((*seconds + 59) / 60) : std::string(value);  // Slurm keeps whole minutes
}

/// Duplicates stay: gpu:1,gpu:1 is not gpu:1.
std::string normalize_set(std::string_view value) {
  auto parts = split(value, ',');
  std::erase(parts, "");
  std::sort(parts.begin(), parts.end());
  return util::join(parts, ",");
}

std::string normalize_nodes(std::string_view value) {
  const auto parts = split(value, '-');
  if (parts.size() == 2 && parts[0] == parts[1]) return parts[0];
  return std::string(value);
}

/// Returns host names, with n[1-3,5] expanded; nullopt if that is not simple.
std::optional<std::vector<std::string>> expand_hosts(std::string_view value) {
  std::vector<std::string> hosts;
  while (!value.empty()) {
    const auto end = value.find_first_of(",[");
    if (end == std::string_view::npos || value[end] == ',') {
      if (end != 0) hosts.emplace_back(value.substr(0, end));
      value.remove_prefix(std::min(end, value.size() - 1) + 1);
      continue;
    }
    const auto close = value.find(']', end);
    if (close == std::string_view::npos || (close + 1 < value.size() && value[close + 1] != ',')) return std::nullopt;
    for (const auto& range : split(value.substr(end + 1, close - end - 1), ',')) {
      const auto ends = split(range, '-');
      const auto first = parse_number(ends.front());
      const auto last = parse_number(ends.back());
      if (ends.size() > 2 || !first || !last || *last < *first || *last - *first > 100000) return std::nullopt;
      for (auto i = *first; i <= *last; ++i) {
        auto number = std::to_string(i);
        if (number.size() < ends.front().size()) number.insert(0, ends.front().size() - number.size(), '0');
        hosts.push_back(std::string(value.substr(0, end)) + number);
      }
    }
    value.remove_prefix(std::min(close + 2, value.size()));
  }
  return hosts;
}

std::string normalize_hosts(std::string_view value) {
  auto hosts = expand_hosts(value);
  if (!hosts) return std::string(value);
  std::sort(hosts->begin(), hosts->end());
  hosts->erase(std::unique(hosts->begin(), hosts->end()), hosts->end());
  return util::join(*hosts, ",");
}

std::string normalize_mail(std::string_view value) {
  std::vector<std::string> words;
  for (const auto& word : split(lower(value), ',')) {
    if (word == "all") {
      words.insert(words.end(), {"begin", "end", "fail", "invalid_depend", "requeue", "stage_out"});
    } else if (word != "none") {
      words.push_back(word);
    }
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  std::erase(words, "");
  return util::join(words, ",");
}

}  // namespace

std::string normalize_value(const OptionSpec& option, std::string_view value) {
  switch (option.kind) {
    case ValueKind::text:
      break;
    case ValueKind::flag:
      return "";
    case ValueKind::integer: {
      const auto number = parse_number(value);
      return number ? std::to_string(*number) : std::string(value);
    }
    case ValueKind::memory:
      return normalize_memory(value);
    case ValueKind::time:
      return normalize_time(value);
    case ValueKind::set:
      return normalize_set(value);
    case ValueKind::nodes:
      return normalize_nodes(value);
    case ValueKind::hostlist:
      return normalize_hosts(value);
    case ValueKind::mail_type:
      return normalize_mail(value);
    case ValueKind::keyword:
      return lower(value);
  }
  return std::string(value);
}

}  // namespace sarray::slurm
