// Columns of text for a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace sarray::report {

/// Rows of printable text; the first is the heading.
class Table {
 public:
  /// @param right per column, whether it is flush right.
  explicit Table(std::vector<bool> right) : m_right(std::move(right)) {}
  void add(std::vector<std::string> row) { m_rows.push_back(std::move(row)); }
  /// @param width columns of the terminal: the last column is cut to it; 0: nothing is cut.
  [[nodiscard]] std::string text(std::size_t width) const;

 private:
  std::vector<bool> m_right;
  std::vector<std::vector<std::string>> m_rows;
};

/// Columns of the terminal at a descriptor; 0 where it is none.
[[nodiscard]] std::size_t terminal_width(int fd);

/// Lines of it; 24 where that is not known.
[[nodiscard]] std::size_t terminal_height(int fd);

/// Whether to colour what is written to a descriptor: a terminal, and NO_COLOR is not set (no-color.org).
[[nodiscard]] bool wants_color(int fd);

}  // namespace sarray::report
