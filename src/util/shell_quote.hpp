// Text that another program's reader takes back as the same bytes.
#pragma once

#include <string>
#include <string_view>

namespace sarray::util {

/// One word of bash or dash that reads back as `bytes` (any byte but NUL).
[[nodiscard]] std::string shell_quote(std::string_view bytes);

/// A field of the batch script's table: printable ASCII without tab and newline, from which bash's `printf %b` makes the same
/// bytes.
[[nodiscard]] std::string escape_field(std::string_view bytes);
/// The same of a text of lines: tabs, newlines and control bytes stay as they are. unescape_field() is its inverse, too.
[[nodiscard]] std::string escape_text(std::string_view bytes);
[[nodiscard]] bool is_ascii(std::string_view bytes);
/// The inverse of escape_field. Text that escape_field cannot have written is taken as bash would take it, as far as known.
[[nodiscard]] std::string unescape_field(std::string_view text);

}  // namespace sarray::util
