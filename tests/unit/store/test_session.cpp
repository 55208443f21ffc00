#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "session_support.hpp"
#include "store/encoding.hpp"
#include "store/journal.hpp"
#include "store/session.hpp"
#include "store/shell.hpp"

using namespace sarray;
using namespace sarray::store;
using namespace sarray::test;

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

TEST_CASE("what was dropped comes back, the last first; and with the totals that the next call is told") {
  const test::State state;
  auto session = create(test::State::folder());
  for (std::uint32_t i = 1; i <= 5; ++i) REQUIRE(session.append(make_call(), i));
  CHECK(session.restore_dropped() == Numbers{});
  REQUIRE(session.drop({2}));
  REQUIRE(session.drop({1, 4}));
  REQUIRE(session.cancel({3, 5}));
  CHECK(read(session).info.jobs == 0);
  CHECK(session.restore_dropped() == Numbers{3, 5});
  CHECK(read(session).info.state == SessionInfo::State::open);
  CHECK(session.restore_dropped() == Numbers{1, 4});
  CHECK(read(session).calls[1].dropped);
  const auto appended = session.append(make_call(), 10);
  CHECK(appended->jobs_queued == 5);
  CHECK(appended->tasks_queued == 1 + 3 + 4 + 5 + 10);
  CHECK(session.restore_dropped() == Numbers{2});
  CHECK(session.restore_dropped() == Numbers{});
  CHECK(read(session).info.jobs == 6);
  // What a cancel dropped, and `listen --resume` brought back, is not left to be undone.
  REQUIRE(session.cancel({1, 2}));
  CHECK(session.restore_cancelled() == 2U);
  CHECK(session.restore_dropped() == Numbers{});
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

TEST_CASE("a changed call has its new words, and all else of it stays") {
  const test::State state;
  auto session = create(test::State::folder());
  REQUIRE(session.append(make_call({"one"}), 1));
  REQUIRE(session.append(make_call({"two"}), 4));
  REQUIRE(session.change(2, {"sbatch", "--array=0-1", "job.sh", "two"}, 2, true));
  auto contents = read(session);
  CHECK(contents.info.tasks == 3);
  CHECK_FALSE(contents.calls[0].released);
  const auto& changed = contents.calls[1];
  CHECK(changed.id == 2000000002);
  CHECK(changed.tasks == 2);
  CHECK(changed.released);
  CHECK(changed.call->argv == std::vector<std::string>{"sbatch", "--array=0-1", "job.sh", "two"});
  CHECK(*changed.call->script == *make_call({"two"}).script);
  CHECK(contents.calls[0].call->argv == make_call({"one"}).argv);
  CHECK_FALSE(session.change(3, {"sbatch"}, 1, false));
  const auto more = session.append(make_call({"three"}), 1);
  REQUIRE(more);
  CHECK(more->tasks_queued == 4);
}
