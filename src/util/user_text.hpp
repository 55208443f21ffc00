// Users' bytes on a terminal: names in any writing system, none of which can command the terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sarray::util {

/// Returns the text with control characters and bytes that are not UTF-8 as \xNN, and everything else unchanged.
[[nodiscard]] std::string printable(std::string_view bytes);

/// Likewise for several lines: newlines and tabs stay.
[[nodiscard]] std::string printable_lines(std::string_view bytes);

/// Returns the columns that printable text needs on a terminal: none for combining marks, two for East Asian wide characters.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// Returns the text cut to at most `width` columns, with "..." at the end if something was cut.
[[nodiscard]] std::string fit(std::string_view text, std::size_t width);

/// Likewise, but keeps the end and puts "..." before it: the end of a path says most.
[[nodiscard]] std::string fit_end(std::string_view text, std::size_t width);

/// Returns the text followed by spaces, `width` columns in all; wider text is unchanged.
[[nodiscard]] std::string pad(std::string_view text, std::size_t width);

}  // namespace sarray::util
