#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "store/encoding.hpp"
#include "store/journal.hpp"
#include "store/session.hpp"
#include "store/shell.hpp"
#include "support.hpp"

using namespace sarray;
using namespace sarray::store;
using test::make_call;

namespace {

const util::Environment base = make_call().environment;

Session create(const StateFolder& folder) {
  auto session = Session::create(folder, base);
  REQUIRE(session);
  return *session;
}

SessionContents read(const Session& session) {
  auto contents = session.read();
  REQUIRE(contents);
  return std::move(*contents);
}

std::string journal_of(const Session& session) { return session.folder() + "/journal"; }
std::uint64_t journal_size(const Session& session) { return std::filesystem::file_size(journal_of(session)); }

std::vector<std::uint32_t> numbers(const SessionContents& contents) {
  std::vector<std::uint32_t> result;
  for (const auto& call : contents.calls) result.push_back(call.job);
  return result;
}

using Numbers = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("create, append, read: the call as it was made") {
  const test::State state;
  auto session = create(test::State::folder());
  auto call = make_call({"--seed=1", "a\nb"}, "#!/bin/bash\necho\n");
  call.environment = util::Environment::from_entries({"HOME=/home/ada", "NEW=1\n2", "PATH=/other"});
  call.umask = 027;
  call.limits[3] = 12345;
  call.source = slurm::ScriptSource::standard_input;
  call.export_file = "X=1";
  const auto appended = session.append(call, 3);
  REQUIRE(appended);
  CHECK(appended->job == 1);
  CHECK(appended->id == 2000000001);
  CHECK(appended->jobs_queued == 1);
  CHECK(appended->tasks_queued == 3);

  const auto contents = read(session);
  CHECK(contents.warnings.empty());
  CHECK(contents.info.name == session.name());
  CHECK(contents.info.jobs == 1);
  CHECK(contents.info.tasks == 3);
  CHECK(contents.info.state == SessionInfo::State::open);
  CHECK(contents.info.last_call >= contents.info.started);
  REQUIRE(contents.calls.size() == 1);
  const auto& recorded = contents.calls.front();
  CHECK(recorded.id == 2000000001);
  CHECK(recorded.tasks == 3);
  CHECK_FALSE(recorded.dropped);
  CHECK_FALSE(recorded.submitted);
  CHECK(recorded.call->argv == call.argv);
  CHECK(recorded.call->environment.entries() == call.environment.entries());
  CHECK(*recorded.call->script == *call.script);
  CHECK(recorded.call->umask == call.umask);
  CHECK(recorded.call->limits == call.limits);
  CHECK(recorded.call->source == call.source);
  CHECK(recorded.call->export_file == call.export_file);
}

TEST_CASE("its folder and files are the user's alone") {
  const test::State state;
  const auto before = ::umask(0);
  auto session = create(test::State::folder());
  REQUIRE(session.append(make_call(), 1));
  ::umask(before);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(test::State::folder().path())) {
    CAPTURE(entry.path());
    struct stat mode {};
    REQUIRE(::lstat(entry.path().c_str(), &mode) == 0);
    CHECK((mode.st_mode & 077) == 0);
  }
}

TEST_CASE("a link in place of a file is not followed: what it leads to stays as it is, and is not read") {
  const test::State state;
  const auto folder = test::State::folder();
  const auto victim = folder.path() + "/victim";
  const auto linked = [&](const std::string& path, const auto& work) {
    REQUIRE(util::write_file_atomically(victim, "2000000001\nprecious\n"));
    std::filesystem::rename(path, path + ".kept");
    std::filesystem::create_symlink(victim, path);
    work();
    CHECK(test::bytes_of(victim) == "2000000001\nprecious\n");
    std::filesystem::remove(path);
    std::filesystem::rename(path + ".kept", path);
  };
  auto session = create(folder);
  REQUIRE(session.append(make_call(), 1));
  linked(journal_of(session), [&] {
    CHECK_FALSE(session.append(make_call(), 1));
    CHECK_FALSE(session.drop({1}));
    CHECK_FALSE(session.read());
  });
  linked(folder.counter(), [&] { CHECK_FALSE(session.append(make_call(), 1)); });
  linked(session.folder() + "/recent", [&] { CHECK(session.append(make_call(), 1)); });  // hints, which can be done without
  const auto contents = session.read();
  REQUIRE(contents);
  CHECK(contents->calls.size() == 2);
}

TEST_CASE("open finds a session by its name, and nothing else") {
  const test::State state;
  const auto folder = test::State::folder();
  auto session = create(folder);
  REQUIRE(session.append(make_call(), 1));
  auto again = Session::open(folder, session.name());
  REQUIRE(again);
  CHECK(again->append(make_call(), 1)->job == 2);
  CHECK(read(session).calls.size() == 2);
  for (const std::string name : {"none", "", ".", "..", "../sessions", "a/b"}) {
    CAPTURE(name);
    const auto missing = Session::open(folder, name);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().why == name);
    CHECK(missing.error().what == "no such session");
  }
}

TEST_CASE("current is the session that the shell names") {
  const test::State state;
  const auto folder = test::State::folder();
  ::unsetenv(util::session_variable);
  CHECK(Session::current(folder).error().what == "no session");
  const auto session = create(folder);
  ::setenv(util::session_variable, session.name().c_str(), 1);
  CHECK(Session::current(folder)->name() == session.name());
  ::unsetenv(util::session_variable);
}

TEST_CASE("numbers never change: not by drops, not by submissions") {
  const test::State state;
  auto session = create(test::State::folder());
  for (std::uint32_t i = 1; i <= 4; ++i) REQUIRE(session.append(make_call(), i));
  REQUIRE(session.drop({2, 99}));
  auto appended = session.append(make_call(), 10);
  CHECK(appended->job == 5);
  CHECK(appended->jobs_queued == 4);
  CHECK(appended->tasks_queued == 1 + 3 + 4 + 10);
  auto contents = read(session);
  CHECK(numbers(contents) == Numbers{1, 2, 3, 4, 5});
  CHECK(contents.calls[1].dropped);
  CHECK_FALSE(contents.calls[2].dropped);
  CHECK(contents.info.jobs == 4);
  CHECK(contents.info.tasks == 18);

  REQUIRE(session.drop({2}));  // dropped already: it does not count twice
  REQUIRE(session.note_intent("m1", "/tmp/script", {1, 3}));
  REQUIRE(session.note_accepted("m1", "4711"));
  appended = session.append(make_call(), 1);
  CHECK(appended->job == 6);
  CHECK(appended->jobs_queued == 3);
  CHECK(appended->tasks_queued == 4 + 10 + 1);
  contents = read(session);
  CHECK(numbers(contents) == Numbers{1, 2, 3, 4, 5, 6});
  CHECK(contents.calls[0].submitted);
  CHECK(contents.calls[2].submitted);
  CHECK_FALSE(contents.calls[3].submitted);
  CHECK(contents.info.jobs == 3);
  CHECK(contents.info.tasks == 15);
}

TEST_CASE("a submission: intent, then accepted or withdrawn") {
  const test::State state;
  auto session = create(test::State::folder());
  for (int i = 0; i < 3; ++i) REQUIRE(session.append(make_call(), 1));
  REQUIRE(session.note_intent("m1", "/home/ada/one.sh", {1}));
  REQUIRE(session.note_intent("m2", "/home/ada/two.sh", {2, 3}));
  auto contents = read(session);
  REQUIRE(contents.submissions.size() == 2);
  CHECK_FALSE(contents.submissions[0].accepted);
  CHECK(contents.submissions[0].marker == "m1");
  CHECK(contents.submissions[0].script == "/home/ada/one.sh");
  CHECK(contents.submissions[1].jobs == Numbers{2, 3});
  CHECK(contents.info.jobs == 3);  // not submitted yet

  REQUIRE(session.note_withdrawn("m1"));
  REQUIRE(session.note_accepted("m2", "815"));
  REQUIRE(session.note_withdrawn("m2"));  // too late: it was accepted
  contents = read(session);
  REQUIRE(contents.submissions.size() == 1);
  CHECK(contents.submissions[0].marker == "m2");
  CHECK(contents.submissions[0].accepted);
  CHECK(contents.submissions[0].job_id == "815");
  CHECK(contents.info.jobs == 1);
  CHECK(session.append(make_call(), 1)->jobs_queued == 2);
}

TEST_CASE("close says how it ended; sync") {
  const test::State state;
  auto session = create(test::State::folder());
  REQUIRE(session.sync());
  REQUIRE(session.close(SessionInfo::State::submitted));
  CHECK(read(session).info.state == SessionInfo::State::submitted);
  REQUIRE(session.close(SessionInfo::State::cancelled));
  CHECK(read(session).info.state == SessionInfo::State::cancelled);
}

TEST_CASE("a call that comes after the end of a session opens it again") {
  const test::State state;
  auto session = create(test::State::folder());
  for (const auto end : {SessionInfo::State::submitted, SessionInfo::State::cancelled}) {
    REQUIRE(session.close(end));
    CHECK(read(session).info.state == end);
    const auto late = session.append(test::make_call(), 1);
    REQUIRE(late);
    CHECK(read(session).info.state == SessionInfo::State::open);
    REQUIRE(session.drop({late->job}));
    CHECK(read(session).info.state == end);
  }
}

TEST_CASE("a call that comes while a session is submitted keeps it open") {
  const test::State state;
  auto session = create(test::State::folder());
  REQUIRE(session.append(test::make_call(), 1));
  REQUIRE(session.note_intent("m", "", {1}));
  REQUIRE(session.append(test::make_call(), 1));
  REQUIRE(session.note_accepted("m", "17"));
  REQUIRE(session.close(SessionInfo::State::submitted));
  CHECK(read(session).info.state == SessionInfo::State::open);
  CHECK(read(session).info.jobs == 1);
}

TEST_CASE("alive is who holds the lock, not who once wrote a number") {
  const test::State state;
  const auto session = create(test::State::folder());
  CHECK(read(session).info.shell != ShellState::alive);
  auto lock = util::open_file(session.folder() + "/" + alive_file, O_RDWR | O_CREAT);
  REQUIRE(lock);
  REQUIRE(util::write_all(lock->get(), "1234\n", "alive"));
  CHECK(read(session).info.shell != ShellState::alive);
  REQUIRE(::flock(lock->get(), LOCK_EX) == 0);
  CHECK(read(session).info.shell == ShellState::alive);
  CHECK(read(session).info.shell_pid == 1234);
  lock->reset();
  CHECK(read(session).info.shell != ShellState::alive);
}

TEST_CASE("scripts and environments that are the same are stored once") {
  const test::State state;
  auto session = create(test::State::folder());
  const std::string script = "#!/bin/sh\n" + std::string(20000, 's') + "\n";
  auto call = make_call({}, script);
  call.environment = util::Environment::from_entries({"BIG=" + std::string(10000, 'e'), "HOME=/home/ada"});
  REQUIRE(session.append(call, 1));
  const auto first = journal_size(session);
  CHECK(first > 30000);
  for (int i = 0; i < 100; ++i) {
    call = make_call({"--seed=" + std::to_string(i)}, script);  // equal bytes, another object
    call.environment =
        util::Environment::from_entries({"BIG=" + std::string(10000, 'e'), "HOME=/home/ada", "I=" + std::to_string(i)});
    REQUIRE(session.append(call, 1));
  }
  CHECK(journal_size(session) - first < 100 * 400);
  const auto contents = read(session);
  REQUIRE(contents.calls.size() == 101);
  for (const auto& recorded : contents.calls) {
    CHECK(*recorded.call->script == script);
    CHECK(recorded.call->script == contents.calls[0].call->script);  // and held once in memory
  }
  CHECK(contents.calls[100].call->environment.get("I") == "99");
  CHECK(contents.calls[100].call->environment.get("BIG")->size() == 10000);
}

TEST_CASE("scripts that share a slot of the hints, and lost or wrong hints, cost bytes but no call") {
  const test::State state;
  auto session = create(test::State::folder());
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 1500; ++i) REQUIRE(session.append(make_call({}, "#!/bin/sh\n" + std::to_string(i) + "\n"), 1));
    if (round == 0) REQUIRE(util::write_file_atomically(session.folder() + "/recent", std::string(8192, '\x10')));
  }
  std::filesystem::remove(session.folder() + "/recent");
  REQUIRE(session.append(make_call({}, "#!/bin/sh\n7\n"), 1));
  const auto contents = read(session);
  REQUIRE(contents.calls.size() == 3001);
  CHECK(contents.warnings.empty());
  for (std::size_t i = 0; i < 3000; ++i)
    CHECK(*contents.calls[i].call->script == "#!/bin/sh\n" + std::to_string(i % 1500) + "\n");
}

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
  const auto expected = "session " + session.name() + ": it was written by another version of sarray (format 2)";
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

TEST_CASE("sessions are listed, oldest first") {
  const test::State state;
  const auto folder = test::State::folder();
  CHECK(list_sessions(folder)->empty());
  std::set<std::string> names;
  for (int i = 0; i < 5; ++i) names.insert(create(folder).name());
  REQUIRE(names.size() == 5);
  const auto sessions = list_sessions(folder);
  REQUIRE(sessions);
  std::vector<std::string> listed;
  for (const auto& info : *sessions) listed.push_back(info.name);
  CHECK(listed == std::vector<std::string>(names.begin(), names.end()));
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

TEST_CASE("what a cancel dropped comes back, unless something was recorded after it") {
  const test::State state;
  auto session = create(test::State::folder());
  for (std::uint32_t i = 1; i <= 3; ++i) REQUIRE(session.append(make_call(), i));
  REQUIRE(session.drop({1}));
  REQUIRE(session.cancel({2, 3}));
  CHECK(read(session).info.state == SessionInfo::State::cancelled);
  CHECK(read(session).info.jobs == 0);
  CHECK(session.restore_cancelled() == 2U);
  CHECK(session.restore_cancelled() == 0U);
  CHECK(read(session).info.jobs == 2);
  CHECK(read(session).info.tasks == 5);
  CHECK(read(session).info.state == SessionInfo::State::open);
  CHECK(read(session).calls[0].dropped);
  const auto appended = session.append(make_call(), 10);
  CHECK(appended->jobs_queued == 3);
  CHECK(appended->tasks_queued == 15);
  REQUIRE(session.cancel({2, 3, 4}));
  REQUIRE(session.append(make_call(), 1));
  CHECK(session.restore_cancelled() == 0U);
  CHECK(read(session).info.jobs == 1);
}

TEST_CASE("a session that is over says so, until it is opened again") {
  const test::State state;
  const auto session = create(test::State::folder());
  CHECK_FALSE(session.is_over());
  REQUIRE(session.end());
  REQUIRE(session.end());
  CHECK(session.is_over());
  REQUIRE(session.reopen());
  REQUIRE(session.reopen());
  CHECK_FALSE(session.is_over());
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
