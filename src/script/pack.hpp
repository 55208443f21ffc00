// The data of a batch script that would be too long as plain text: gzip and base64, in pieces, so that a task unpacks only what
// is its own. Every node has both programs.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sarray::script {

/// Bytes of plain data in a piece: what a task unpacks at least.
inline constexpr std::size_t piece_size = 65536;

struct Packed {
  std::string text;                  ///< one line of base64 per piece; several pieces in a row unpack as one
  std::vector<std::size_t> offsets;  ///< the offset of each piece in `text`; the last one is the end
};

/// Unpacked by `base64 -d | gzip -d`.
[[nodiscard]] Packed pack(std::string_view data);

/// Returns what pack() was given; nullopt if the text is not packed data, or is damaged.
[[nodiscard]] std::optional<std::string> unpack(std::string_view text);

}  // namespace sarray::script
