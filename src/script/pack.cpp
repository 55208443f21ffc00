#include "script/pack.hpp"

#include <zlib.h>

#include <cstdint>
#include <new>

#include "util/crc32.hpp"
#include "util/parse.hpp"

namespace sarray::script {

namespace {

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void append_number(std::string& bytes, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift & 0xff);
}

/// Returns the data as a raw deflate stream (RFC 1951).
std::string deflate_all(std::string_view data) {
  z_stream stream{};
  // Memory for its state is all that it can fail for.
  if (::deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  std::string out(::deflateBound(&stream, data.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

/// Returns a gzip member (RFC 1952) of a length that base64 needs no '=' for: decoders accept none in the middle. The file name
/// in its head, which nobody reads, makes up for the rest.
std::string make_member(std::string_view data) {
  constexpr std::size_t frame = 10 + 1 + 8;  // head, the name's end, tail
  const auto deflated = deflate_all(data);
  const auto rest = (frame + deflated.size()) % 3;
  std::string member("\x1f\x8b\x08\x08\0\0\0\0\x02\x03", 10);
  member.append(rest == 0 ? 0 : 3 - rest, '-').push_back('\0');
  member += deflated;
  append_number(member, util::crc32(data));
  append_number(member, static_cast<std::uint32_t>(data.size()));
  return member;
}

/// @param bytes a multiple of three.
void append_base64(std::string& text, std::string_view bytes) {
  for (std::size_t i = 0; i + 2 < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t at) { return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i + at])); };
    const auto three = byte(0) << 16 | byte(1) << 8 | byte(2);
    for (int shift = 18; shift >= 0; shift -= 6) text += base64_digits[three >> shift & 63];
  }
}

/// @return nullopt if it is not base64 without '='.
std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = base64_digits.find(text[i]);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    if (i % 4 != 3) continue;
    for (const int shift : {16, 8, 0}) bytes += static_cast<char>(bits >> shift & 0xff);
  }
  return bytes;
}

/// Unpacks one gzip member, of at most one piece of data. zlib checks its checksum and length.
std::optional<std::string> inflate_member(std::string member) {
  z_stream stream{};
  if (::inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) throw std::bad_alloc();
  std::string out(piece_size, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(member.data());
  stream.avail_in = static_cast<uInt>(member.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int status = ::inflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::inflateEnd(&stream);
  return status == Z_STREAM_END ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace

std::optional<std::string> unpack(std::string_view text) {
  std::string data;
  while (!text.empty()) {
    auto member = decode_base64(util::take_until(text, '\n'));
    auto piece = member ? inflate_member(std::move(*member)) : std::nullopt;
    if (!piece) return std::nullopt;
    data += *piece;
  }
  return data;
}

Packed pack(std::string_view data) {
  Packed packed;
  while (!data.empty()) {
    packed.offsets.push_back(packed.text.size());
    const auto piece = data.substr(0, piece_size);
    append_base64(packed.text, make_member(piece));
    packed.text += '\n';
    data.remove_prefix(piece.size());
  }
  packed.offsets.push_back(packed.text.size());
  return packed;
}

}  // namespace sarray::script
