#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "../plan_support.hpp"
#include "../store/state.hpp"
#include "engine/delivery.hpp"
#include "store/session.hpp"
#include "store/submissions.hpp"
#include "support.hpp"
#include "util/fd.hpp"

using namespace sarray;

namespace {

util::Output ended(int status, const std::string& out, const std::string& err) {
  util::Output output;
  output.status = status;
  output.out = out;
  output.err = err;
  return output;
}

/// A plan of one job, on its way.
struct Sending {
  test::State state;
  store::StateFolder folder = test::State::folder();
  test::ScriptedEngine engine;
  plan::PlanOptions options = test::make_options();
  plan::Plan plan;
  script::Rendered rendered;
  engine::SubmissionFolder submission_folder = engine::name_submission_folder(folder);

  explicit Sending(const test::Words& words = {"-J", "a", "j"}) {
    engine::set_folders(options, folder.path(), submission_folder.marker);
    submission_folder.cluster = "c";
    submission_folder.queue_file = "/q";
    auto made = plan::make_plan(test::make_jobs({words}), options);
    REQUIRE(made);
    plan = std::move(*made);
    auto text = script::render(plan, plan.arrays.front(), options);
    REQUIRE(text);
    rendered = std::move(*text);
  }
  util::Result<engine::Delivery> deliver(store::Session* session = nullptr) {
    return engine::deliver(submission_folder, plan, plan.arrays.front(), rendered, options, engine, session,
                           "/home/ada/sarray.slurm");
  }
  [[nodiscard]] std::optional<store::Submission> record() const { return store::read_submission(submission_folder.folder); }
};

}  // namespace

TEST_CASE("before sbatch is run all is noted: the script, the environment, the record, the lock") {
  Sending sending;
  std::string script;
  sending.engine.on_submit = [&](const slurm::Submission& submission) -> util::Result<util::Output> {
    script = util::read_file(submission.script).value_or("");
    const auto record = sending.record();
    REQUIRE(record);
    CHECK(record->job_id.empty());
    CHECK(record->queue_file == "/q");
    CHECK(record->begun().boot == "boot");
    CHECK(record->begun().uptime == 1000);
    CHECK(record->name == "a");
    CHECK(record->tasks == 1);
    const auto start = store::read_start(*record);
    REQUIRE(start);
    CHECK(start->environment.entries() == sending.rendered.environment.entries());
    CHECK(start->umask == sending.rendered.umask);
    CHECK_FALSE(engine::lock_submission_folder(sending.submission_folder.folder));
    CHECK(submission.timeout == std::chrono::seconds(600));
    return ended(0, "Submitted batch job 17\n", "");
  };
  const auto delivery = sending.deliver();
  REQUIRE(delivery);
  CHECK(delivery->job_id == "17");
  CHECK(script == sending.rendered.script);
  CHECK(sending.record()->job_id.empty());  // until it is told
  engine::note_delivery(sending.submission_folder, *delivery);
  CHECK(sending.record()->job_id == "17");
}

TEST_CASE("a refusal leaves nothing but sbatch's words and status") {
  Sending sending;
  sending.engine.on_submit = [](const auto&) { return ended(17, "", "sbatch: error: computer says no\n"); };
  const auto delivery = sending.deliver();
  REQUIRE_FALSE(delivery);
  CHECK(delivery.error().body == "sbatch: error: computer says no\n");
  CHECK(delivery.error().status == 17);
  CHECK_FALSE(std::filesystem::exists(sending.submission_folder.folder));
}

TEST_CASE("an sbatch that was never run is a refusal") {
  Sending sending;
  sending.engine.on_submit = [](const auto&) -> util::Result<util::Output> { return util::fail("sbatch", "no such file"); };
  const auto delivery = sending.deliver();
  REQUIRE_FALSE(delivery);
  CHECK(delivery.error().why == "no such file");
  CHECK_FALSE(std::filesystem::exists(sending.submission_folder.folder));
}

TEST_CASE("an end that is not known keeps the note, for the next submit to look") {
  Sending sending;
  std::string why;
  SUBCASE("a signal") {
    sending.engine.on_submit = [](const auto&) { return ended(137, "", ""); };
    why = "ended by signal 9";
  }
  SUBCASE("a connection that broke") {
    sending.engine.on_submit = [](const auto&) { return ended(1, "", "sbatch: error: Message receive failure\n"); };
    why = "status 1, and the connection to Slurm broke";
  }
  SUBCASE("no answer in time") {
    sending.engine.on_submit = [](const auto&) {
      auto output = ended(137, "", "");
      output.timed_out = true;
      return output;
    };
    why = "no answer within 600 s";
  }
  const auto delivery = sending.deliver();
  REQUIRE_FALSE(delivery);
  CHECK(delivery.error().why == why + "; it is not known whether Slurm accepted the array");
  CHECK(delivery.error().hint == "sarray submit, which looks for it before it submits anything");
  REQUIRE(sending.record());
  CHECK(sending.record()->job_id.empty());
  CHECK_FALSE(sending.record()->is_withdrawn);
}

TEST_CASE("a session notes the intent first, then the outcome") {
  Sending sending;
  auto session = store::Session::create(sending.folder, test::make_call({}).environment);
  REQUIRE(session);
  REQUIRE(session->append(test::make_call({"j"}), 1));
  const auto is_submitted = [&] { return session->read()->calls.front().submitted; };
  const auto notes = [&] { return session->read()->submissions; };
  SUBCASE("accepted") {
    sending.engine.on_submit = [&](const auto&) {
      CHECK(notes().size() == 1);
      CHECK_FALSE(notes().front().accepted);
      return ended(1, "Submitted batch job 17\n", "");  // a wrapper of the site's failed after it
    };
    REQUIRE(sending.deliver(&*session));
    CHECK(is_submitted());
    CHECK(notes().front().job_id == "17");
    CHECK(sending.record()->job_id == "17");
  }
  SUBCASE("refused") {
    sending.engine.on_submit = [](const auto&) { return ended(1, "", "sbatch: error: Invalid partition name specified\n"); };
    CHECK_FALSE(sending.deliver(&*session));
    CHECK_FALSE(is_submitted());
    CHECK(notes().empty());
  }
  SUBCASE("not known") {
    sending.engine.on_submit = [](const auto&) { return ended(137, "", ""); };
    CHECK_FALSE(sending.deliver(&*session));
    CHECK(notes().size() == 1);
    CHECK_FALSE(notes().front().accepted);
  }
}

TEST_CASE("an array for another user is refused by name, before anything is noted") {
  Sending other({"--uid=sarray-nobody", "j"});
  const auto delivery = other.deliver();
  REQUIRE_FALSE(delivery);
  CHECK(delivery.error().what == "--uid=sarray-nobody");
  CHECK(other.engine.asked.empty());
  CHECK_FALSE(std::filesystem::exists(other.submission_folder.folder));
  Sending own({"--uid=" + std::to_string(::getuid()), "j"});
  own.engine.on_submit = [](const auto&) { return ended(0, "17\n", ""); };
  CHECK(own.deliver());
}

TEST_CASE("hidden names of files have a random part that Slurm shows to nobody") {
  plan::PlanOptions one;
  plan::PlanOptions other;
  engine::set_folders(one, "/state", "marker");  // Slurm shows the path of the script: /state/submissions/marker/sarray.slurm
  engine::set_folders(other, "/state", "marker");
  CHECK(one.hidden_mark.size() >= 16);
  CHECK(one.hidden_mark != other.hidden_mark);
  CHECK(one.link_folder.find(one.hidden_mark) == std::string::npos);
}
