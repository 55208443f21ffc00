#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "session_support.hpp"
#include "store/contents_reader.hpp"
#include "store/encoding.hpp"
#include "store/journal.hpp"
#include "store/session.hpp"
#include "store/shell.hpp"

using namespace sarray;
using namespace sarray::store;
using namespace sarray::test;

TEST_CASE("a version from the future is refused by name, and nothing is written to it") {
  const test::State state;
  const auto folder = test::State::folder();
  auto session = create(folder);
  std::filesystem::remove(journal_of(session));
  {
    auto appender = Appender::open(folder.counter(), journal_of(session), true);
    REQUIRE(appender);
    Writer start;
    start.u32(journal_version + 1);
    start.text("who knows");
    appender->add(RecordKind::start, start.bytes(), {});
    REQUIRE(appender->write());
  }
  const auto before = test::bytes_of(journal_of(session));
  const auto words = [&](const auto& result) {
    return result ? std::string("taken") : result.error().what + ": " + result.error().why;
  };
  const auto expected = "session " + session.name() + ": it was written by another version of sarray (format " +
                        std::to_string(journal_version + 1) + ")";
  CHECK(words(session.read()) == expected);
  CHECK(words(session.append(make_call(), 1)) == expected);
  CHECK(words(session.drop({1})) == expected);
  CHECK(words(session.note_intent("m", "s", {1})) == expected);
  CHECK(words(session.note_accepted("m", "1")) == expected);
  CHECK(words(session.note_withdrawn("m")) == expected);
  CHECK(words(session.close(SessionInfo::State::submitted)) == expected);
  CHECK(test::bytes_of(journal_of(session)) == before);
  std::vector<std::string> warnings;
  CHECK(list_sessions(folder, &warnings)->empty());
  CHECK(warnings == std::vector<std::string>{expected});
}

namespace {

/// Makes a session as an older version began it: with that version in its first record.
void begin_as_version(const StateFolder& folder, const Session& session, std::uint32_t version) {
  auto start = encode_start(util::Environment::from_entries({"PATH=/bin"}));
  Writer number;
  number.u32(version);
  start.replace(0, 4, number.bytes());
  std::filesystem::remove(journal_of(session));
  auto appender = Appender::open(folder.counter(), journal_of(session), true);
  REQUIRE(appender);
  appender->add(RecordKind::start, start, {});
  REQUIRE(appender->write());
}

}  // namespace

TEST_CASE("a session of the first version is read and continued; a change, which that version would not see, is refused") {
  const test::State state;
  const auto folder = test::State::folder();
  auto session = create(folder);
  begin_as_version(folder, session, 1);
  REQUIRE(session.append(make_call({"sbatch", "old.sh"}), 3));
  REQUIRE(session.append(make_call({"sbatch", "old.sh"}), 1));
  REQUIRE(session.drop({2}));
  const auto before = test::bytes_of(journal_of(session));
  const auto changed = session.change(1, {"sbatch", "-t", "5", "old.sh"}, 3, false);
  REQUIRE_FALSE(changed);
  CHECK(changed.error().why == "an older version of sarray began it, which does not know changes of calls");
  CHECK(test::bytes_of(journal_of(session)) == before);
  const auto contents = session.read();
  REQUIRE(contents);
  CHECK(contents->info.jobs == 1);
  CHECK(contents->calls[0].call->argv == make_call({"sbatch", "old.sh"}).argv);
}

TEST_CASE("a record of a kind that is not known yet is no reason to go on without it") {
  const test::State state;
  const auto folder = test::State::folder();
  auto session = create(folder);
  REQUIRE(session.append(make_call(), 1));
  {
    auto appender = Appender::open(folder.counter(), journal_of(session), false);
    REQUIRE(appender);
    appender->add(static_cast<RecordKind>(99), "who knows", appender->totals());
    REQUIRE(appender->write());
  }
  const auto contents = session.read();
  REQUIRE_FALSE(contents);
  CHECK(contents.error().why == "a newer version of sarray has written to it");
}

TEST_CASE("every torn end of a session: the calls before it stay, and the reader is told") {
  const test::State state;
  auto session = create(test::State::folder());
  REQUIRE(session.append(make_call({"one"}), 1));
  const auto whole = journal_size(session);
  REQUIRE(session.append(make_call({"two"}, "#!/bin/sh\nanother\n"), 1));
  const auto bytes = test::bytes_of(journal_of(session));
  const auto script_end = [&] {
    std::uint64_t end = 0;
    visit_records(bytes, [&](const JournalRecord& record) { end = record.offset; });
    return end;
  }();
  for (auto length = whole + 1; length < bytes.size(); ++length) {
    CAPTURE(length);
    REQUIRE(util::write_file_atomically(journal_of(session), std::string_view(bytes).substr(0, length)));
    const auto contents = read(session);
    CHECK(contents.calls.size() == 1);
    CHECK(contents.info.jobs == 1);
    if (length != script_end) {
      REQUIRE(contents.warnings.size() == 1);
      CHECK(contents.warnings[0].find("a call was interrupted while it was being recorded") != std::string::npos);
    }
    const auto appended = session.append(make_call({"three"}), 1);
    REQUIRE(appended);
    CHECK(appended->job == 2);
    CHECK(read(session).calls.back().call->argv.back() == "three");
    CHECK(read(session).warnings.empty());
  }
}

TEST_CASE("a damaged byte in the middle loses no other call, and is not passed over in silence") {
  const test::State state;
  auto session = create(test::State::folder());
  for (const char* name : {"one", "damaged", "three", "four"}) REQUIRE(session.append(make_call({name}), 1));
  auto bytes = test::bytes_of(journal_of(session));
  bytes[bytes.find("damaged")] ^= 1;
  REQUIRE(util::write_file_atomically(journal_of(session), bytes));
  const auto contents = read(session);
  REQUIRE(contents.calls.size() == 4);
  CHECK(contents.calls[1].dropped);
  CHECK(contents.calls[3].job == 4);
  CHECK(contents.calls[3].call->argv.back() == "four");
  CHECK(contents.info.jobs == 3);
  REQUIRE(contents.warnings.size() == 1);
  CHECK(contents.warnings[0].find("damaged") != std::string::npos);
  REQUIRE(session.drop({3}));
  CHECK(read(session).calls[2].dropped);
  CHECK(session.append(make_call(), 1)->job == 5);
}

TEST_CASE("virtual ids are found again where the counter is lost") {
  const test::State state;
  const auto folder = test::State::folder();
  auto session = create(folder);
  for (int i = 0; i < 3; ++i) REQUIRE(session.append(make_call(), 1));
  std::filesystem::remove(folder.counter());
  CHECK(session.append(make_call(), 1)->id == 2000000004);
  auto other = create(folder);
  CHECK(other.append(make_call(), 1)->id == 2000000005);
}

TEST_CASE("virtual ids that only a submission's record knows are not given twice if the counter is lost, empty or damaged") {
  const test::State state;
  const auto folder = test::State::folder();
  REQUIRE(next_virtual_ids(folder, 7) == 2000000001);  // of a queue file, which has no journal
  std::filesystem::create_directories(folder.submissions() + "/marker");
  REQUIRE(util::write_file_atomically(
      folder.submissions() + "/marker/record.json",
      "{\"version\":1,\"job_id\":\"131\",\"ids\":[[2000000001,2000000003],[2000000005,2000000007]]}\n"));
  std::uint32_t next = 2000000008;
  for (const char* damage : {"", "x\n", "20000", "2000000001"}) {
    CAPTURE(damage);
    REQUIRE(util::write_file_atomically(folder.counter(), damage));
    CHECK(next_virtual_ids(folder, 1) == next);
  }
  std::filesystem::remove(folder.counter());
  CHECK(next_virtual_ids(folder, 1) == next);
}

TEST_CASE("virtual ids are unique among 8 processes") {
  const test::State state;
  const auto folder = test::State::folder();
  test::TemporaryFolder results;
  const int done = test::run_in_processes(8, [&](int process) {
    std::string taken;
    for (int i = 0; i < 50; ++i) {
      const auto first = next_virtual_ids(folder, 3);
      if (!first) return false;
      for (std::uint32_t k = 0; k < 3; ++k) taken += std::to_string(*first + k) + "\n";
    }
    return util::write_file_atomically(results / std::to_string(process), taken).has_value();
  });
  CHECK(done == 8);
  std::set<std::string> ids;
  for (int process = 0; process < 8; ++process) {
    const auto taken = test::bytes_of(results / std::to_string(process));
    for (std::size_t at = 0; at < taken.size(); at += 11) ids.insert(taken.substr(at, 10));
  }
  CHECK(ids.size() == 8 * 50 * 3);
  CHECK(*ids.begin() == "2000000001");
  CHECK(*ids.rbegin() == "2000001200");
}

TEST_CASE("16 processes that append 20 calls each make 320 jobs") {
  const test::State state;
  auto session = create(test::State::folder());
  const int done = test::run_in_processes(16, [&](int process) {
    for (int i = 0; i < 20; ++i) {
      const auto name = std::to_string(process) + "." + std::to_string(i);
      if (!session.append(make_call({name}, "#!/bin/sh\n# " + std::to_string(process) + "\n"), 2)) return false;
    }
    return true;
  });
  CHECK(done == 16);
  const auto contents = read(session);
  CHECK(contents.warnings.empty());
  REQUIRE(contents.calls.size() == 320);
  std::set<std::uint32_t> ids;
  std::set<std::string> names;
  for (std::uint32_t i = 0; i < 320; ++i) {
    const auto& recorded = contents.calls[i];
    CHECK(recorded.job == i + 1);
    ids.insert(recorded.id);
    names.insert(recorded.call->argv.back());
    const auto& name = recorded.call->argv.back();
    CHECK(*recorded.call->script == "#!/bin/sh\n# " + name.substr(0, name.find('.')) + "\n");
  }
  CHECK(ids.size() == 320);
  CHECK(names.size() == 320);
  CHECK(contents.info.tasks == 640);
}

TEST_CASE("a record that claims more jobs than its journal has room for is left out, and costs no memory") {
  const test::State state;
  const auto folder = state.folder();
  auto session = Session::create(folder, util::Environment());
  REQUIRE(session);
  REQUIRE(session->append(test::make_call(), 1));
  {
    auto appender = Appender::open(folder.counter(), session->folder() + "/journal", false);
    REQUIRE(appender);
    auto totals = appender->totals();
    totals.jobs = 4000000000U;
    appender->add(RecordKind::call, "no call", totals);
    REQUIRE(appender->write());
  }
  const auto contents = session->read();
  REQUIRE(contents);
  CHECK(contents->info.jobs == 1);
  CHECK(contents->calls.size() < 100);
  CHECK(contents->warnings.size() == 1);
}

TEST_CASE("a record that is being written is no loss: it is looked at again under the lock") {
  const test::State state;
  auto session = create(test::State::folder());
  REQUIRE(session.append(make_call(), 1));
  const auto path = journal_of(session);
  const auto before = journal_size(session);
  REQUIRE(session.append(make_call({"--seed=2"}), 1));
  const auto whole = test::bytes_of(path);
  // A writer that holds the lock and has written half of its record.
  auto lock = lock_counter(test::State::folder().counter());
  REQUIRE(lock);
  std::filesystem::resize_file(path, (before + whole.size()) / 2);
  const auto child = ::fork();
  if (child == 0) {
    ::usleep(200000);
    const auto fd = util::open_file(path, O_WRONLY);
    const bool is_written = fd && util::write_all(fd->get(), whole, path);
    ::_exit(is_written ? 0 : 1);  // the lock, which it has too, ends with it
  }
  lock->reset();
  const auto contents = read(session);
  CHECK(contents.warnings.empty());
  CHECK(contents.calls.size() == 2);
  int status = -1;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
}

TEST_CASE("files have their modes whatever the umask") {
  const test::State state;
  const auto before = ::umask(0777);
  auto session = Session::create(test::State::folder(), base);
  const bool is_recorded = session && session->append(make_call(), 1) && session->drop({1}) && session->end();
  ::umask(before);
  CHECK(is_recorded);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(test::State::folder().path())) {
    CAPTURE(entry.path());
    struct stat mode {};
    REQUIRE(::lstat(entry.path().c_str(), &mode) == 0);
    const mode_t want = entry.is_directory() ? 0700 : 0600;
    CHECK((mode.st_mode & 0777) == want);
  }
}
