// Reading text piece by piece.
#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace sarray::util {

/// All of the text as a decimal number.
template <class Number>
[[nodiscard]] std::optional<Number> to_number(std::string_view text) {
  Number value{};
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return value;
}

/// Takes the part in front of `end` off the text, and `end` with it; all of it where there is no such end.
inline std::string_view take_until(std::string_view& text, char end) {
  const auto at = std::min(text.find(end), text.size());
  const auto part = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return part;
}

}  // namespace sarray::util
