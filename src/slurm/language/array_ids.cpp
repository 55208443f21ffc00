#include "slurm/language/array_ids.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace sarray::slurm {

namespace {

using Range = ArrayIds::Range;

/// Reads a number as slurmctld does, with strtol: it may have leading blanks and a sign.
struct Number {
  std::int64_t value = 0;
  bool any = false;  ///< whether there was a digit
};

Number take_number(std::string_view& text) {
  auto rest = text;
  while (!rest.empty() && (rest.front() == ' ' || (rest.front() >= '\t' && rest.front() <= '\r'))) rest.remove_prefix(1);
  bool negative = false;
  if (!rest.empty() && (rest.front() == '+' || rest.front() == '-')) {
    negative = rest.front() == '-';
    rest.remove_prefix(1);
  }
  Number number;
  while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
    number.any = true;
    number.value = std::min<std::int64_t>(number.value * 10 + (rest.front() - '0'), std::int64_t{1} << 40);
    rest.remove_prefix(1);
  }
  if (!number.any) return number;
  if (negative) number.value = -number.value;
  text = rest;
  return number;
}

void skip(std::string_view& text, char c) {
  if (!text.empty() && text.front() == c) text.remove_prefix(1);
}

/// Reads one piece between commas. @return false if slurmctld refuses it.
/// Source: slurmctld job_mgr.c:_parse_array_tok; observed on 22.05.
bool parse_piece(std::string_view piece, std::uint32_t max_array_size, Range& range) {
  skip(piece, '[');
  const auto first = take_number(piece);
  if (first.value < 0) return false;
  skip(piece, ']');
  std::int64_t last = first.value;
  std::int64_t step = 1;
  if (!piece.empty() && piece.front() == '-') {
    piece.remove_prefix(1);
    const auto number = take_number(piece);
    last = number.value;
    skip(piece, ']');
    if (!piece.empty() && piece.front() == ':') {
      piece.remove_prefix(1);
      step = take_number(piece).value;
      skip(piece, ']');
      if (step <= 0 || step >= max_array_size) return false;
    }
  }
  if (!piece.empty() && piece.front() != '%') return false;
  if (last < first.value || last >= max_array_size) return false;
  range.first = static_cast<std::uint32_t>(first.value);
  const auto steps = (last - first.value) / step;
  range.last = static_cast<std::uint32_t>(first.value + steps * step);
  range.step = steps == 0 ? 1 : static_cast<std::uint32_t>(step);
  return true;
}

std::uint32_t number_behind(std::string_view spec, char mark, std::uint32_t otherwise) {
  const auto at = spec.find(mark);
  if (at == std::string_view::npos) return otherwise;
  auto rest = spec.substr(at + 1);
  const auto number = take_number(rest);
  if (number.value <= 0) return 0;
  return static_cast<std::uint32_t>(std::min<std::int64_t>(number.value, std::numeric_limits<std::int32_t>::max()));
}

/// Turns ascending ids into the fewest ranges that a greedy reading finds: consecutive ids first, then three or more ids with
/// equal steps.
std::vector<Range> ranges_of(const std::vector<std::uint32_t>& ids) {
  std::vector<Range> ranges;
  for (std::size_t i = 0; i < ids.size();) {
    std::size_t end = i + 1;
    const auto step = end < ids.size() ? ids[end] - ids[i] : 1;
    while (end < ids.size() && ids[end] - ids[end - 1] == step) ++end;
    const bool run = end - i >= 3 || (end - i == 2 && step == 1);
    if (!run) end = i + 1;
    ranges.push_back({ids[i], ids[end - 1], run ? step : 1});
    i = end;
  }
  return ranges;
}

bool are_ascending(const std::vector<Range>& ranges) {
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    if (ranges[i].first <= ranges[i - 1].last) return false;
  }
  return true;
}

/// Joins ranges that follow each other: 1-3 and 4-6 become 1-6.
std::vector<Range> join_neighbours(std::vector<Range> ranges) {
  std::vector<Range> joined;
  for (const auto& range : ranges) {
    if (!joined.empty() && range.step == 1 && joined.back().step == 1 && joined.back().last + 1 == range.first) {
      joined.back().last = range.last;
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

std::vector<Range> unite(std::vector<Range> ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
  if (are_ascending(ranges)) return join_neighbours(std::move(ranges));
  std::uint32_t highest = 0;
  for (const auto& range : ranges) highest = std::max(highest, range.last);
  std::vector<bool> present(static_cast<std::size_t>(highest) + 1);
  for (const auto& range : ranges) {
    for (std::uint64_t id = range.first; id <= range.last; id += range.step) present[static_cast<std::size_t>(id)] = true;
  }
  std::vector<std::uint32_t> ids;
  for (std::size_t id = 0; id < present.size(); ++id) {
    if (present[id]) ids.push_back(static_cast<std::uint32_t>(id));
  }
  return ranges_of(ids);
}

/// If MaxArraySize is not known, ids may be huge, and a union of overlapping pieces must still fit into memory.
constexpr std::uint32_t largest_max_array_size = 4000001;

}  // namespace

util::Result<std::optional<ArrayIds>> ArrayIds::parse(std::string_view spec, std::uint32_t max_array_size) {
  const auto refuse = [] {
    util::Error error;
    error.body = "sbatch: error: Batch job submission failed: Invalid job array specification\n";
    return util::fail(std::move(error));
  };
  const auto limit = std::min(max_array_size, largest_max_array_size);
  std::vector<Range> ranges;
  for (auto rest = spec; !rest.empty();) {
    const auto piece = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(piece.size() + 1, rest.size()));
    if (piece.empty()) continue;
    Range range{};
    if (!parse_piece(piece, limit, range)) return refuse();
    ranges.push_back(range);
  }
  if (ranges.empty()) return std::optional<ArrayIds>{};
  ArrayIds ids;
  ids.m_ranges = unite(std::move(ranges));
  for (const auto& range : ids.m_ranges) ids.m_count += range.count();
  ids.m_step = number_behind(spec, ':', 1);
  ids.m_throttle = number_behind(spec, '%', 0);
  return std::optional(std::move(ids));
}

ArrayIds ArrayIds::from_ids(const std::vector<std::uint32_t>& ids) {
  ArrayIds result;
  result.m_ranges = ranges_of(ids);
  result.m_count = static_cast<std::uint32_t>(ids.size());
  return result;
}

std::uint32_t ArrayIds::min() const { return m_ranges.front().first; }

std::uint32_t ArrayIds::max() const { return m_ranges.back().last; }

std::uint32_t ArrayIds::nth(std::uint32_t n) const {
  for (const auto& range : m_ranges) {
    if (n < range.count()) return range.first + n * range.step;
    n -= range.count();
  }
  return max();
}

bool ArrayIds::contains(std::uint32_t id) const {
  return std::any_of(m_ranges.begin(), m_ranges.end(), [id](const Range& range) {
    return id >= range.first && id <= range.last && (id - range.first) % range.step == 0;
  });
}

std::optional<std::uint32_t> ArrayIds::position(std::uint32_t id) const {
  std::uint32_t before = 0;
  for (const auto& range : m_ranges) {
    if (id >= range.first && id <= range.last && (id - range.first) % range.step == 0)
      return before + (id - range.first) / range.step;
    before += range.count();
  }
  return std::nullopt;
}

std::string ArrayIds::text() const {
  std::string text;
  for (const auto& range : m_ranges) {
    if (!text.empty()) text += ',';
    text += std::to_string(range.first);
    if (range.last != range.first) text += "-" + std::to_string(range.last);
    if (range.step != 1) text += ":" + std::to_string(range.step);
  }
  return text;
}

}  // namespace sarray::slurm
