// How wide a character is on a terminal.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sarray::util {

/// Columns of a character (a Unicode code point): 0 for marks that combine with the one before, 2 for East Asian wide ones and
/// pictures, else 1. A table of ours: libc's wcwidth answers by the locale, and our binary is static.
[[nodiscard]] std::size_t columns_of(std::uint32_t code);

}  // namespace sarray::util
