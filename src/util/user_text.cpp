#include "util/user_text.hpp"

#include <array>
#include <cstdint>

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

/// C0, DEL, C1, and what turns the direction of writing: a name could hide another one behind it.
bool commands_terminal(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200e && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069);
}

std::size_t columns_of(std::uint32_t code) {
  const auto within = [code](std::uint32_t low, std::uint32_t high) { return code >= low && code <= high; };
  if (within(0x300, 0x36f) || within(0x483, 0x489) || within(0x591, 0x5bd) || within(0x64b, 0x65f) || within(0x1ab0, 0x1aff) ||
      within(0x1dc0, 0x1dff) || within(0x200b, 0x200d) || within(0x20d0, 0x20ff) || within(0xfe00, 0xfe0f) || within(0xfe20, 0xfe2f)) {
    return 0;
  }
  if (within(0x1100, 0x115f) || within(0x2e80, 0x303e) || within(0x3041, 0xa4cf) || within(0xac00, 0xd7a3) || within(0xf900, 0xfaff) ||
      within(0xfe30, 0xfe6f) || within(0xff00, 0xff60) || within(0xffe0, 0xffe6) || within(0x1f300, 0x1f64f) ||
      within(0x1f900, 0x1f9ff) || within(0x20000, 0x3fffd)) {
    return 2;
  }
  return 1;
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

}  // namespace sarray::util
