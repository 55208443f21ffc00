#include "util/wrap.hpp"

#include <algorithm>

#include "util/user_text.hpp"

namespace sarray::util {

std::string wrap(std::string_view text, std::size_t width, std::size_t indent, bool keep_brackets) {
  std::string wrapped;
  std::size_t column = 0;
  while (!text.empty()) {
    std::size_t end = 0;
    for (int depth = 0; end < text.size(); ++end) {
      if (text[end] == '[') ++depth;
      if (text[end] == ']') --depth;
      if (text[end] == '\n' || (text[end] == ' ' && (depth <= 0 || !keep_brackets))) break;
    }
    if (width > 0 && column > 0 && column + 1 + display_width(text.substr(0, end)) > width) {
      wrapped += "\n" + std::string(indent, ' ');
      column = 0;
    } else if (column > 0) {
      wrapped += ' ';
      ++column;
    }
    wrapped += text.substr(0, end);
    column += display_width(text.substr(0, end));
    if (end < text.size() && text[end] == '\n') {
      wrapped += "\n" + std::string(indent, ' ');
      column = 0;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return wrapped;
}

}  // namespace sarray::util
