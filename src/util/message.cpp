#include "util/message.hpp"

#include "util/fd.hpp"
#include "util/quiet.hpp"
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

namespace {

void tell(const char* kind, const std::string& text, const std::string& hint) {
  auto lines = std::string("sarray: ") + kind + ": " + printable(text) + "\n";
  if (!hint.empty()) lines += "hint: " + printable(hint) + "\n";
  [[maybe_unused]] const auto told = write_all(2, lines, "");
}

}  // namespace

namespace {

bool wants_quiet = false;

}  // namespace

void be_quiet() { wants_quiet = true; }
bool is_quiet() { return wants_quiet; }

void note(const std::string& text, const std::string& hint) {
  if (!wants_quiet) tell("note", text, hint);
}
void warn(const std::string& text, const std::string& hint) { tell("warning", text, hint); }

std::string count(std::uint64_t n, const std::string& noun) { return std::to_string(n) + " " + noun + (n == 1 ? "" : "s"); }

}  // namespace sarray::util
