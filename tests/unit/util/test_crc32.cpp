#include <doctest/doctest.h>

#include "../support.hpp"
#include "util/crc32.hpp"
#include "util/fd.hpp"
#include "util/process.hpp"

using namespace sarray;
using util::crc32;
using util::posix_cksum;

TEST_CASE("crc32: known values") {
  CHECK(crc32("") == 0);
  CHECK(crc32("123456789") == 0xCBF43926);  // the check value of CRC-32/ISO-HDLC
  CHECK(crc32("The quick brown fox jumps over the lazy dog") == 0x414FA339);
  CHECK(crc32(std::string(32, '\0')) == 0x190A55AD);
  CHECK(crc32(std::string(32, '\xff')) == 0xFF6CAB0B);
}

TEST_CASE("crc32: a text in two parts has the checksum of the whole, wherever it is cut") {
  const auto text = test::RandomBytes(3).text(100) + std::string(40, 'x');
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    CHECK(crc32(std::string_view(text).substr(cut), crc32(std::string_view(text).substr(0, cut))) == crc32(text));
  }
}

TEST_CASE("crc32: short pieces, which go through tables, and long ones, which may not, have one checksum") {
  const auto text = test::RandomBytes(5).text(3000);
  for (std::size_t length = 0; length <= text.size(); length += 1 + length / 50) {
    const auto whole = std::string_view(text).substr(0, length);
    std::uint32_t crc = 0;
    for (std::size_t at = 0; at < length; at += 60) crc = crc32(whole.substr(at, 60), crc);
    CAPTURE(length);
    CHECK(crc32(whole) == crc);
  }
}

TEST_CASE("posix_cksum says what the cksum program says") {
  test::TemporaryFolder folder;
  std::vector<std::string> contents = {"", std::string(1, '\0'), std::string(300, '\0'), std::string(70000, 'z')};
  for (std::size_t length = 1; length < 20; ++length)
    contents.push_back(std::string("\xff\x00\x80"
                                   "abcdefghijklmnopq",
                                   20)
                           .substr(0, length));
  test::RandomBytes random(4);
  for (std::size_t length = 60; length < 200; ++length)
    contents.push_back((random.text(300) + std::string(length, '\x9c')).substr(0, length));
  for (int i = 0; i < 20; ++i) contents.push_back(random.text(5000));
  util::Command command;
  command.argv = {"cksum"};
  for (const auto& content : contents) {
    const auto path = folder / std::to_string(command.argv.size());
    REQUIRE(util::write_file_atomically(path, content));
    command.argv.push_back(path);
  }
  std::string expected;
  for (std::size_t i = 0; i < contents.size(); ++i) {
    expected +=
        std::to_string(posix_cksum(contents[i])) + " " + std::to_string(contents[i].size()) + " " + command.argv[i + 1] + "\n";
  }
  const auto output = util::run(command);
  REQUIRE(output);
  CHECK(output->out == expected);
}
