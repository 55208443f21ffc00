#include <doctest/doctest.h>

#include <filesystem>

#include "../support.hpp"
#include "store/submissions.hpp"
#include "util/fd.hpp"

using namespace sarray;

namespace {

store::Submission make_whole(const std::string& folder) {
  store::Submission submission;
  submission.folder = folder;
  submission.job_id = "17";
  submission.queue_file = "/home/ada/q";
  submission.cluster = "c";
  submission.set_begun({1'800'000'000, "b0", 77});
  submission.tasks = 5;
  submission.jobs = 2;
  submission.script = "/home/ada/sarray.slurm";
  submission.name = "sarray-3.2";
  submission.job_name = "train";
  submission.group = {3, 2, 4};
  submission.directory = "/home/ada";
  submission.retry_of = {"3", "9"};
  submission.ids = {{2000000001, 2000000003}, {2000000007, 2000000007}};
  slurm::Start start;
  start.umask = 027;
  start.limits.fill(slurm::unlimited);
  start.arguments = {"--comment=a b"};
  submission.start = start;
  return submission;
}

}  // namespace

TEST_CASE("a record reads back as it was written, every field") {
  test::TemporaryFolder temporary;
  const auto written = make_whole(temporary.path());
  REQUIRE(store::write_submission(written));
  const auto read = store::read_submission(temporary.path());
  REQUIRE(read);
  CHECK(store::format_submission(*read) == store::format_submission(written));
  CHECK(read->version == 1);
  CHECK(read->job_id == "17");
  CHECK(read->queue_file == "/home/ada/q");
  CHECK(read->cluster == "c");
  CHECK(read->begun().seconds == 1'800'000'000);
  CHECK(read->begun().boot == "b0");
  CHECK(read->begun().uptime == 77);
  CHECK(read->tasks == 5);
  CHECK(read->jobs == 2);
  CHECK(read->script == "/home/ada/sarray.slurm");
  CHECK(read->name == "sarray-3.2");
  CHECK(read->job_name == "train");
  CHECK(read->group == slurm::GroupPlace{3, 2, 4});
  CHECK(read->directory == "/home/ada");
  CHECK(read->retry_of == written.retry_of);
  CHECK(read->ids == written.ids);
  REQUIRE(read->start);
  CHECK(read->start->umask == 027);
  CHECK(read->start->limits == written.start->limits);
  CHECK(read->start->arguments == written.start->arguments);
  CHECK_FALSE(read->is_newer());
}

TEST_CASE("an outcome changes that, and keeps the rest") {
  test::TemporaryFolder temporary;
  auto submission = make_whole(temporary.path());
  submission.job_id.clear();
  REQUIRE(store::write_submission(submission));
  REQUIRE(store::note_forgotten(temporary.path()));
  CHECK(store::read_submission(temporary.path())->is_forgotten);
  REQUIRE(store::note_never_sent(temporary.path()));
  CHECK(store::read_submission(temporary.path())->is_withdrawn);
  CHECK_FALSE(store::read_submission(temporary.path())->is_forgotten);
  REQUIRE(store::note_job_id(temporary.path(), "17"));
  submission.job_id = "17";
  CHECK(util::read_file(temporary / "record.json") == store::format_submission(submission));
}

TEST_CASE("records of older versions are read, one of a newer is known as such") {
  const auto old = store::parse_submission(R"({"job_id":"17","time":1700000000,"tasks":3})", "/s/00ff");
  REQUIRE(old);
  CHECK(old->version == 0);
  CHECK(old->job_id == "17");
  CHECK(old->begun().boot.empty());
  CHECK(old->marker() == "00ff");
  const auto first = store::parse_submission(
      R"({"version":1,"job_id":"","cluster":"c","time":1700000000,"tasks":3,"jobs":1,"script":"s","name":"n","directory":"/",)"
      R"("ids":[[2000000001,2000000001]],"retry_of":[],"arguments":[],"umask":18,"limits":[1,2,3,4,5,6,7,8,9,10]})",
      "/s/00ff");
  REQUIRE(first);
  CHECK_FALSE(first->is_newer());
  REQUIRE(first->start);
  CHECK(first->start->limits[9] == 10);
  const auto newer = store::parse_submission(R"({"version":2,"job_id":""})", "/s/00ff");
  REQUIRE(newer);
  CHECK(newer->is_newer());
  CHECK(store::explain_newer(*newer).why == "a newer sarray wrote it (version 2; this one reads up to 1)");
  CHECK_FALSE(store::parse_submission("[]", "/s"));
  CHECK_FALSE(store::parse_submission("{", "/s"));
}

TEST_CASE("a start is whole or none") {
  auto submission = make_whole("/s");
  const auto start = store::complete_start(submission, std::string("A=1\0B=two words\0", 16));
  REQUIRE(start);
  CHECK(start->environment.entries() == std::vector<std::string>{"A=1", "B=two words"});
  CHECK(store::format_environment(start->environment) == std::string("A=1\0B=two words\0", 16));
  CHECK(start->umask == 027);
  submission.start.reset();
  CHECK_FALSE(store::complete_start(submission, ""));
  CHECK_FALSE(store::parse_submission(R"({"umask":18,"limits":[1]})", "/s")->start);
  CHECK_FALSE(store::parse_submission(R"({"umask":18,"limits":[1,2,3,4,5,6,7,8,9,-1]})", "/s")->start);
}

TEST_CASE("whose file it is, for any bytes") {
  store::Submission submission;
  CHECK_FALSE(store::is_of_file(submission, ""));
  submission.queue_file = "/q\xff";
  const auto read = store::parse_submission(store::format_submission(submission), "/s");
  REQUIRE(read);
  CHECK(store::is_of_file(*read, "/q\xff"));
  CHECK_FALSE(store::is_of_file(*read, "/q"));
}
