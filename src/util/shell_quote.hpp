// Quoting: text from which another program reads the same bytes.
#pragma once

#include <string>
#include <string_view>

namespace sarray::util {

/// Returns one word of bash or dash that reads back as `bytes` (any byte but NUL).
[[nodiscard]] std::string shell_quote(std::string_view bytes);

/// Returns a field of the batch script's table: printable ASCII without tab and newline, from which bash's `printf %b` makes the
/// same bytes.
[[nodiscard]] std::string escape_field(std::string_view bytes);
/// Likewise for a text of several lines: tabs, newlines and control bytes stay as they are. unescape_field() is its inverse, too.
[[nodiscard]] std::string escape_text(std::string_view bytes);
[[nodiscard]] bool is_ascii(std::string_view bytes);
/// The inverse of escape_field. Text that escape_field cannot have written is read as bash would read it, as far as known.
[[nodiscard]] std::string unescape_field(std::string_view text);

}  // namespace sarray::util
