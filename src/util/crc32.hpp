// Two checksums: one for our own records, one that coreutils can check on a compute node.
#pragma once

#include <cstdint>
#include <string_view>

namespace sarray::util {

/// Returns the CRC-32 of zlib and PNG (reflected, polynomial 0xEDB88320).
/// @param before the checksum of the bytes before these.
[[nodiscard]] std::uint32_t crc32(std::string_view bytes, std::uint32_t before = 0);

/// Returns what `cksum` prints: the POSIX CRC, which includes the length (IEEE Std 1003.1, cksum).
[[nodiscard]] std::uint32_t posix_cksum(std::string_view bytes);

}  // namespace sarray::util
