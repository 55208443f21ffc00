// Two checksums: one for our own records, one that coreutils can check on a compute node.
#pragma once

#include <cstdint>
#include <string_view>

namespace sarray::util {

/// CRC-32 as zlib and PNG have it (reflected, polynomial 0xEDB88320).
[[nodiscard]] std::uint32_t crc32(std::string_view bytes, std::uint32_t before = 0);

/// What `cksum` prints: the POSIX CRC, which takes in the length (IEEE Std 1003.1, cksum).
[[nodiscard]] std::uint32_t posix_cksum(std::string_view bytes);

}  // namespace sarray::util
