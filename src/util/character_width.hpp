// The width of a character on a terminal.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sarray::util {

/// Returns the columns of a character (a Unicode code point): 0 for combining marks, 2 for East Asian wide characters and
/// pictures, else 1. It has a table of its own, because libc's wcwidth depends on the locale and our binary is static.
[[nodiscard]] std::size_t columns_of(std::uint32_t code);

}  // namespace sarray::util
