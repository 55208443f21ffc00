#include <doctest/doctest.h>

#include "script/pack.hpp"
#include "support.hpp"
#include "util/process.hpp"

using namespace sarray;

namespace {

std::string unpack(std::string_view text) {
  util::Command command;
  command.argv = {"/bin/sh", "-c", "base64 -d | gzip -dc"};
  command.input = std::string(text);
  const auto output = util::run(command);
  REQUIRE(output);
  CHECK(output->err == "");
  return output->out;
}

}  // namespace

TEST_CASE("base64 -d | gzip -d unpacks it, all or in pieces") {
  test::RandomBytes random(3);
  for (const std::size_t size : {1, 2, 3, 100, 65535, 65536, 65537, 200000}) {
    CAPTURE(size);
    std::string data;
    while (data.size() < size) data += random.text(300);
    data.resize(size);
    const auto packed = script::pack(data);
    CHECK(packed.offsets.size() == (size + script::piece_size - 1) / script::piece_size + 1);
    CHECK(packed.offsets.back() == packed.text.size());
    CHECK(packed.text.find('=') == std::string::npos);
    const bool same = unpack(packed.text) == data;
    CHECK(same);
    CHECK(script::unpack(packed.text) == data);
    const auto last = packed.offsets[packed.offsets.size() - 2];
    const bool same_piece = unpack(packed.text.substr(last)) == data.substr((packed.offsets.size() - 2) * script::piece_size);
    CHECK(same_piece);
  }
}

TEST_CASE("what was not packed, or was damaged, is not unpacked") {
  const std::string data = "some data, and more of it";
  const auto packed = script::pack(data).text;
  CHECK_FALSE(script::unpack("plain text\n"));
  CHECK_FALSE(script::unpack(packed.substr(0, packed.size() / 2)));
  for (std::size_t i = 20; i + 1 < packed.size(); ++i) {
    auto damaged = packed;
    damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
    CAPTURE(i);
    CHECK(script::unpack(damaged).value_or(data) == data);  // a bit that fills up the last byte means nothing
  }
}

TEST_CASE("nothing is nothing") {
  CHECK(script::unpack("") == "");
  CHECK(script::pack("").text.empty());
  CHECK(script::pack("").offsets == std::vector<std::size_t>{0});
}
