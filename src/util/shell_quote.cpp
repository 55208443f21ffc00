#include "util/shell_quote.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace sarray::util {

namespace {

bool is_plain(unsigned char c) {
  constexpr std::string_view others = "_@%+:,./-";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         others.find(static_cast<char>(c)) != others.npos;
}

bool is_control(unsigned char c) { return c < 0x20 || c == 0x7f; }

void append_octal(std::string& text, unsigned char c) {
  text += "\\0";
  text += static_cast<char>('0' + (c >> 6));
  text += static_cast<char>('0' + ((c >> 3) & 7));
  text += static_cast<char>('0' + (c & 7));
}

}  // namespace

std::string shell_quote(std::string_view bytes) {
  if (!bytes.empty() && std::all_of(bytes.begin(), bytes.end(), is_plain)) return std::string(bytes);
  std::string quoted = "'";
  for (const char c : bytes) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string escape_field(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\\') {
      text += "\\\\";
    } else if (c == '\t') {
      text += "\\t";
    } else if (c == '\n') {
      text += "\\n";
    } else if (is_control(byte) || byte >= 0x80) {
      append_octal(text, byte);
    } else {
      text += c;
    }
  }
  return text;
}

std::string escape_text(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (const char c : bytes) {
    if (const auto byte = static_cast<unsigned char>(c); byte >= 0x80) {
      append_octal(text, byte);
    } else {
      text.append(c == '\\' ? 2 : 1, c);
    }
  }
  return text;
}

bool is_ascii(std::string_view bytes) {
  std::uint64_t all = 0;
  for (; bytes.size() >= sizeof(all); bytes.remove_prefix(sizeof(all))) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, bytes.data(), sizeof(eight));
    all |= eight;
  }
  for (const char c : bytes) all |= static_cast<unsigned char>(c);
  return (all & 0x8080808080808080U) == 0;
}

std::string unescape_field(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      bytes += text[i];
      continue;
    }
    const char kind = text[++i];
    if (kind == 't') {
      bytes += '\t';
    } else if (kind == 'n') {
      bytes += '\n';
    } else if (kind == '0') {
      unsigned value = 0;
      for (int digits = 0; digits < 3 && i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '7'; ++digits) {
        value = value * 8 + static_cast<unsigned>(text[++i] - '0');
      }
      bytes += static_cast<char>(value & 0xff);
    } else {
      bytes += kind;
    }
  }
  return bytes;
}

}  // namespace sarray::util
