// Columns of text for a terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sarray::report {

/// Rows of printable text; the first is the heading.
class Table {
 public:
  /// @param right for each column, whether it is right-aligned.
  explicit Table(std::vector<bool> right) : m_right(std::move(right)) {}
  void add(std::vector<std::string> row) { m_rows.push_back(std::move(row)); }
  /// @param width columns of the terminal; the last column is cut to fit; 0: nothing is cut.
  [[nodiscard]] std::string text(std::size_t width) const;

 private:
  std::vector<bool> m_right;
  std::vector<std::vector<std::string>> m_rows;
};

/// Returns the columns of the terminal at a descriptor; 0 if it is not a terminal.
[[nodiscard]] std::size_t terminal_width(int fd);

/// Returns its lines; 24 if that is not known.
[[nodiscard]] std::size_t terminal_height(int fd);

/// Returns whether output to a descriptor should have colours: it is a terminal, not a dumb one, and NO_COLOR is not set
/// (no-color.org).
[[nodiscard]] bool wants_color(int fd);

/// Returns "2026-11-26 07:30", in local time. @param seconds since 1970; 0 (not known) gives "-".
[[nodiscard]] std::string date_text(std::int64_t seconds);

}  // namespace sarray::report
