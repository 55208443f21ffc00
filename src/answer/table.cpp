#include "answer/table.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include "util/parse.hpp"

namespace sarray::answer {

namespace {

struct Letter {
  char letter;
  std::string_view field;
};

/// squeue's letters, and the -O name of each (man squeue).
constexpr std::array letters = {
    Letter{'a', "account"},    Letter{'A', "jobid"},        Letter{'b', "tres-per-node"}, Letter{'B', "batchhost"},
    Letter{'c', "mincpus"},    Letter{'C', "numcpus"},      Letter{'d', "mintmpdisk"},    Letter{'D', "numnodes"},
    Letter{'e', "endtime"},    Letter{'E', "dependency"},   Letter{'f', "feature"},       Letter{'F', "arrayjobid"},
    Letter{'g', "groupname"},  Letter{'G', "groupid"},      Letter{'h', "oversubscribe"}, Letter{'H', "sockets"},
    Letter{'i', "jobarrayid"}, Letter{'I', "cores"},        Letter{'j', "name"},          Letter{'J', "threads"},
    Letter{'k', "comment"},    Letter{'K', "arraytaskid"},  Letter{'l', "timelimit"},     Letter{'L', "timeleft"},
    Letter{'m', "minmemory"},  Letter{'M', "timeused"},     Letter{'n', "reqnodes"},      Letter{'N', "nodelist"},
    Letter{'o', "command"},    Letter{'O', "contiguous"},   Letter{'p', "priority"},      Letter{'P', "partition"},
    Letter{'q', "qos"},        Letter{'Q', "prioritylong"}, Letter{'r', "reason"},        Letter{'R', "reasonlist"},
    Letter{'S', "starttime"},  Letter{'t', "statecompact"}, Letter{'T', "state"},         Letter{'u', "username"},
    Letter{'U', "userid"},     Letter{'v', "reservation"},  Letter{'V', "submittime"},    Letter{'w', "wckey"},
    Letter{'W', "licenses"},   Letter{'x', "excnodes"},     Letter{'X', "corespec"},      Letter{'y', "nice"},
    Letter{'Y', "schednodes"}, Letter{'z', "sct"},          Letter{'Z', "workdir"},
};

std::string field_of(char letter) {
  const auto found = std::find_if(letters.begin(), letters.end(), [&](const auto& entry) { return entry.letter == letter; });
  return found != letters.end() ? std::string(found->field) : std::string();
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

/// Takes a number off the text's begin; 0 if there is none.
int take_number(std::string_view& text) {
  int number = 0;
  while (!text.empty() && std::isdigit(static_cast<unsigned char>(text[0])) != 0) {
    number = std::min(number * 10 + (text[0] - '0'), 100000);
    text.remove_prefix(1);
  }
  return number;
}

std::string fit_value(const std::string& value, int width, bool is_right) {
  if (width == 0) return value;
  const auto size = static_cast<std::size_t>(width);
  if (value.size() >= size) return value.substr(0, size);
  const std::string blanks(size - value.size(), ' ');
  return is_right ? blanks + value : value + blanks;
}

std::string_view trim_end(std::string_view text) { return text.substr(0, text.find_last_not_of(' ') + 1); }

}  // namespace

std::optional<Format> read_letters(std::string_view text) {
  Format format;
  const auto first = std::min(text.find('%'), text.size());
  format.before = text.substr(0, first);
  text.remove_prefix(first);
  while (!text.empty()) {
    text.remove_prefix(1);
    Column column;
    if (text.starts_with('.')) {
      column.is_right = true;
      text.remove_prefix(1);
    }
    column.width = take_number(text);
    if (text.empty() || std::isalpha(static_cast<unsigned char>(text[0])) == 0) return std::nullopt;
    column.name = text[0];
    column.field = field_of(text[0]);
    text.remove_prefix(1);
    const auto end = std::min(text.find('%'), text.size());
    column.after = text.substr(0, end);
    text.remove_prefix(end);
    format.columns.push_back(std::move(column));
  }
  return format.columns.empty() ? std::nullopt : std::optional(std::move(format));
}

std::optional<Format> read_fields(std::string_view text) {
  constexpr int default_width = 20;
  Format format;
  format.is_long = true;
  while (!text.empty()) {
    auto item = util::take_until(text, ',');
    const bool is_sized = item.find(':') != std::string_view::npos;
    Column column;
    column.name = util::take_until(item, ':');
    column.field = lower(column.name);
    column.width = default_width;
    if (is_sized) {
      if (item.starts_with('.')) {
        column.is_right = true;
        item.remove_prefix(1);
      }
      column.width = take_number(item);
      column.after = item;
    }
    if (column.name.empty()) return std::nullopt;
    format.columns.push_back(std::move(column));
  }
  return format.columns.empty() ? std::nullopt : std::optional(std::move(format));
}

std::optional<Format> read_account_format(std::string_view text) {
  Format format;
  while (!text.empty()) {
    auto item = util::take_until(text, ',');
    if (item.empty()) continue;
    Column column;
    column.name = util::take_until(item, '%');
    column.field = lower(column.name);
    if (!item.empty()) {
      const auto width = util::to_number<int>(item);
      if (!width) return std::nullopt;
      column.width = *width;
    }
    format.columns.push_back(std::move(column));
  }
  return format.columns.empty() ? std::nullopt : std::optional(std::move(format));
}

std::string write_queue_line(const Format& format, const std::vector<std::string>& values) {
  std::string line = format.before;
  for (std::size_t i = 0; i < format.columns.size(); ++i) {
    const auto& column = format.columns[i];
    // squeue does not cut times, nor these nodes (observed on 22.05).
    constexpr std::array times = {"timelimit", "timeleft", "timeused"};
    const auto& value = values[i];
    const bool is_time = std::find(times.begin(), times.end(), column.field) != times.end() && !value.empty() &&
                         std::isdigit(static_cast<unsigned char>(value[0])) != 0;
    const bool is_whole = is_time || column.field == "schednodes";
    const auto width = is_whole && column.width > 0 ? std::max(column.width, static_cast<int>(value.size())) : column.width;
    line += fit_value(value, width, column.is_right) + column.after;
  }
  return line + "\n";
}

std::string ask_queue_format(const Format& format, const std::vector<std::string>& keys) {
  std::string text;
  const auto add = [&](const std::string& name, bool is_wide) {
    text +=
        format.is_long ? (text.empty() ? "" : ",") + name + (is_wide ? ":8192" : ":1024") + value_end : "%" + name + value_end;
  };
  for (const auto& key : keys) add(key, true);
  for (const auto& column : format.columns) {
    constexpr std::array wide = {"command",    "comment",    "workdir",  "stdout",   "stderr",     "stdin",       "nodelist",
                                 "reasonlist", "schednodes", "reqnodes", "excnodes", "jobarrayid", "arraytaskid", "dependency"};
    add(column.name, std::find(wide.begin(), wide.end(), column.field) != wide.end());
  }
  return text + line_end;
}

std::vector<std::vector<std::string>> read_table(std::string_view text, std::size_t columns, bool is_padded) {
  std::vector<std::vector<std::string>> table;
  while (!text.empty()) {
    auto line = util::take_until(text, line_end);
    if (line.starts_with('\n')) line.remove_prefix(1);
    std::vector<std::string> values;
    while (values.size() < columns && line.find(value_end) != std::string_view::npos) {
      const auto value = util::take_until(line, value_end);
      values.emplace_back(is_padded ? trim_end(value) : value);
    }
    if (values.size() == columns) table.push_back(std::move(values));
  }
  return table;
}

std::string write_account_line(const std::vector<int>& widths, const std::vector<std::string>& values, AccountStyle style,
                               const std::string& delimiter, bool is_header) {
  std::string line;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (style != AccountStyle::aligned) {
      line += values[i] + (style == AccountStyle::ended || i + 1 < values.size() ? delimiter : "");
      continue;
    }
    const auto width = static_cast<std::size_t>(std::abs(widths[i]));
    auto value = values[i].substr(0, width);
    if (values[i].size() > width && !is_header) value.back() = '+';
    line += fit_value(value, static_cast<int>(width), widths[i] > 0) + " ";
  }
  return line + "\n";
}

std::vector<int> read_widths(std::string_view titles, std::string_view dashes) {
  std::vector<int> widths;
  std::size_t at = 0;
  while (at < dashes.size() && dashes[at] == '-') {
    const auto end = std::min(dashes.find(' ', at), dashes.size());
    const auto title = titles.substr(std::min(at, titles.size()), end - at);
    const auto width = static_cast<int>(end - at);
    widths.push_back(title.ends_with(' ') ? -width : width);
    at = end + 1;
  }
  return widths;
}

}  // namespace sarray::answer
