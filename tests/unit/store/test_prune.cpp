#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>

#include "store/prune.hpp"
#include "store/session.hpp"
#include "store/shell.hpp"
#include "support.hpp"

using namespace sarray;
using namespace sarray::store;

namespace {

constexpr std::int64_t day = 86400;

void make_old(const std::string& path, std::int64_t seconds) {
  const timespec then{std::time(nullptr) - seconds, 0};
  const timespec times[2] = {then, then};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
}

Session make_session(const StateFolder& folder, std::int64_t age = 40 * day) {
  auto session = Session::create(folder, util::Environment());
  REQUIRE(session);
  make_old(session->folder() + "/journal", age);
  return *session;
}

std::vector<std::string> names(const std::vector<Pruned>& pruned) {
  std::vector<std::string> result;
  for (const auto& one : pruned) result.push_back(one.name);
  return result;
}

std::vector<std::string> prune(const StateFolder& folder, const PruneRules& rules, const std::string& own = "") {
  const auto pruned = prune_sessions(folder, rules, own);
  REQUIRE(pruned);
  return names(*pruned);
}

std::string make_submission(const StateFolder& folder, const std::string& marker, const std::string& id, std::int64_t age) {
  const auto submission_folder = folder.submissions() + "/" + marker;
  std::filesystem::create_directories(submission_folder + "/links");
  if (!id.empty()) {
    REQUIRE(util::write_file_atomically(submission_folder + "/record.json", "{\"version\":1,\"job_id\":\"" + id + "\"}\n"));
    make_old(submission_folder + "/record.json", age);
  }
  make_old(submission_folder, age);
  return submission_folder;
}

using Names = std::vector<std::string>;
const PruneRules old_ones{30 * day, std::nullopt, false};

}  // namespace

TEST_CASE("what is empty and old goes; what is young, has queued jobs, or is our own stays") {
  const test::State state;
  const auto folder = test::State::folder();
  const auto empty = make_session(folder);
  const auto young = make_session(folder, day);
  auto queued = make_session(folder);
  REQUIRE(queued.append(test::make_call(), 1));
  make_old(queued.folder() + "/journal", 400 * day);
  const auto own = make_session(folder);
  PruneRules dry = old_ones;
  dry.dry_run = true;
  CHECK(prune(folder, dry, own.name()) == Names{empty.name()});
  CHECK(std::filesystem::exists(empty.folder()));
  CHECK(prune(folder, old_ones, own.name()) == Names{empty.name()});
  CHECK(!std::filesystem::exists(empty.folder()));
  CHECK(prune(folder, {0, 0, false}, own.name()) == Names{young.name()});
  CHECK(queued.read()->calls.size() == 1);
  CHECK(own.read());
}

TEST_CASE("a session whose shell lives, or whose submit runs, stays") {
  const test::State state;
  const auto folder = test::State::folder();
  for (const auto* file : {alive_file, "submit.lock"}) {
    const auto session = make_session(folder);
    const auto path = session.folder() + "/" + file;
    {
      const auto fd = util::open_file(path, O_RDWR | O_CREAT);
      REQUIRE(fd);
      REQUIRE(::flock(fd->get(), LOCK_EX) == 0);
      CHECK(prune(folder, old_ones).empty());
      CHECK(session.read());
    }
    CHECK(prune(folder, old_ones) == Names{session.name()});
  }
}

TEST_CASE("a session whose shell outlived its listen stays") {
  const test::State state;
  const auto folder = test::State::folder();
  const auto session = make_session(folder);
  const auto note = [&](const std::string& shell) {
    REQUIRE(util::write_file_atomically(session.folder() + "/" + alive_file, "1234\n" + shell + "\n"));
  };
  const auto own = describe_process(::getpid());
  CHECK(own.find(" " + std::to_string(::getpid()) + " ") != std::string::npos);
  note(own);
  CHECK(prune(folder, old_ones).empty());
  CHECK(session.read()->info.shell == ShellState::alive);
  CHECK(session.read()->info.shell_pid == ::getpid());
  note("otherhost" + own.substr(own.find(' ')));  // this host had another name then
  CHECK(session.read()->info.shell == ShellState::alive);
  const auto word = [&](int number, const std::string& value) {
    auto at = std::string::npos;
    for (int i = 0; i < number; ++i) at = own.find(' ', at + 1);
    auto end = own.find(' ', at + 1);
    return own.substr(0, at + 1) + value + (end == std::string::npos ? "" : own.substr(end));
  };
  // Another pid namespace, and another host: nobody here can know.
  const auto other_boot = word(3, "00000000-0000-0000-0000-000000000000");
  for (const auto& unseen : {word(4, "pid:[1]"), "otherhost" + other_boot.substr(other_boot.find(' '))}) {
    CAPTURE(unseen);
    note(unseen);
    CHECK(session.read()->info.shell == ShellState::unknown);
    CHECK(prune(folder, old_ones).empty());
  }
  note(other_boot);  // this host has been started again since
  CHECK(session.read()->info.shell == ShellState::gone);
  note(word(2, "1"));  // the number is another process's by now
  CHECK(session.read()->info.shell != ShellState::alive);
  CHECK(prune(folder, old_ones) == Names{session.name()});
  CHECK(describe_process(0).empty());
}

TEST_CASE("a session whose submission was interrupted stays until that is settled") {
  const test::State state;
  const auto folder = test::State::folder();
  auto session = make_session(folder);
  const auto appended = session.append(test::make_call(), 1);
  REQUIRE(session.note_intent("00ff", "/x", {1}));
  REQUIRE(session.drop({1}));
  make_old(session.folder() + "/journal", 40 * day);
  CHECK(prune(folder, old_ones).empty());
  REQUIRE(session.note_accepted("00ff", "17"));
  make_old(session.folder() + "/journal", 40 * day);
  const auto pruned = prune_sessions(folder, old_ones, "");
  REQUIRE(pruned);
  REQUIRE(pruned->size() == 1);
  CHECK(pruned->front().state == "submitted");
}

TEST_CASE("a journal that cannot be read is kept; a session that was never begun is not") {
  const test::State state;
  const auto folder = test::State::folder();
  const auto damaged = make_session(folder);
  REQUIRE(::truncate((damaged.folder() + "/journal").c_str(), 20) == 0);
  make_old(damaged.folder() + "/journal", 400 * day);
  const auto never = folder.sessions() + "/20200101-000000.000-abcd";
  std::filesystem::create_directory(never);
  CHECK(prune(folder, {0, 0, false}).empty());  // it may be made just now
  make_old(never, 40 * day);
  CHECK(prune(folder, old_ones) == Names{"20200101-000000.000-abcd"});
  CHECK(std::filesystem::exists(damaged.folder()));
}

TEST_CASE("by count: the newest stay") {
  const test::State state;
  const auto folder = test::State::folder();
  const auto a = make_session(folder, 3 * day);
  const auto b = make_session(folder, 2 * day);
  const auto c = make_session(folder, 1 * day);
  PruneRules rules = old_ones;
  rules.keep = 1;
  CHECK(prune(folder, rules) == Names{a.name(), b.name()});
  CHECK(c.read());
}

TEST_CASE("submissions: what Slurm has, what is being made and what is locked stays") {
  const test::State state;
  const auto folder = test::State::folder();
  const auto gone = make_submission(folder, "aa", "1", 40 * day);
  const auto running = make_submission(folder, "bb", "2", 40 * day);
  const auto pending = make_submission(folder, "cc", "", 40 * day);
  const auto made = make_submission(folder, "dd", "", 60);
  const auto locked = make_submission(folder, "ee", "", 40 * day);
  const auto lock = util::open_file(locked + "/lock", O_RDWR | O_CREAT);
  REQUIRE(lock);
  REQUIRE(::flock(lock->get(), LOCK_EX) == 0);
  make_old(locked, 40 * day);
  const auto pruned =
      prune_submissions(folder, {0, 0, false}, [](const auto& marker, const auto& id) { return marker == "cc" || id == "2"; });
  REQUIRE(pruned);
  CHECK(names(*pruned) == Names{"1 (aa)"});
  CHECK(!std::filesystem::exists(gone));
  for (const auto& kept : {running, pending, made, locked}) CHECK(std::filesystem::exists(kept));
}

TEST_CASE("a removal that was interrupted is finished by the next") {
  const test::State state;
  const auto folder = test::State::folder();
  [[maybe_unused]] const auto session = make_session(folder, 0);
  std::filesystem::create_directory(folder.sessions() + "/.removed-x");
  CHECK(prune(folder, old_ones).empty());
  CHECK(!std::filesystem::exists(folder.sessions() + "/.removed-x"));
}
