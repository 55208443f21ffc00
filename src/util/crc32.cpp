#include "util/crc32.hpp"

#include <array>
#include <cstddef>
#include <cstring>

namespace sarray::util {

namespace {

// Sixteen bytes a step, each by a table of its own ("slicing by sixteen").
constexpr std::size_t slices = 16;
using Tables = std::array<std::array<std::uint32_t, 256>, slices>;

constexpr Tables make_reflected() {
  Tables tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0);
    tables[0][i] = crc;
  }
  for (std::size_t t = 1; t < slices; ++t) {
    for (std::size_t i = 0; i < 256; ++i) tables[t][i] = (tables[t - 1][i] >> 8) ^ tables[0][tables[t - 1][i] & 0xff];
  }
  return tables;
}

constexpr Tables make_forward() {
  Tables tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i << 24;
    for (int bit = 0; bit < 8; ++bit) crc = (crc << 1) ^ ((crc & 0x80000000U) != 0 ? 0x04C11DB7U : 0);
    tables[0][i] = crc;
  }
  for (std::size_t t = 1; t < slices; ++t) {
    for (std::size_t i = 0; i < 256; ++i) tables[t][i] = (tables[t - 1][i] << 8) ^ tables[0][tables[t - 1][i] >> 24];
  }
  return tables;
}

constexpr Tables reflected = make_reflected();
constexpr Tables forward = make_forward();

std::uint32_t load_little(const unsigned char* at) {
  return static_cast<std::uint32_t>(at[0]) | static_cast<std::uint32_t>(at[1]) << 8 | static_cast<std::uint32_t>(at[2]) << 16 |
         static_cast<std::uint32_t>(at[3]) << 24;
}
std::uint32_t load_big(const unsigned char* at) {
  return static_cast<std::uint32_t>(at[3]) | static_cast<std::uint32_t>(at[2]) << 8 | static_cast<std::uint32_t>(at[1]) << 16 |
         static_cast<std::uint32_t>(at[0]) << 24;
}

}  // namespace

std::uint32_t crc32(std::string_view bytes, std::uint32_t before) {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t left = bytes.size();
  std::uint32_t crc = ~before;
  const auto slice = [](std::uint32_t word, std::size_t last) {
    return reflected[last + 3][word & 0xff] ^ reflected[last + 2][(word >> 8) & 0xff] ^ reflected[last + 1][(word >> 16) & 0xff] ^
           reflected[last][word >> 24];
  };
  for (; left >= slices; left -= slices, at += slices) {
    crc = slice(crc ^ load_little(at), 12) ^ slice(load_little(at + 4), 8) ^ slice(load_little(at + 8), 4) ^ slice(load_little(at + 12), 0);
  }
  for (; left > 0; --left, ++at) crc = (crc >> 8) ^ reflected[0][(crc ^ *at) & 0xff];
  return ~crc;
}

std::uint32_t posix_cksum(std::string_view bytes) {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t left = bytes.size();
  std::uint32_t crc = 0;
  const auto slice = [](std::uint32_t word, std::size_t last) {
    return forward[last + 3][word >> 24] ^ forward[last + 2][(word >> 16) & 0xff] ^ forward[last + 1][(word >> 8) & 0xff] ^
           forward[last][word & 0xff];
  };
  for (; left >= slices; left -= slices, at += slices) {
    crc = slice(crc ^ load_big(at), 12) ^ slice(load_big(at + 4), 8) ^ slice(load_big(at + 8), 4) ^ slice(load_big(at + 12), 0);
  }
  for (; left > 0; --left, ++at) crc = (crc << 8) ^ forward[0][(crc >> 24) ^ *at];
  for (std::size_t length = bytes.size(); length > 0; length >>= 8) crc = (crc << 8) ^ forward[0][(crc >> 24) ^ (length & 0xff)];
  return ~crc;
}

}  // namespace sarray::util
