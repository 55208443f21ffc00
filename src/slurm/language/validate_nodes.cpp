// The values of --nodes.
#include <algorithm>
#include <climits>
#include <cstdint>

#include "slurm/language/text.hpp"
#include "slurm/language/validate.hpp"

namespace sarray::slurm {

namespace {

constexpr int refused = 255;

Fault refuse_nodes(std::string_view text) {
  return make_fault("\"" + std::string(text) + "\" is not a valid node count", refused);
}

/// The first piece of a list of sizes that is not a size. @return nullopt if there is none.
std::optional<std::string> find_bad_size(std::string_view list) {
  constexpr long long size_limit = 16384;  // MAX_JOB_SIZE_BITMAP
  std::string text(list);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '-' || c == ':'; }, ',');
  for (const auto& token : split_tokens(text, ',')) {
    const auto number = leading_number(token);
    if (number.end == 0 || number.end != token.size() || number.value >= size_limit) return token;
  }
  return std::nullopt;
}

/// Reads a node count, with K and M. @return nullopt if there is a rest; -1 if there is no number, or, from 23.02, none that is a
/// count.
std::optional<int> node_count(std::string_view text, const Release& release) {
  const auto number = leading_number(text);
  if (number.end == 0) return text.find_first_not_of(" \t\n\v\f\r") == std::string_view::npos ? std::optional(-1) : std::nullopt;
  auto value = number.value;
  text.remove_prefix(number.end);
  for (const auto& [unit, factor] : {std::pair{'k', 1024}, std::pair{'m', 1024 * 1024}}) {
    if (text.empty() || to_lower(text.front()) != unit) continue;
    value = multiply(value, factor);
    text.remove_prefix(1);
  }
  if (!std::all_of(text.begin(), text.end(), is_blank)) return std::nullopt;
  if (release >= Release{23, 2} && (value < 0 || value > INT_MAX)) return -1;
  return static_cast<int>(value);
}

/// "1,3-5": each range's ends, characters that are neither digits, dashes nor commas passed over, as Slurm does.
std::optional<NodeSizes> read_ranges(std::string_view list) {
  NodeSizes sizes{INT_MAX, -1};
  int start = -1;
  int sum = 0;
  for (std::size_t i = 0; i <= list.size(); ++i) {
    const char c = i < list.size() ? list[i] : ',';
    if (is_digit(c)) {
      sum = sum * 10 + (c - '0');
    } else if (c == '-') {
      start = sum;
      sum = 0;
    } else if (c == ',') {
      if (i == 0) break;
      const int first = start < 0 ? sum : start;
      if (first > sum) return std::nullopt;
      sizes = {std::min(sizes.least, first), std::max(sizes.max, sum)};
      start = -1;
      sum = 0;
    }
  }
  return sizes.max < 0 ? NodeSizes{-1, -1} : sizes;
}

/// "1-5:2": the end itself is not one of the sizes (observed in bitstring.c).
std::optional<NodeSizes> read_steps(std::string_view list) {
  const auto take = [&](char separator) -> std::optional<int> {
    const auto number = leading_number(list);
    const bool last = separator == 0;
    if (number.end != list.size() && (last || list[number.end] != separator)) return std::nullopt;
    if (number.end == list.size() && !last) return std::nullopt;
    list.remove_prefix(std::min(number.end + 1, list.size()));
    return static_cast<int>(number.value);
  };
  const auto first = take('-');
  const auto last = first ? take(':') : std::nullopt;
  const auto step = last ? take(0) : std::nullopt;
  if (!step || *last < *first || *step <= 0) return std::nullopt;
  if (*first == *last) return NodeSizes{-1, -1};  // no size at all
  return NodeSizes{*first, *first + (*last - 1 - *first) / *step * *step};
}

}  // namespace

bool is_size_list(std::string_view nodes, const Release& release) {
  return release >= Release{23, 2} && nodes.find_first_of(",:") != std::string_view::npos;
}

std::optional<NodeSizes> read_size_list(std::string_view nodes) {
  if (find_bad_size(nodes)) return std::nullopt;
  return nodes.find(':') == std::string_view::npos ? read_ranges(nodes) : read_steps(nodes);
}

/// Source: proc_args.c:verify_node_count.
Fault check_nodes(std::string_view value, const Release& release) {
  if (is_size_list(value, release)) {
    if (const auto bad = find_bad_size(value)) return refuse_nodes(*bad);
    return read_size_list(value) ? std::nullopt : refuse_nodes(value);
  }
  const auto dash = value.find('-');
  const auto first = value.substr(0, dash);
  const auto least = node_count(first, release);
  if (!least) return refuse_nodes(first);
  if (dash == std::string_view::npos) return *least < 0 ? refuse_nodes(first) : std::nullopt;
  const auto max = node_count(value.substr(dash + 1), release);
  if (!max) return refuse_nodes(value.substr(dash + 1));
  const int low = std::max(*least, -1) < 0 ? 1 : *least;
  if (*max == 0 || *max >= low) return std::nullopt;
  return make_fault("Maximum node count " + std::to_string(*max) + " is less than minimum node count " + std::to_string(low),
                    refused);
}

}  // namespace sarray::slurm
