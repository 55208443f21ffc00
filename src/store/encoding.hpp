// Little-endian, length-prefixed bytes. A reader never reads beyond the end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sarray::store {

class Writer {
 public:
  void u8(std::uint8_t value) { m_bytes += static_cast<char>(value); }
  void u32(std::uint32_t value) { number(value, 4); }
  void u64(std::uint64_t value) { number(value, 8); }
  void text(std::string_view value) {
    u32(static_cast<std::uint32_t>(value.size()));
    m_bytes.append(value);
  }
  void texts(const std::vector<std::string>& values) {
    u32(static_cast<std::uint32_t>(values.size()));
    for (const auto& value : values) text(value);
  }
  void numbers(const std::vector<std::uint32_t>& values) {
    u32(static_cast<std::uint32_t>(values.size()));
    for (const auto value : values) u32(value);
  }
  [[nodiscard]] const std::string& bytes() const { return m_bytes; }

 private:
  void number(std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) m_bytes += static_cast<char>(value >> (8 * i) & 0xff);
  }
  std::string m_bytes;
};

/// If a value is missing, it and all that follow read as zero, and ok() is false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : m_rest(bytes) {}
  [[nodiscard]] bool ok() const { return m_ok; }
  [[nodiscard]] bool at_end() const { return m_ok && m_rest.empty(); }

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  std::string_view text() {
    const auto size = u32();
    if (size > m_rest.size()) m_ok = false;
    if (!m_ok) return {};
    const auto value = m_rest.substr(0, size);
    m_rest.remove_prefix(size);
    return value;
  }
  std::vector<std::string> texts() {
    std::vector<std::string> values;
    const auto count = u32();
    if (count > m_rest.size() / 4) m_ok = false;
    if (m_ok) values.reserve(count);
    for (std::uint32_t i = 0; m_ok && i < count; ++i) values.emplace_back(text());
    return values;
  }
  std::vector<std::uint32_t> numbers() {
    std::vector<std::uint32_t> values;
    const auto count = u32();
    if (count > m_rest.size() / 4) m_ok = false;
    for (std::uint32_t i = 0; m_ok && i < count; ++i) values.push_back(u32());
    return values;
  }

 private:
  std::uint64_t number(std::size_t size) {
    if (m_rest.size() < size) m_ok = false;
    if (!m_ok) return 0;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value |= static_cast<std::uint64_t>(static_cast<unsigned char>(m_rest[i])) << (8 * i);
    m_rest.remove_prefix(size);
    return value;
  }
  std::string_view m_rest;
  bool m_ok = true;
};

}  // namespace sarray::store
