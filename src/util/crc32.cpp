#include "util/crc32.hpp"

#include <array>
#include <cstddef>
#include <string>

#if defined(__x86_64__) && !defined(__clang__) && __has_include(<sys/platform/x86.h>)  // which is no C++ to clang
#define SARRAY_FOLDS 1
#include <immintrin.h>
#include <sys/platform/x86.h>
#endif

namespace sarray::util {

namespace {

// Both are the remainder of a polynomial over GF(2) by x^32 + x^26 + x^23 + ... + 1. They differ in which bit of a byte comes
// first.

// Sixteen bytes per step, each with its own table ("slicing by sixteen").
constexpr std::size_t slices = 16;
using Tables = std::array<std::array<std::uint32_t, 256>, slices>;

/// zlib's order: the lowest bit comes first. x^0 is the highest bit of a remainder.
struct Reflected {
  static constexpr bool is_forward = false;
  [[maybe_unused]] static constexpr std::uint32_t one = 0x80000000U;
  static constexpr std::uint32_t times_x(std::uint32_t crc) { return (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0); }
  static constexpr std::uint32_t first_byte(std::uint32_t crc) { return crc & 0xff; }
  static constexpr std::uint32_t without_first_byte(std::uint32_t crc) { return crc >> 8; }
  static constexpr std::uint32_t load(const unsigned char* at) {
    return static_cast<std::uint32_t>(at[0]) | static_cast<std::uint32_t>(at[1]) << 8 | static_cast<std::uint32_t>(at[2]) << 16 |
           static_cast<std::uint32_t>(at[3]) << 24;
  }
};

/// cksum's order: the highest bit comes first.
struct Forward {
  static constexpr bool is_forward = true;
  [[maybe_unused]] static constexpr std::uint32_t one = 1;
  static constexpr std::uint32_t times_x(std::uint32_t crc) { return (crc << 1) ^ ((crc & 0x80000000U) != 0 ? 0x04C11DB7U : 0); }
  static constexpr std::uint32_t first_byte(std::uint32_t crc) { return crc >> 24; }
  static constexpr std::uint32_t without_first_byte(std::uint32_t crc) { return crc << 8; }
  static constexpr std::uint32_t load(const unsigned char* at) {
    return static_cast<std::uint32_t>(at[3]) | static_cast<std::uint32_t>(at[2]) << 8 | static_cast<std::uint32_t>(at[1]) << 16 |
           static_cast<std::uint32_t>(at[0]) << 24;
  }
};

template <class Order>
constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = Order::is_forward ? byte << 24 : byte;
    for (int bit = 0; bit < 8; ++bit) crc = Order::times_x(crc);
    tables[0][byte] = crc;
  }
  for (std::size_t t = 1; t < slices; ++t) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const auto before = tables[t - 1][byte];
      tables[t][byte] = Order::without_first_byte(before) ^ tables[0][Order::first_byte(before)];
    }
  }
  return tables;
}

template <class Order>
constexpr Tables tables = make_tables<Order>();

template <class Order>
std::uint32_t take_four(std::uint32_t word, std::size_t last) {
  std::uint32_t crc = 0;
  for (std::size_t byte = 0; byte < 4; ++byte, word = Order::without_first_byte(word))
    crc ^= tables<Order>[last + 3 - byte][Order::first_byte(word)];
  return crc;
}

template <class Order>
std::uint32_t take_sixteen(std::uint32_t crc, const unsigned char* at) {
  return take_four<Order>(crc ^ Order::load(at), 12) ^ take_four<Order>(Order::load(at + 4), 8) ^
         take_four<Order>(Order::load(at + 8), 4) ^ take_four<Order>(Order::load(at + 12), 0);
}

#ifdef SARRAY_FOLDS

// Ten times as fast if the processor can multiply polynomials (PCLMULQDQ): what is d bits before sixteen bytes is folded into
// them, since (A * x^64 + B) * x^d = A * (x^(d+64) mod P) + B * (x^d mod P) mod P (V. Gopal and others, Fast CRC Computation for
// Generic Polynomials Using PCLMULQDQ Instruction, Intel, 2009). The last sixteen bytes then have the remainder of all bytes, and
// go through the tables.
#define SARRAY_CAN_MULTIPLY __attribute__((target("pclmul,ssse3")))

// Asks what libc found at its start and counts as usable; asking the processor itself would be slow in a virtual machine.
bool can_multiply() { return CPU_FEATURE_ACTIVE(PCLMULQDQ) && CPU_FEATURE_ACTIVE(SSSE3); }

/// x^n mod P.
template <class Order>
constexpr std::uint64_t power(unsigned n) {
  auto crc = Order::one;
  for (; n > 0; --n) crc = Order::times_x(crc);
  return crc;
}

/// Returns the factors of a fold by so many bits. In the reflected order the first bytes are the low half, and the product of two
/// halves is one bit too low: one x less.
template <class Order, unsigned bits>
SARRAY_CAN_MULTIPLY inline __m128i factors() {
  constexpr auto high = Order::is_forward ? power<Order>(bits + 64) : power<Order>(bits - 1) << 32;
  constexpr auto low = Order::is_forward ? power<Order>(bits) : power<Order>(bits + 63) << 32;
  return _mm_set_epi64x(static_cast<long long>(high), static_cast<long long>(low));
}

SARRAY_CAN_MULTIPLY inline __m128i fold(__m128i bytes, __m128i by, __m128i into) {
  return _mm_xor_si128(into, _mm_xor_si128(_mm_clmulepi64_si128(bytes, by, 0x00), _mm_clmulepi64_si128(bytes, by, 0x11)));
}

/// Turns sixteen bytes into a polynomial, and back: the first bit is the highest one, or the lowest in the reflected order.
template <class Order>
SARRAY_CAN_MULTIPLY inline __m128i turn(__m128i bytes) {
  if constexpr (!Order::is_forward) return bytes;
  return _mm_shuffle_epi8(bytes, _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
}

template <class Order>
SARRAY_CAN_MULTIPLY inline __m128i load(const unsigned char* at) {
  return turn<Order>(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
}

/// Reads as many groups of sixteen bytes as there are, at least four of them.
template <class Order>
SARRAY_CAN_MULTIPLY std::uint32_t fold_all(std::uint32_t crc, const unsigned char*& at, std::size_t& left) {
  const auto far = factors<Order, 512>();
  const auto near = factors<Order, 128>();
  __m128i a = load<Order>(at);
  __m128i b = load<Order>(at + 16);
  __m128i c = load<Order>(at + 32);
  __m128i d = load<Order>(at + 48);
  // The remainder so far is added to the first 32 bits.
  const auto before = static_cast<long long>(crc);
  a = _mm_xor_si128(a, Order::is_forward ? _mm_set_epi64x(before << 32, 0) : _mm_set_epi64x(0, before));
  for (at += 64, left -= 64; left >= 64; at += 64, left -= 64) {
    a = fold(a, far, load<Order>(at));
    b = fold(b, far, load<Order>(at + 16));
    c = fold(c, far, load<Order>(at + 32));
    d = fold(d, far, load<Order>(at + 48));
  }
  a = fold(fold(fold(a, near, b), near, c), near, d);
  for (; left >= 16; at += 16, left -= 16) a = fold(a, near, load<Order>(at));
  std::array<unsigned char, 16> last{};
  _mm_storeu_si128(reinterpret_cast<__m128i*>(last.data()), turn<Order>(a));
  return take_sixteen<Order>(0, last.data());
}

#endif

template <class Order>
std::uint32_t take(std::uint32_t crc, std::string_view bytes) {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t left = bytes.size();
#ifdef SARRAY_FOLDS
  if (left >= 64 && can_multiply()) crc = fold_all<Order>(crc, at, left);
#endif
  for (; left >= slices; left -= slices, at += slices) crc = take_sixteen<Order>(crc, at);
  for (; left > 0; --left, ++at) crc = Order::without_first_byte(crc) ^ tables<Order>[0][Order::first_byte(crc) ^ *at];
  return crc;
}

}  // namespace

std::uint32_t crc32(std::string_view bytes, std::uint32_t before) { return ~take<Reflected>(~before, bytes); }

std::uint32_t posix_cksum(std::string_view bytes) {
  std::string length;
  for (auto rest = bytes.size(); rest > 0; rest >>= 8) length += static_cast<char>(rest & 0xff);
  return ~take<Forward>(take<Forward>(0, bytes), length);
}

}  // namespace sarray::util
