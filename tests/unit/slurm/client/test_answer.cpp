#include <doctest/doctest.h>

#include "slurm/client/answer.hpp"

using namespace sarray;
using Kind = slurm::Answer::Kind;

namespace {

slurm::Answer judge(int status, const std::string& out, const std::string& err, bool timed_out = false) {
  util::Output output;
  output.status = status;
  output.out = out;
  output.err = err;
  output.timed_out = timed_out;
  return slurm::judge_answer(output);
}

slurm::Answer failed(const std::string& reason) {
  return judge(1, "", "sbatch: error: Batch job submission failed: " + reason + "\n");
}

}  // namespace

TEST_CASE("an id is an id, whatever the status") {
  CHECK(judge(0, "Submitted batch job 17\n", "").job_id == "17");
  CHECK(judge(0, "17;cluster\n", "").job_id == "17");
  for (const int status : {1, 137, 255}) {
    const auto answer = judge(status, "site: hello\nSubmitted batch job 17 on cluster c\n", "site: quota file is missing\n");
    CHECK(answer.kind == Kind::accepted);
    CHECK(answer.job_id == "17");
  }
  CHECK(judge(137, "Submitted batch job 17\n", "", true).job_id == "17");
  CHECK(judge(1, "3 errors\n", "site: 3 errors\n").kind == Kind::refused);
}

TEST_CASE("a connection that broke is no refusal") {
  for (const auto* reason :
       {"Socket timed out on send/recv operation", "Zero Bytes were transmitted or received", "Message receive failure",
        "Message send failure", "Unable to contact slurm controller (receive failure)",
        "Unable to contact slurm controller (send failure)", "Unable to contact slurm controller (shutdown failure)",
        "Communication shutdown failure", "Protocol authentication error", "Unexpected message received",
        "Connection reset by peer", "Broken pipe", "Connection timed out reading",
        "Header lengths are longer than data received"}) {
    CAPTURE(reason);
    CHECK(failed(reason).kind == Kind::unknown);
    CHECK(failed(reason).why == "status 1, and the connection to Slurm broke");
  }
}

TEST_CASE("a refusal is one") {
  for (const auto* reason :
       {"Unable to contact slurm controller (connect failure)", "Invalid partition name specified", "Unspecified error",
        "Invalid account or account/partition combination specified", "Slurm backup controller in standby mode"}) {
    CAPTURE(reason);
    CHECK(failed(reason).kind == Kind::refused);
  }
  CHECK(judge(17, "", "computer says no\n").kind == Kind::refused);
  CHECK(judge(255, "", "sbatch: error: Invalid numeric value \"x\" for --nodes.\n").kind == Kind::refused);
  CHECK(judge(127, "", "").kind == Kind::refused);  // it was never run
}

TEST_CASE("an end that says nothing") {
  CHECK(judge(137, "", "").why == "ended by signal 9");
  CHECK(judge(1, "", "").why == "status 1, and it printed nothing");
  CHECK(judge(0, "all is well\n", "").why == "an answer without a job id");
  CHECK(judge(137, "", "", true).kind == Kind::unknown);
}
