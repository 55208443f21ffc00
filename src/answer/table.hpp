// The tables that squeue and sacct print, in the formats of their options. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.hpp"

namespace sarray::answer {

/// One column of a format.
struct Column {
  std::string name;   ///< as the command knows it: a letter (%i), or a field (JobID)
  std::string field;  ///< squeue: the field's name as -O has it, in small letters; empty: a letter that is not known here
  int width = 0;      ///< 0: as wide as its text; negative (sacct): from the left
  bool is_right = false;
  std::string after;  ///< text after it
};

struct Format {
  std::string before;  ///< text before the first column
  std::vector<Column> columns;
  bool is_long = false;  ///< -O, not -o
};

/// squeue -o. @return nullopt if squeue would not read it as it is.
[[nodiscard]] std::optional<Format> read_letters(std::string_view text);
/// squeue -O.
[[nodiscard]] std::optional<Format> read_fields(std::string_view text);
/// sacct --format, "JobID%-20,State".
[[nodiscard]] std::optional<Format> read_account_format(std::string_view text);

/// Returns a line of squeue's. @param values one for each column.
[[nodiscard]] std::string write_queue_line(const Format& format, const std::vector<std::string>& values);

/// Separates the values of one line, and ends it, in what is asked of Slurm: no name has these bytes.
inline constexpr char value_end = '\x1f';
inline constexpr char line_end = '\x1e';

/// Returns the words of squeue's format, which gives key columns and the format's own, raw.
[[nodiscard]] std::string ask_queue_format(const Format& format, const std::vector<std::string>& keys);

/// Returns lines of raw values, as ask_queue_format() makes squeue print them. Lines with fewer values are left out.
/// @param is_padded whether blanks at a value's end are squeue's (-O).
[[nodiscard]] std::vector<std::vector<std::string>> read_table(std::string_view text, std::size_t columns, bool is_padded);

/// How sacct prints.
enum class AccountStyle { aligned, ended, between };  ///< as it is, -p, -P

/// Returns a line of sacct's. @param widths of all columns; negative: from the left. @param is_header a title is cut without "+".
[[nodiscard]] std::string write_account_line(const std::vector<int>& widths, const std::vector<std::string>& values,
                                             AccountStyle style, const std::string& delimiter, bool is_header);

/// Returns the widths that sacct gives its columns, from the two lines that it prints first.
[[nodiscard]] std::vector<int> read_widths(std::string_view titles, std::string_view dashes);

}  // namespace sarray::answer
