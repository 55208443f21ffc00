#include "report/frame.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "util/message.hpp"
#include "util/parse.hpp"

namespace sarray::report {

namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) lines.push_back(util::take_until(text, '\n'));
  return lines;
}

/// "... 24 more jobs below, 3 above: arrows scroll, q ends".
std::string rest_text(std::size_t above, std::size_t below, const std::string& noun, const std::string& keys) {
  std::string text;
  if (below > 0) text = "... " + util::count(below, "more " + noun) + " below";
  if (above > 0)
    text += text.empty() ? "... " + util::count(above, "more " + noun) + " above" : ", " + std::to_string(above) + " above";
  if (!keys.empty()) text += (text.empty() ? "" : ": ") + keys;
  return text;
}

}  // namespace

Frame draw_frame(const StatusText& status, std::size_t height, std::size_t scroll, const std::string& keys) {
  auto head = lines_of(status.summary);
  auto rows = lines_of(status.rows);
  head.emplace_back();
  if (!rows.empty()) {
    head.push_back(rows.front());
    rows.erase(rows.begin());
  }
  // On a very low screen the first row, and the line that counts the others, matter more than the totals.
  if (head.size() + 2 > height) head.resize(height > 2 ? height - 2 : 0);
  Frame frame;
  const auto room = std::max<std::size_t>(height - std::min(height, head.size() + 1), 1);
  frame.page = room;
  frame.scroll = std::min(scroll, rows.size() > room ? rows.size() - room : 0);
  for (const auto line : head) frame.text.append(line).append("\n");
  const auto end = std::min(rows.size(), frame.scroll + room);
  for (auto i = frame.scroll; i < end; ++i) frame.text.append(rows[i]).append("\n");
  // Below the jobs are lines that say what they wait for: these are counted when no job is left.
  const bool has_rows_below = end < std::min(status.count, rows.size());
  const auto below = has_rows_below ? std::min(status.count, rows.size()) - end : rows.size() - end;
  frame.text += rest_text(frame.scroll, below, has_rows_below || below == 0 ? status.noun : "line", keys);
  return frame;
}

}  // namespace sarray::report
