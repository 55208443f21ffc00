// Text in lines that fit a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sarray::util {

/// Breaks a text between words into lines of at most `width` columns, each after the first with an indent, which `width` does not
/// count. Newlines stay.
/// @return without a newline at the end. @param width 0: only newlines end a line. @param keep_brackets no line is broken between
/// "[" and "]".
[[nodiscard]] std::string wrap(std::string_view text, std::size_t width, std::size_t indent, bool keep_brackets = false);

}  // namespace sarray::util
