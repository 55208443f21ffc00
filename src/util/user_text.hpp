// Users' bytes on a terminal: names in any script of the world, and none of them able to command the terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sarray::util {

/// Control characters and bytes that are not UTF-8 as \xNN; all else as it is.
[[nodiscard]] std::string printable(std::string_view bytes);

/// The same of several lines: newlines and tabs stay.
[[nodiscard]] std::string printable_lines(std::string_view bytes);

/// Columns that printable text takes on a terminal: combining marks none, East Asian wide characters two.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// Cut to at most `width` columns, with "..." at the end where something was cut.
[[nodiscard]] std::string fit(std::string_view text, std::size_t width);

/// The same, but with the end kept and "..." in front: of a path the end says most.
[[nodiscard]] std::string fit_end(std::string_view text, std::size_t width);

/// With spaces behind it up to `width` columns; wider text as it is.
[[nodiscard]] std::string pad(std::string_view text, std::size_t width);

}  // namespace sarray::util
