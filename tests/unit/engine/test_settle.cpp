#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>

#include "../plan_support.hpp"
#include "../store/state.hpp"
#include "engine/settle.hpp"
#include "engine/submissions.hpp"
#include "store/submissions.hpp"
#include "support.hpp"
#include "util/fd.hpp"

using namespace sarray;
using Lines = std::vector<std::string>;

namespace {

/// A submission of which only the intent is noted, as a process that was killed leaves it.
struct Interrupted {
  test::State state;
  store::StateFolder folder = test::State::folder();
  test::ScriptedEngine engine;

  store::Submission note(const std::string& marker, const std::string& queue_file = "") {
    store::Submission submission;
    submission.folder = folder.submissions() + "/" + marker;
    submission.cluster = "c";
    submission.queue_file = queue_file;
    submission.set_begun(engine.clock);
    std::filesystem::create_directories(submission.folder);
    REQUIRE(store::write_submission(submission));
    touch_lock(submission, engine.clock.seconds);
    return submission;
  }
  /// When its sbatch ended.
  static void touch_lock(const store::Submission& submission, std::int64_t seconds) {
    const auto path = submission.folder + "/lock";
    const auto lock = util::open_file(path, O_RDWR | O_CREAT);
    REQUIRE(lock);
    const std::array<timespec, 2> times = {timespec{seconds, 0}, timespec{seconds, 0}};
    REQUIRE(::futimens(lock->get(), times.data()) == 0);
  }
  void pass(std::int64_t seconds) {
    engine.clock.seconds += seconds;
    engine.clock.uptime += seconds;
  }
  void let_slurm_have(const std::string& marker, const std::string& job_id) {
    engine.held.push_back({job_id, folder.submissions(), marker, ""});
  }
  std::string job_id_of(const store::Submission& submission) const {
    const auto read = store::read_submission(submission.folder);
    REQUIRE(read);
    return read->is_withdrawn ? "withdrawn" : read->is_forgotten ? "forgotten" : read->job_id;
  }
};

std::string words(const util::Error& error) { return error.what + ": " + error.why + " | " + error.hint; }

template <class Value>
std::string refusal(const util::Result<Value>& result) {
  return result ? "(none)" : words(result.error());
}

}  // namespace

TEST_CASE("an interrupted submission of a file that Slurm has is not made again") {
  Interrupted world;
  const auto submission = world.note("00ff", "/q");
  world.let_slurm_have("00ff", "17");
  world.pass(1);
  CHECK(refusal(engine::settle_file("/q", world.folder, world.engine, false)) ==
        "an earlier submission of /q: it was interrupted, but Slurm has it as job 17; nothing was submitted now | "
        "to submit it a second time: sarray submit /q");
  CHECK(world.job_id_of(submission) == "17");
  CHECK(world.engine.asked == Lines{"find since -86401"});
  CHECK(*engine::settle_file("/q", world.folder, world.engine, false) == Lines{});  // it is settled
}

TEST_CASE("one that Slurm never had is withdrawn") {
  Interrupted world;
  const auto submission = world.note("00ff", "/q");
  const auto other = world.note("00aa", "/other");
  world.pass(30);
  CHECK(*engine::settle_file("/q", world.folder, world.engine, false) ==
        Lines{"an earlier submission of /q was interrupted before Slurm had it"});
  CHECK(world.job_id_of(submission) == "withdrawn");
  CHECK(world.job_id_of(other).empty());
}

TEST_CASE("one that was just sent is looked for twice, ten seconds apart") {
  Interrupted world;
  const auto submission = world.note("00ff", "/q");
  world.pass(3);
  SUBCASE("and came late") {
    world.engine.on_wait = [&] { world.let_slurm_have("00ff", "17"); };
    CHECK_FALSE(engine::settle_file("/q", world.folder, world.engine, false));
    CHECK(world.job_id_of(submission) == "17");
  }
  SUBCASE("and never came") {
    CHECK(engine::settle_file("/q", world.folder, world.engine, false));
    CHECK(world.job_id_of(submission) == "withdrawn");
  }
  SUBCASE("and the clock is set back") {
    world.engine.on_wait = [&] { world.engine.clock.seconds -= 3600; };
    CHECK(engine::settle_file("/q", world.folder, world.engine, false));
    CHECK(world.job_id_of(submission) == "withdrawn");
  }
  CHECK(world.engine.asked.size() == 3);
  CHECK(world.engine.asked[1] == "wait 7");
}

TEST_CASE("one that Slurm may have forgotten needs a word") {
  Interrupted world;
  const auto submission = world.note("00ff", "/q");
  world.pass(3600);
  CHECK(refusal(engine::settle_file("/q", world.folder, world.engine, false)) ==
        "an earlier submission of /q was interrupted: Slurm has no trace of it, but may have forgotten a finished job | "
        "if you are sure that it did not run: sarray submit /q --again");
  CHECK(world.job_id_of(submission).empty());
  CHECK(engine::settle_file("/q", world.folder, world.engine, true));
  CHECK(world.job_id_of(submission) == "withdrawn");
}

TEST_CASE("two hosts whose clocks are ten minutes apart") {
  for (const std::int64_t ahead : {-600, 600}) {
    CAPTURE(ahead);
    Interrupted world;
    world.engine.clock.seconds += ahead;  // the first host's clock
    const auto submission = world.note("00ff", "/q");
    world.engine.clock = {1'800'000'000 + 20, "another boot", 77};
    SUBCASE("what Slurm has is found, also by accounting alone") {
      world.let_slurm_have("00ff", "17");
      CHECK_FALSE(engine::settle_file("/q", world.folder, world.engine, false));
      CHECK(world.job_id_of(submission) == "17");
      const auto since = std::stoll(world.engine.asked.front().substr(11));
      CHECK(since <= -86400);
      CHECK(since >= -90000);
    }
    SUBCASE("what it does not show may be forgotten, now and when the second clock has passed the time") {
      for (const std::int64_t pause : {0, 560, 30, 30, 3600}) {
        world.pass(pause);
        CHECK_FALSE(engine::settle_file("/q", world.folder, world.engine, false));
        CHECK(world.job_id_of(submission).empty());
      }
    }
  }
}

TEST_CASE("while Slurm does not answer nothing is decided") {
  Interrupted world;
  const auto submission = world.note("00ff", "/q");
  world.pass(30);
  world.engine.unreachable = "it failed with status 1";
  CHECK_FALSE(engine::settle_file("/q", world.folder, world.engine, false));
  CHECK_FALSE(engine::settle_file("/q", world.folder, world.engine, true));
  CHECK(world.job_id_of(submission).empty());
}

TEST_CASE("another cluster is not asked, whatever it shows") {
  Interrupted world;
  const auto submission = world.note("00ff", "/q");
  world.pass(30);
  world.let_slurm_have("00ff", "17");
  world.engine.site.cluster_name = "d";
  CHECK(refusal(engine::settle_file("/q", world.folder, world.engine, false)) ==
        "an earlier submission of /q was interrupted: it went to cluster c, and this is cluster d | "
        "sarray submit /q, with the SLURM_CONF of c");
  CHECK(world.engine.asked.empty());
  CHECK(world.job_id_of(submission).empty());
}

TEST_CASE("while its sbatch lives nothing is decided") {
  Interrupted world;
  const auto submission = world.note("00ff", "/q");
  const auto lock = util::open_file(submission.folder + "/lock", O_RDWR);
  REQUIRE(lock);
  REQUIRE(::flock(lock->get(), LOCK_EX) == 0);
  CHECK(refusal(engine::settle_file("/q", world.folder, world.engine, true)) ==
        "sbatch: the one of an earlier submission is still running | try again when it has ended: pgrep -a sbatch");
  CHECK(world.engine.asked.empty());
}

TEST_CASE("what a newer sarray noted is refused by name, and not touched") {
  Interrupted world;
  auto submission = world.note("00ff", "/q");
  submission.version = 2;
  REQUIRE(store::write_submission(submission));
  world.pass(30);
  CHECK(refusal(engine::settle_file("/q", world.folder, world.engine, true)) ==
        submission.folder +
            "/record.json: a newer sarray wrote it (version 2; this one reads up to 1) | use the sarray that submitted it");
  CHECK(engine::settle_file("/other", world.folder, world.engine, true));
  CHECK_FALSE(store::note_job_id(submission.folder, "17"));
  CHECK(engine::list_submissions(world.engine).empty());
  CHECK(world.job_id_of(submission).empty());
}

TEST_CASE("retries are settled by the array that they are of") {
  Interrupted world;
  const auto submission = world.note("00ff-retry-of-16");
  world.let_slurm_have("00ff-retry-of-16", "17");
  world.pass(1);
  CHECK(*engine::settle_retries("15", world.folder, world.engine, false) == Lines{});
  CHECK(*engine::settle_retries("16", world.folder, world.engine, false) ==
        Lines{"an earlier retry of job 16, which was interrupted, is in Slurm as job 17"});
  CHECK(world.job_id_of(submission) == "17");
}

TEST_CASE("a session's: accepted ones are noted in its journal, others are queued again") {
  Interrupted world;
  auto session = store::Session::create(world.folder, test::make_call({}).environment);
  REQUIRE(session);
  for (int i = 0; i < 2; ++i) REQUIRE(session->append(test::make_call({"j"}), 1));
  REQUIRE(session->note_intent("00ff", "/x", {1}));
  REQUIRE(session->note_intent("00aa", "/x", {2}));
  world.note("00ff");
  world.note("00aa");
  world.let_slurm_have("00ff", "17");
  world.pass(30);
  const auto lines = engine::settle_interrupted(*session, world.folder, world.engine, false);
  REQUIRE(lines);
  CHECK(*lines == Lines{"an earlier submission of jobs 1, which was interrupted, is in Slurm as job 17",
                        "an earlier submission of jobs 2 was interrupted before Slurm had it"});
  const auto contents = session->read();
  REQUIRE(contents);
  CHECK(contents->calls[0].submitted);
  CHECK_FALSE(contents->calls[1].submitted);
}

TEST_CASE("the list of submissions settles with one question, and does not wait") {
  Interrupted world;
  const auto found = world.note("00ff");
  const auto never = world.note("00aa");
  auto long_ago = world.note("00bb");
  long_ago.uptime -= 900;
  long_ago.time -= 900;
  REQUIRE(store::write_submission(long_ago));
  Interrupted::touch_lock(long_ago, long_ago.time);
  world.let_slurm_have("00ff", "17");
  const auto early = engine::list_submissions(world.engine);
  REQUIRE(early.size() == 1);
  CHECK(early.front().job_id == "17");
  CHECK(world.job_id_of(never).empty());
  CHECK(world.job_id_of(long_ago) == "forgotten");
  CHECK(world.engine.asked.size() == 1);
  world.pass(30);
  CHECK(engine::list_submissions(world.engine).size() == 1);
  CHECK(world.job_id_of(never) == "withdrawn");
  CHECK(world.job_id_of(found) == "17");
  CHECK(world.engine.asked.size() == 2);
}
