#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "../support.hpp"
#include "util/process.hpp"
#include "util/shell_quote.hpp"

using namespace sarray;
using util::escape_field;
using util::escape_text;
using util::shell_quote;
using util::unescape_field;

namespace {

std::vector<std::string> every_byte() {
  std::vector<std::string> strings = {""};
  for (int byte = 1; byte < 256; ++byte) {
    const auto c = static_cast<char>(byte);
    strings.push_back({c});
    strings.push_back({c, c});
    strings.push_back({'a', c});
    strings.push_back({c, '7'});  // a digit behind an octal escape
    strings.push_back({'\\', c});
  }
  return strings;
}

std::vector<std::string> random_strings(std::size_t count, unsigned seed) {
  test::RandomBytes random(seed);
  std::vector<std::string> strings;
  while (strings.size() < count) strings.push_back(random.text(12));
  return strings;
}

std::string joined(const std::vector<std::string>& strings) {
  std::string all;
  for (const auto& string : strings) (all += string) += '\0';
  return all;
}

/// What a shell prints for `printf FORMAT WORD...`, the words as they stand in a script.
std::string read_back(const std::string& shell, const std::string& format, const std::vector<std::string>& words,
                      const std::string& locale) {
  std::string script;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i % 1000 == 0) script += (i == 0 ? "printf '" : "\nprintf '") + format + "'";
    script += " " + words[i];
  }
  util::Command command{{shell}, std::vector<std::string>{"PATH=/usr/bin:/bin", "LC_ALL=" + locale}, script + "\n", {}, {}};
  command.argv.emplace_back("/dev/stdin");
  const auto output = util::run(command);
  if (!output) return "cannot run " + shell + ": " + output.error().why;
  return output->status == 0 ? output->out : shell + " failed: " + output->err;
}

std::vector<std::string> mapped(const std::vector<std::string>& strings, std::string (*function)(std::string_view)) {
  std::vector<std::string> result;
  for (const auto& string : strings) result.push_back(function(string));
  return result;
}

void check_same(const std::string& got, const std::string& expected) {
  CHECK(got.size() == expected.size());
  CHECK_MESSAGE(got == expected, "the first difference is at byte ",
                std::mismatch(got.begin(), got.begin() + static_cast<std::ptrdiff_t>(std::min(got.size(), expected.size())),
                              expected.begin())
                        .first -
                    got.begin());
}

}  // namespace

TEST_CASE("shell_quote: every byte value comes back through bash and dash") {
  const auto strings = every_byte();
  for (const char* shell : {"bash", "dash"}) {
    for (const char* locale : {"C", "C.UTF-8"}) {
      CAPTURE(shell);
      CAPTURE(locale);
      check_same(read_back(shell, "%s\\0", mapped(strings, shell_quote), locale), joined(strings));
    }
  }
}

TEST_CASE("shell_quote: random strings come back through bash and dash") {
  const auto strings = random_strings(test::is_quick() ? 5000 : 100000, 1);
  const auto words = mapped(strings, shell_quote);
  for (const char* shell : {"bash", "dash"}) {
    CAPTURE(shell);
    check_same(read_back(shell, "%s\\0", words, "C.UTF-8"), joined(strings));
  }
}

TEST_CASE("shell_quote leaves readable what needs no quotes") {
  CHECK(shell_quote("--mem=4G") == "'--mem=4G'");  // an assignment if it stood first
  CHECK(shell_quote("/home/ada/run_1.sh") == "/home/ada/run_1.sh");
  CHECK(shell_quote("") == "''");
  CHECK(shell_quote("it's") == "'it'\\''s'");
  CHECK(shell_quote("~") == "'~'");
}

TEST_CASE("escape_field: every byte value comes back through printf %b and unescape_field") {
  const auto strings = every_byte();
  const auto fields = mapped(strings, escape_field);
  for (const char* locale : {"C", "C.UTF-8"}) {
    check_same(read_back("bash", "%b\\0", mapped(fields, shell_quote), locale), joined(strings));
  }
  CHECK(mapped(fields, unescape_field) == strings);
  CHECK(unescape_field(escape_field(std::string("a\0b\0007", 5))) == std::string("a\0b\0007", 5));
}

TEST_CASE("escape_field: random strings come back through printf %b and unescape_field") {
  const auto strings = random_strings(test::is_quick() ? 5000 : 100000, 2);
  const auto fields = mapped(strings, escape_field);
  check_same(read_back("bash", "%b\\0", mapped(fields, shell_quote), "C"), joined(strings));
  CHECK(mapped(fields, unescape_field) == strings);
}

TEST_CASE(
    "escape_text: every byte value and random strings come back through printf %b and unescape_field, in ASCII and with their lines") {
  for (const auto& strings : {every_byte(), random_strings(20000, 5)}) {
    const auto texts = mapped(strings, escape_text);
    check_same(read_back("bash", "%b\\0", mapped(texts, shell_quote), "C"), joined(strings));
    CHECK(mapped(texts, unescape_field) == strings);
    CHECK(std::all_of(texts.begin(), texts.end(), util::is_ascii));
  }
  CHECK(escape_text("a\tb\n\xc3\xa9 \\\r") == "a\tb\n\\0303\\0251 \\\\\r");
  CHECK(util::is_ascii("1234567\x7f"));
  for (const char* text : {"\x80", "12345678\xff", "\xc3\xa9 and seven more"}) CHECK_FALSE(util::is_ascii(text));
}

TEST_CASE("escape_field writes printable ASCII, is never \\-, and leaves text readable") {
  for (const auto& string : every_byte()) {
    const auto field = escape_field(string);
    CHECK(field != "\\-");  // the table's sign for an empty value
    for (const unsigned char c : field) {
      CHECK(c >= 0x20);
      CHECK(c < 0x7f);
    }
  }
  CHECK(escape_field("a b\tc\nd\\e") == "a b\\tc\\nd\\\\e");
  CHECK(escape_field("\x1b[2J") == "\\0033[2J");
  CHECK(escape_field("Zo\xc3\xab") == "Zo\\0303\\0253");
}
