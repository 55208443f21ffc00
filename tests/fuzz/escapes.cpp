// Text for the shell, for the batch script's table, and for the terminal.
#include "support.hpp"
#include "util/character_width.hpp"
#include "util/shell_quote.hpp"
#include "util/user_text.hpp"

namespace util = sarray::util;
using sarray::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = sarray::fuzz::as_text(data, size);
  (void)util::unescape_field(text);
  require(util::unescape_field(util::escape_field(text)) == text, "a field reads back");
  (void)util::shell_quote(text);
  const auto shown = util::printable(text);
  for (const char c : shown)
    require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f, "no control character reaches a terminal");
  require(util::printable(shown) == shown, "what is printable stays");
  (void)util::fit(shown, 20);
  return 0;
}
