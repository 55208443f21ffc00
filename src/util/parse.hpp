// Reading text piece by piece.
#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace sarray::util {

/// Reads the whole text as a decimal number. @return nullopt if it is not one.
template <class Number>
[[nodiscard]] std::optional<Number> to_number(std::string_view text) {
  Number value{};
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return value;
}

/// Removes the part before `end` from the text, and `end` too; without an `end`, the whole text.
/// @return the part.
inline std::string_view take_until(std::string_view& text, char end) {
  const auto at = std::min(text.find(end), text.size());
  const auto part = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return part;
}

}  // namespace sarray::util
