#include "report/table.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <map>
#include <numeric>
#include <string_view>

#include "util/user_text.hpp"

namespace sarray::report {

namespace {

using Rows = std::vector<std::vector<std::string>>;

/// Returns how much the texts have in common at their beginning, up to the end of a word.
std::size_t common_words(const std::vector<std::string*>& texts) {
  auto length = texts.front()->size();
  for (const auto* text : texts) {
    const auto both = std::min(length, text->size());
    const auto differs = std::mismatch(text->begin(), text->begin() + static_cast<std::ptrdiff_t>(both), texts.front()->begin());
    length = static_cast<std::size_t>(differs.first - text->begin());
  }
  const auto blank = texts.front()->rfind(' ', length);
  return blank == std::string::npos ? 0 : std::min(blank + 1, length);
}

/// Cells of the last column that differ, but would be cut to the same text, lose the words with which they begin instead:
/// "train.py
/// --data d --seed 1" and "... 2" become "...1" and "...2".
void tell_apart(Rows& rows, std::size_t room) {
  std::map<std::string, std::vector<std::string*>> groups;
  for (std::size_t i = 1; i < rows.size(); ++i) groups[util::fit(rows[i].back(), room)].push_back(&rows[i].back());
  for (auto& [cut, texts] : groups) {
    const std::string& first = *texts.front();
    const bool is_cut = cut != first;
    const bool differ = std::any_of(texts.begin(), texts.end(), [&](const auto* text) { return *text != first; });
    if (!is_cut || !differ) continue;
    const auto common = common_words(texts);
    if (common <= 3) continue;
    for (auto* text : texts) *text = "..." + text->substr(common);
  }
}

}  // namespace

std::string Table::text(std::size_t width) const {
  constexpr std::size_t widest_column = 60;  // what is longer moves the rest of its own line, and not of all
  std::vector<std::size_t> widths(m_right.size());
  for (const auto& row : m_rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i)
      widths[i] = std::max(widths[i], std::min(widest_column, util::display_width(row[i])));
  }
  auto rows = m_rows;
  const auto before = std::accumulate(widths.begin(), widths.end() - 1, 2 * (widths.size() - 1));
  if (width > before) tell_apart(rows, width - before);
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    std::size_t used = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += "  ";
      const bool last = i + 1 == row.size();
      const auto wide = util::display_width(row[i]);
      const auto fill = last || wide > widths[i] ? 0 : widths[i] - wide;
      if (m_right[i]) line.append(fill, ' ');
      line += last && width > used ? util::fit(row[i], width - used) : row[i];
      if (!m_right[i]) line.append(fill, ' ');
      used += wide + fill + 2;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    if (width > 0) line = util::fit(line, width);
    text += line + "\n";
  }
  return text;
}

std::size_t terminal_width(int fd) {
  if (::isatty(fd) == 0) return 0;
  winsize size{};
  return ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::size_t terminal_height(int fd) {
  winsize size{};
  return ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_row > 1 ? size.ws_row : 24;
}

bool wants_color(int fd) {
  const char* no_color = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  const bool is_dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
  return ::isatty(fd) != 0 && !is_dumb && (no_color == nullptr || *no_color == '\0');
}

std::string date_text(std::int64_t seconds) {
  if (seconds == 0) return "-";
  const auto time = static_cast<std::time_t>(seconds);
  std::tm local{};
  ::localtime_r(&time, &local);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M", &local);
  return text.data();
}

}  // namespace sarray::report
