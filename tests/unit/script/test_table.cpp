#include <doctest/doctest.h>

#include <map>
#include <sstream>

#include "plan_support.hpp"
#include "script/table.hpp"
#include "util/shell_quote.hpp"

using namespace sarray;
using script::Record;
using script::Table;

namespace {

Record make_record(std::uint32_t first, std::uint32_t tasks, std::uint32_t id, std::vector<script::Field> fields) {
  return {first, tasks, id, std::move(fields)};
}

Table make_table(const std::vector<Record>& records) {
  Table table;
  for (const auto& record : records) table.add(record);
  table.finish();
  return table;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

/// Reads the table back, as its header describes it.
std::vector<Record> read_back(const std::string& text) {
  std::vector<Record> records;
  std::map<std::string, std::vector<std::string>> shapes;
  std::uint32_t next_index = 0;
  std::uint32_t next_id = 0;
  for (const auto& line : split(text, '\n')) {
    const auto parts = split(line, '\t');
    if (line.starts_with("page ")) {
      std::istringstream(line.substr(5)) >> next_index >> next_id;
      shapes.clear();
      continue;
    }
    if (line.starts_with('=')) {
      shapes[parts[0].substr(1)] = {parts.begin() + 1, parts.end()};
      continue;
    }
    auto head = parts[0];
    if (const auto at = head.find('@'); at != std::string::npos) {
      next_id = static_cast<std::uint32_t>(std::stoul(head.substr(at + 1)));
      head.resize(at);
    }
    Record record{next_index, 1, next_id++, {}};
    if (const auto at = head.find('*'); at != std::string::npos) {
      record.tasks = static_cast<std::uint32_t>(std::stoul(head.substr(at + 1)));
      head.resize(at);
    }
    next_index += record.tasks;
    std::size_t value = 1;
    for (const auto& field : shapes.at(head)) {
      const auto sign = field.find_first_of("=~");
      auto text_of_field = util::unescape_field(field.substr(sign + 1));
      if (field[sign] == '~') {
        const auto& own = parts.at(value++);
        if (own != "\\-") text_of_field += util::unescape_field(own);
      }
      record.fields.push_back({util::unescape_field(field.substr(0, sign)), text_of_field});
    }
    CHECK(value == parts.size());
    records.push_back(std::move(record));
  }
  return records;
}

void check_same(const std::vector<Record>& got, const std::vector<Record>& expected) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    CHECK(got[i].first_index == expected[i].first_index);
    CHECK(got[i].tasks == expected[i].tasks);
    CHECK(got[i].id == expected[i].id);
    REQUIRE(got[i].fields.size() == expected[i].fields.size());
    for (std::size_t f = 0; f < got[i].fields.size(); ++f) {
      CHECK(got[i].fields[f].tag == expected[i].fields[f].tag);
      CHECK(got[i].fields[f].value == expected[i].fields[f].value);
    }
  }
}

}  // namespace

TEST_CASE("what jobs share stands once, what differs in their rows") {
  const auto table = make_table({make_record(0, 1, 2000000001, {{"arg", "--seed=1"}, {"run", "/bin/sh"}}),
                                 make_record(1, 1, 2000000002, {{"arg", "--seed=22"}, {"run", "/bin/sh"}}),
                                 make_record(2, 3, 2000000003, {{"arg", "--seed="}, {"run", "/bin/sh"}})});
  CHECK(table.text() ==
        "page 0 2000000001\n"
        "=1\targ~--seed=\trun=/bin/sh\n"
        "1\t1\n"
        "1\t22\n"
        "1*3\t\\-\n");
}

TEST_CASE("records of other fields have another shape; an id that is not the next one is said") {
  const auto table = make_table({make_record(0, 1, 7, {{"arg", "a"}}), make_record(1, 1, 8, {{"arg", "a"}, {"arg", "b"}}),
                                 make_record(2, 2, 20, {{"arg", "c"}}), make_record(4, 1, 21, {})});
  CHECK(table.text() ==
        "page 0 7\n"
        "=1\targ~\n"
        "=2\targ=a\targ=b\n"
        "=3\n"
        "1\ta\n"
        "2\n"
        "1*2@20\tc\n"
        "3\n");
}

TEST_CASE("control bytes, tabs, newlines, backslashes, and signs in names are escaped") {
  const auto table = make_table({make_record(0, 1, 1, {{"env:a=b~c\t", "x\ty\nz\\\x01"}})});
  CHECK(table.text() == "page 0 1\n=1\tenv:a\\0075b\\0176c\\t=x\\ty\\nz\\\\\\0001\n1\n");
}

TEST_CASE("a value that looks like the sign of an empty one") {
  const std::vector<Record> records = {make_record(0, 1, 1, {{"arg", "\\-"}}), make_record(1, 1, 2, {{"arg", ""}}),
                                       make_record(2, 1, 3, {{"arg", "-"}})};
  check_same(read_back(make_table(records).text()), records);
}

TEST_CASE("pages: 128 jobs each, found by their offsets") {
  std::vector<Record> records;
  for (std::uint32_t i = 0; i < 300; ++i) records.push_back(make_record(i * 2, 2, 1000 + i, {{"arg", std::to_string(i)}}));
  const auto table = make_table(records);
  REQUIRE(table.pages().size() == 3);
  const std::uint32_t first[] = {0, 256, 512};
  for (std::size_t p = 0; p < 3; ++p) {
    CHECK(table.pages()[p].first_index == first[p]);
    const auto head = "page " + std::to_string(first[p]) + " " + std::to_string(1000 + first[p] / 2) + "\n=1\t";
    CHECK(table.text().substr(table.pages()[p].offset, head.size()) == head);
  }
  check_same(read_back(table.text()), records);
  CHECK(make_table({records.begin(), records.begin() + 128}).pages().size() == 1);
  CHECK(make_table({records.begin(), records.begin() + 129}).pages().size() == 2);
  CHECK(make_table({}).text().empty());
}

TEST_CASE("any records come back") {
  test::RandomBytes random(7);
  for (int round = 0; round < 100; ++round) {
    std::vector<Record> records;
    std::uint32_t index = 0;
    for (unsigned i = 0; i < 1 + random.number(200); ++i) {
      auto record = make_record(index, 1 + random.number(3), 2000000000 + random.number(1000), {});
      for (unsigned f = random.number(4); f > 0; --f) {
        // A first part that is often the same, so that there are common beginnings that end anywhere.
        record.fields.push_back({random.number(3) == 0 ? "env:" + random.text(2) : "arg",
                                 std::string("x\\\xc3\xa9=", random.number(6)) + random.text(2)});
      }
      index += record.tasks;
      records.push_back(std::move(record));
    }
    check_same(read_back(make_table(records).text()), records);
  }
}
