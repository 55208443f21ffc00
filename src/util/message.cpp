#include "util/message.hpp"

#include "util/user_text.hpp"

namespace sarray::util {

std::string format_error(const Error& error, bool for_terminal) {
  auto text = for_terminal ? printable_lines(error.body) : error.body;
  if (error.what.empty()) return text;
  text += "sarray: error: " + printable(error.what);
  if (!error.why.empty()) text += ": " + printable(error.why);
  text += '\n';
  if (!error.hint.empty()) text += "hint: " + printable(error.hint) + "\n";
  return text;
}

std::string count(std::uint64_t n, const std::string& noun) { return std::to_string(n) + " " + noun + (n == 1 ? "" : "s"); }

}  // namespace sarray::util
