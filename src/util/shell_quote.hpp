// Text that another program's reader takes back as the same bytes.
#pragma once

#include <string>
#include <string_view>

namespace sarray::util {

/// One word of bash or dash that reads back as `bytes` (any byte but NUL).
[[nodiscard]] std::string shell_quote(std::string_view bytes);

/// A field of the batch script's table: no tab, no newline, no control byte in it, and bash's `printf %b` gives back the same
/// bytes. What is printable, UTF-8 included, stays readable.
[[nodiscard]] std::string escape_field(std::string_view bytes);
/// The inverse of escape_field. Text that escape_field cannot have written is taken as bash would take it, as far as known.
[[nodiscard]] std::string unescape_field(std::string_view text);

}  // namespace sarray::util
