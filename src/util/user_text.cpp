#include "util/user_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "util/character_width.hpp"

namespace sarray::util {

namespace {

struct Character {
  std::uint32_t code = 0;
  std::size_t length = 0;  ///< bytes; 0: not UTF-8
};

Character decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xf0 && lead < 0xf5 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  if (length == 0 || lead >= 0xf5 || text.size() < length) return {};
  std::uint32_t code = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr std::array<std::uint32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  if (code < smallest[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return {};
  return {code, length};
}

/// C0, DEL, C1, and characters that change the direction of writing: with these a name could look like another one.
bool commands_terminal(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c || (code >= 0x200e && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

}  // namespace

std::string printable(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const auto character = decode(bytes);
    const auto length = character.length == 0 ? 1 : character.length;
    if (character.length == 0 || commands_terminal(character.code)) {
      for (const char c : bytes.substr(0, length)) {
        const auto byte = static_cast<unsigned char>(c);
        text.append("\\x").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
      }
    } else {
      text.append(bytes.substr(0, length));
    }
    bytes.remove_prefix(length);
  }
  return text;
}

std::string printable_lines(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const auto end = std::min(bytes.find_first_of("\n\t"), bytes.size());
    text += printable(bytes.substr(0, end));
    if (end < bytes.size()) text += bytes[end];
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
  return text;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const auto character = decode(text);
    width += character.length == 0 ? 1 : columns_of(character.code);
    text.remove_prefix(character.length == 0 ? 1 : character.length);
  }
  return width;
}

std::string fit(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  const std::size_t dots = width < 3 ? width : 3;
  std::string result;
  std::size_t used = 0;
  while (!text.empty()) {
    const auto character = decode(text);
    const auto length = character.length == 0 ? 1 : character.length;
    const auto columns = character.length == 0 ? 1 : columns_of(character.code);
    if (used + columns > width - dots) break;
    result.append(text.substr(0, length));
    used += columns;
    text.remove_prefix(length);
  }
  return result + std::string(dots, '.');
}

std::string fit_end(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  const std::size_t dots = width < 3 ? width : 3;
  while (!text.empty() && display_width(text) > width - dots) text.remove_prefix(std::max<std::size_t>(decode(text).length, 1));
  return std::string(dots, '.') + std::string(text);
}

std::string pad(std::string_view text, std::size_t width) {
  std::string padded(text);
  return padded.append(width - std::min(width, display_width(text)), ' ');
}

}  // namespace sarray::util
