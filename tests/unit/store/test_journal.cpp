#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>

#include "store/journal.hpp"
#include "store/virtual_ids.hpp"
#include "support.hpp"
#include "util/fd.hpp"
#include "util/result.hpp"

using namespace sarray;
using namespace sarray::store;
using test::bytes_of;

namespace {

struct Seen {
  RecordKind kind;
  std::string payload;
  std::uint64_t offset;
  std::uint32_t jobs;
  friend bool operator==(const Seen&, const Seen&) = default;
};

std::vector<Seen> records_of(std::string_view bytes, std::uint64_t* whole = nullptr) {
  std::vector<Seen> seen;
  const auto length = visit_records(bytes, [&](const JournalRecord& record) {
    seen.push_back({record.kind, std::string(record.payload), record.offset, record.totals.jobs});
  });
  if (whole != nullptr) *whole = length;
  return seen;
}

/// A folder with a journal of these payloads, one call each.
struct Journal {
  test::TemporaryFolder folder;
  std::string path = folder / "journal";
  std::string counter = folder / "next_id";

  explicit Journal(const std::vector<std::string>& payloads) {
    auto appender = Appender::open(counter, path, true);
    REQUIRE(appender);
    for (const auto& payload : payloads) {
      auto totals = appender->totals();
      ++totals.jobs;
      ++totals.jobs_queued;
      totals.tasks_queued += 3;
      appender->add(RecordKind::call, payload, totals);
      REQUIRE(appender->write());
    }
  }

  /// Appends one more. @return what the appender knew before, or the error.
  util::Result<Totals> append(const std::string& payload) const {
    TRY(auto appender, Appender::open(counter, path, false));
    const auto before = appender.totals();
    auto after = before;
    ++after.jobs;
    appender.add(RecordKind::call, payload, after);
    CHECK_OK(appender.write());
    return before;
  }
};

const std::vector<std::string> three = {"first", std::string("se\0cond\n", 8), "the third payload"};

}  // namespace

TEST_CASE("a journal gives back its records, in order, with the totals") {
  const Journal journal(three);
  std::uint64_t whole = 0;
  const auto bytes = bytes_of(journal.path);
  const auto seen = records_of(bytes, &whole);
  REQUIRE(seen.size() == 3);
  CHECK(whole == bytes.size());
  for (std::uint32_t i = 0; i < 3; ++i) {
    CHECK(seen[i].payload == three[i]);
    CHECK(seen[i].jobs == i + 1);
  }
  CHECK(seen[0].offset == 0);
  const auto fd = util::open_file(journal.path, O_RDONLY);
  REQUIRE(fd);
  CHECK(read_record_at(fd->get(), seen[1].offset, RecordKind::call) == three[1]);
  CHECK_FALSE(read_record_at(fd->get(), seen[1].offset, RecordKind::script));
  CHECK_FALSE(read_record_at(fd->get(), seen[1].offset + 1, RecordKind::call));
  CHECK_FALSE(read_record_at(fd->get(), bytes.size(), RecordKind::call));
}

TEST_CASE("an empty payload, and a large one") {
  const Journal journal({"", std::string(3000000, 'x')});
  const auto seen = records_of(bytes_of(journal.path));
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].payload.empty());
  CHECK(seen[1].payload.size() == 3000000);
}

TEST_CASE("several records in one write") {
  Journal journal(three);
  {
    auto appender = Appender::open(journal.counter, journal.path, false);
    REQUIRE(appender);
    CHECK(appender->totals().jobs == 3);
    CHECK(appender->totals().tasks_queued == 9);
    const auto first = appender->add(RecordKind::script, "script", appender->totals());
    const auto second = appender->add(RecordKind::call, "call", {4, 4, 10});
    CHECK(first == bytes_of(journal.path).size());
    REQUIRE(appender->write());
    const auto seen = records_of(bytes_of(journal.path));
    REQUIRE(seen.size() == 5);
    CHECK(seen[3] == Seen{RecordKind::script, "script", first, 3});
    CHECK(seen[4] == Seen{RecordKind::call, "call", second, 4});
  }
  CHECK(journal.append("x")->tasks_queued == 10);
}

TEST_CASE("every length that a journal can be cut to: the earlier records stay, the rest is seen as torn") {
  const Journal journal(three);
  const auto bytes = bytes_of(journal.path);
  const auto all = records_of(bytes);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CAPTURE(length);
    std::uint64_t whole = 0;
    const auto seen = records_of(std::string_view(bytes).substr(0, length), &whole);
    const std::size_t expected = length < all[1].offset ? 0 : length < all[2].offset ? 1 : 2;
    REQUIRE(seen.size() == expected);
    CHECK(std::equal(seen.begin(), seen.end(), all.begin()));
    CHECK(whole == all[expected].offset);
  }
}

TEST_CASE("appending after a torn end works for every length, and keeps the torn bytes beside") {
  const Journal journal(three);
  const auto bytes = bytes_of(journal.path);
  const auto last = records_of(bytes)[2].offset;
  for (std::size_t length = last; length < bytes.size(); ++length) {
    CAPTURE(length);
    REQUIRE(util::write_file_atomically(journal.path, std::string_view(bytes).substr(0, length)));
    const auto before = journal.append("after");
    REQUIRE(before);
    CHECK(before->jobs == 2);
    CHECK(before->tasks_queued == 6);
    const auto now = bytes_of(journal.path);
    const auto seen = records_of(now);
    REQUIRE(seen.size() == 3);
    CHECK(now.substr(0, last) == bytes.substr(0, last));
    CHECK(seen[2].payload == "after");
    const auto torn = journal.path + ".torn-" + std::to_string(last);
    if (length > last) CHECK(bytes_of(torn) == bytes.substr(last, length - last));
    std::filesystem::remove(torn);
  }
}

TEST_CASE("every flipped byte of the last record is seen, and what was before it stays") {
  const Journal journal(three);
  const auto bytes = bytes_of(journal.path);
  const auto last = records_of(bytes)[2].offset;
  for (std::size_t at = last; at < bytes.size(); ++at) {
    CAPTURE(at);
    auto flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    CHECK(records_of(flipped).size() == 2);
  }
}

TEST_CASE("damage in the middle is skipped, told, and not mistaken for a torn end") {
  const Journal journal(three);
  const auto bytes = bytes_of(journal.path);
  const auto all = records_of(bytes);
  for (auto at = all[1].offset; at < all[2].offset; ++at) {
    CAPTURE(at);
    auto damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    std::vector<std::uint64_t> payloads;
    std::vector<std::uint64_t> skipped;
    const auto whole = visit_records(
        damaged, [&](const JournalRecord& record) { payloads.push_back(record.offset); },
        [&](std::uint64_t first, std::uint64_t last) {
          skipped.insert(skipped.end(), {first, last});
        });
    CHECK(whole == bytes.size());
    CHECK(payloads == std::vector<std::uint64_t>{0, all[2].offset});
    CHECK(skipped == std::vector<std::uint64_t>{all[1].offset, all[2].offset});

    REQUIRE(util::write_file_atomically(journal.path, damaged + "torn"));
    const auto before = journal.append("after");
    REQUIRE(before);
    CHECK(before->jobs == 3);
    CHECK(bytes_of(journal.path).substr(0, bytes.size()) == damaged);
    CHECK(records_of(bytes_of(journal.path)).back().payload == "after");
  }
}

TEST_CASE("a journal's file, which is read piece by piece, says what its bytes say, whole or damaged") {
  test::RandomBytes random(11);
  std::vector<std::string> payloads;
  for (int i = 0; i < 40; ++i) payloads.push_back(random.text(100) + std::string(random.number(150000), 'p'));
  payloads.push_back(std::string(3000000, 'q'));
  for (int i = 0; i < 300; ++i) payloads.push_back(random.text(10000));
  const Journal journal(payloads);
  const auto bytes = bytes_of(journal.path);
  REQUIRE(bytes.size() > 6000000);
  const auto check = [&](const std::string& changed) {
    REQUIRE(util::write_file_atomically(journal.path, changed));
    std::vector<Seen> seen;
    std::vector<std::uint64_t> skipped;
    std::vector<std::uint64_t> expected;
    const auto extent = visit_journal(
        journal.path,
        [&](const JournalRecord& record) {
          seen.push_back({record.kind, std::string(record.payload), record.offset, record.totals.jobs});
        },
        [&](std::uint64_t first, std::uint64_t last) {
          skipped.insert(skipped.end(), {first, last});
        });
    REQUIRE(extent);
    CHECK(extent->size == changed.size());
    const auto whole = visit_records(
        changed, [](const JournalRecord&) {},
        [&](std::uint64_t first, std::uint64_t last) {
          expected.insert(expected.end(), {first, last});
        });
    CHECK(extent->whole == whole);
    CHECK(skipped == expected);
    const bool same = seen == records_of(changed);
    CHECK(same);
  };
  check(bytes);
  check("");
  for (const std::size_t place : {5, 70, 900000, 1048570, 1048576, 1100000, 4000000, 6000000}) {
    CAPTURE(place);
    auto damaged = bytes;
    damaged[place] = static_cast<char>(damaged[place] ^ 0x10);
    check(damaged);
    check(bytes.substr(0, place));
    check(damaged.substr(0, bytes.size() - 9));
  }
}

TEST_CASE("a journal whose first record is damaged is none, and is not cut") {
  const Journal journal(three);
  auto bytes = bytes_of(journal.path);
  bytes[20] ^= 1;
  CHECK(records_of(bytes).empty());
  REQUIRE(util::write_file_atomically(journal.path, bytes + "torn"));
  CHECK_FALSE(journal.append("x"));
  CHECK(bytes_of(journal.path) == bytes + "torn");
}

TEST_CASE("a torn record that ends in what another journal's end looks like") {
  // A job script may well hold a journal: its last bytes are a whole tail, but not this record's.
  const Journal inner({"x"});
  const Journal outer({"first", "a script with a journal in it: " + bytes_of(inner.path) + " and more"});
  const auto bytes = bytes_of(outer.path);
  const auto second = records_of(bytes)[1].offset;
  const auto cut = bytes.find(" and more");
  REQUIRE(cut != std::string::npos);
  REQUIRE(util::write_file_atomically(outer.path, std::string_view(bytes).substr(0, cut)));
  const auto before = outer.append("after");
  REQUIRE(before);
  CHECK(before->jobs == 1);
  const auto seen = records_of(bytes_of(outer.path));
  REQUIRE(seen.size() == 2);
  CHECK(seen[1].offset == second);
  CHECK(seen[1].payload == "after");
}

TEST_CASE("what is no journal is refused and left as it is") {
  test::TemporaryFolder folder;
  const std::string text(200, 'x');
  REQUIRE(util::write_file_atomically(folder / "journal", text));
  const auto appender = Appender::open(folder / "next_id", folder / "journal", false);
  REQUIRE_FALSE(appender);
  CHECK(appender.error().why == "it is not a sarray journal");
  CHECK(bytes_of(folder / "journal") == text);
  CHECK_FALSE(Appender::open(folder / "next_id", folder / "journal", true));  // never over what is there
  CHECK_FALSE(Appender::open(folder / "next_id", folder / "missing", false));
  std::filesystem::create_symlink(folder / "journal", folder / "link");
  CHECK_FALSE(Appender::open(folder / "next_id", folder / "link", false));
}

TEST_CASE("a write that is cut short leaves the journal as it was") {
  const Journal journal(three);
  const auto bytes = bytes_of(journal.path);
  const int failed = test::run_in_processes(1, [&](int) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes.size() + 100, RLIM_INFINITY};  // a disk with room for 100 bytes more
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return false;
    const auto result = journal.append(std::string(5000, 'x'));
    return !result && result.error().why == "File too large";
  });
  CHECK(failed == 1);
  CHECK(bytes_of(journal.path) == bytes);
  CHECK(journal.append("x"));
}

TEST_CASE("virtual ids: in a row, never twice, and found again where the counter is lost") {
  test::TemporaryFolder folder;
  const auto counter = folder / "next_id";
  const auto take = [&](std::uint32_t count) -> std::uint32_t {
    const auto lock = lock_counter(counter);
    REQUIRE(lock);
    return take_ids(lock->get(), counter, count).value_or(0);
  };
  CHECK(take(1) == 2000000001);
  CHECK(take(5) == 2000000002);
  CHECK(take(1) == 2000000007);
  for (const char* damage : {"", "x\n", "17\n", "99999999999999\n", "2000000009"}) {
    CAPTURE(damage);
    REQUIRE(util::write_file_atomically(counter, damage));
    CHECK(take(1) == 2000000001);
  }
  REQUIRE(util::write_file_atomically(counter, "2147483640\n"));
  CHECK(take(7) == 2147483640);
  const auto lock = lock_counter(counter);
  const auto used_up = take_ids(lock->get(), counter, 1);
  REQUIRE_FALSE(used_up);
  CHECK(used_up.error().why == "all of them are used up");
}
