#include <doctest/doctest.h>

#include "../support.hpp"
#include "util/user_text.hpp"

using namespace sarray;
using util::display_width;
using util::fit;
using util::pad;
using util::printable;

TEST_CASE("printable: control characters are named, text stays") {
  CHECK(printable("plain text, 100%") == "plain text, 100%");
  CHECK(printable("a\nb\tc\x1b[31m\x7f") == "a\\x0ab\\x09c\\x1b[31m\\x7f");
  CHECK(printable(std::string_view("\0", 1)) == "\\x00");
  CHECK(printable("Zo\xc3\xab \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x9a\x80") ==
        "Zo\xc3\xab \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x9a\x80");
}

TEST_CASE("printable: C1 controls and what turns the direction of writing") {
  CHECK(printable("\xc2\x9b"
                  "31m") == "\\xc2\\x9b31m");
  CHECK(printable("\xe2\x80\xae") == "\\xe2\\x80\\xae");  // U+202E
  CHECK(printable("\xe2\x81\xa7") == "\\xe2\\x81\\xa7");  // U+2067
  CHECK(printable("\xe2\x80\x8f") == "\\xe2\\x80\\x8f");  // U+200F
  CHECK(printable("\xd8\x9c") == "\\xd8\\x9c");           // U+061C
  CHECK(printable("\xc2\xa0") == "\xc2\xa0");
}

TEST_CASE("printable: bytes that are not UTF-8") {
  CHECK(printable("\xff\xfe") == "\\xff\\xfe");
  CHECK(printable("\x80") == "\\x80");
  CHECK(printable("a\xc3") == "a\\xc3");  // cut short
  CHECK(printable("\xe6\x97x") == "\\xe6\\x97x");
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");  // overlong
  CHECK(printable("\xe0\x80\xaf") == "\\xe0\\x80\\xaf");
  CHECK(printable("\xf0\x80\x80\xaf") == "\\xf0\\x80\\x80\\xaf");
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // a surrogate
  CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // above U+10FFFF
  CHECK(printable("\xf5\x80\x80\x80") == "\\xf5\\x80\\x80\\x80");
}

TEST_CASE("printable: nothing that a terminal obeys comes out, whatever goes in, and it is stable") {
  test::RandomBytes random(5);
  for (int i = 0; i < 20000; ++i) {
    const auto text = printable(random.text(20));
    const bool clean = text.find_first_of("\x01\x02\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x1b\x7f") == std::string::npos;
    CHECK(clean);
    CHECK(printable(text) == text);
  }
}

TEST_CASE("display_width: ASCII, accents, wide characters, combining marks") {
  CHECK(display_width("") == 0);
  CHECK(display_width("abc") == 3);
  CHECK(display_width("Zo\xc3\xab") == 3);
  CHECK(display_width("e\xcc\x81") == 1);                             // e, combining acute
  CHECK(display_width("\xe6\x97\xa5\xe6\x9c\xac") == 4);              // two Chinese characters
  CHECK(display_width("\xef\xbc\xa1") == 2);                          // full-width A
  CHECK(display_width("\xf0\x9f\x98\x80") == 2);                      // a face
  CHECK(display_width("\xf0\x9f\x9a\x80") == 2);                      // a rocket
  CHECK(display_width("\xed\x95\x9c\xea\xb5\xad") == 4);              // Hangul
  CHECK(display_width("\xd7\xa9\xd6\xb8") == 1);                      // Hebrew, with a point
  CHECK(display_width("\xe0\xb8\x97\xe0\xb8\xb5\xe0\xb9\x88") == 1);  // Thai: letter, vowel and tone above it
  CHECK(display_width("\xe0\xa4\x95\xe0\xa5\x8d") == 1);              // Devanagari, with a virama
  CHECK(display_width("\xe2\x80\x8b\xef\xbb\xbf") == 0);              // zero-width space, byte order mark
  CHECK(display_width("\xe2\x9a\xa1\xe2\x9c\x93") == 3);              // a wide sign and a narrow one
}

TEST_CASE("pad fills up to columns") {
  CHECK(pad("abc", 5) == "abc  ");
  CHECK(pad("abc", 2) == "abc");
  CHECK(pad("\xe6\x97\xa5", 4) == "\xe6\x97\xa5  ");
}

TEST_CASE("fit cuts at characters, to columns") {
  CHECK(fit("abcdef", 6) == "abcdef");
  CHECK(fit("abcdef", 5) == "ab...");
  CHECK(fit("abcdef", 3) == "...");
  CHECK(fit("abcdef", 2) == "..");
  CHECK(fit("abcdef", 0) == "");
  CHECK(fit("", 0) == "");
  CHECK(fit("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 6) == "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e");
  CHECK(fit("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 5) == "\xe6\x97\xa5...");
  CHECK(fit("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 4) == "...");  // half a character is none
  CHECK(fit("e\xcc\x81"
            "abcde",
            5) ==
        "e\xcc\x81"
        "a...");
}

TEST_CASE("several lines: newlines and tabs stay, all else is made harmless") {
  CHECK(sarray::util::printable_lines("a\tb\n\x1b[31mc\r\n\xff") == "a\tb\n\\x1b[31mc\\x0d\n\\xff");
  CHECK(sarray::util::printable_lines("") == "");
  CHECK(sarray::util::printable_lines("\n\n") == "\n\n");
}

TEST_CASE("cut in front: the end of a path says most") {
  CHECK(util::fit_end("/home/ada/sweep", 15) == "/home/ada/sweep");
  CHECK(util::fit_end("/home/ada/sweep", 9) == ".../sweep");
  CHECK(util::fit_end("/home/名前/結果", 8) == ".../結果");
  CHECK(util::fit_end("/home/名前/結果", 7) == "...結果");
  CHECK(util::fit_end("/home/ada", 2) == "..");
}
