#include <doctest/doctest.h>

#include <filesystem>

#include "../plan_support.hpp"
#include "queue/changed_scripts.hpp"
#include "queue/choice.hpp"
#include "util/fd.hpp"

using namespace sarray;
using namespace sarray::test;
using Numbers = std::vector<std::uint32_t>;

namespace {

Numbers chosen(const std::vector<Words>& jobs, const Numbers& numbers, bool with_parents) {
  auto planned = make_jobs(jobs);
  const auto done = queue::choose_jobs(planned, numbers, with_parents);
  if (!done) return {};
  Numbers left;
  for (const auto& job : planned) left.push_back(job.number);
  return left;
}

const std::vector<Words> chain = {{"a.sh"},
                                  {"-d", "afterok:2000000001", "b.sh"},
                                  {"c.sh"},
                                  {"-d", "afterany:2000000002?afterok:2000000003", "d.sh"},
                                  {"-J", "one", "e.sh"},
                                  {"-J", "one", "-d", "singleton", "f.sh"}};

}  // namespace

TEST_CASE("which words are jobs") {
  for (const auto* word : {"1", "5-8", "1,4-6", "2000000003", "007"}) CHECK(queue::is_job_list(word));
  for (const auto* word : {"", "-", "./3", "3a", "-3", "calls", "3 4", ",3"}) CHECK_FALSE(queue::is_job_list(word));
}

TEST_CASE("jobs are chosen alone, or with all for which they wait") {
  CHECK(chosen(chain, {1, 3}, false) == Numbers{1, 3});
  CHECK(chosen(chain, {1, 2}, false) == Numbers{1, 2});
  CHECK(chosen(chain, {4}, false).empty());
  CHECK(chosen(chain, {4}, true) == Numbers{1, 2, 3, 4});
  CHECK(chosen(chain, {6}, false).empty());
  CHECK(chosen(chain, {6}, true) == Numbers{5, 6});
  CHECK(chosen(chain, {5}, false) == Numbers{5});
  const auto jobs = make_jobs(chain);
  CHECK(queue::find_parents(jobs, {2, 4}) == Numbers{1, 3});
  CHECK(queue::find_dependents(jobs, {1}) == Numbers{2, 4});
  auto planned = make_jobs(chain);
  const auto refused = queue::choose_jobs(planned, {2, 4}, false);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().what == "jobs 2,4 cannot be submitted alone");
  CHECK(refused.error().why == "they wait for jobs 1,3, which would stay in the queue");
  CHECK(refused.error().hint == "sarray submit --with-parents 2,4 submits all of these");
}

TEST_CASE("words of jobs: numbers, ids, and why not") {
  store::SessionContents contents;
  for (std::uint32_t i = 1; i <= 4; ++i) {
    store::RecordedCall call;
    call.job = i;
    call.id = 2000000010 + i;
    call.dropped = i == 3;
    call.submitted = i == 4;
    contents.calls.push_back(call);
  }
  CHECK(*queue::find_queued(contents, {"2", "2000000011"}) == Numbers{1, 2});
  CHECK(queue::find_queued(contents, {"3"}).error().why == "it was dropped already");
  CHECK(queue::find_queued(contents, {"4"}).error().why == "it was submitted already");
  CHECK(queue::find_queued(contents, {"5"}).error().why == "the jobs are 1 to 4");
  CHECK(queue::find_queued(contents, {"2000000099"}).error().why == "it is not a job of this session");
  CHECK(queue::find_queued(contents, {"2-x"}).error().status == 2);
}

TEST_CASE("scripts that changed are named; what is gone, a pipe, or the same is not") {
  const test::TemporaryFolder folder;
  const auto path = folder / "a.sh";
  auto call = make_call({"a.sh"}, "#!/bin/sh\n");
  call.script_path = path;
  auto other = make_call({"gone.sh"}, "#!/bin/sh\n");
  other.script_path = folder / "gone.sh";
  const auto jobs = resolve({call, call, other});
  REQUIRE(util::write_file_atomically(path, "#!/bin/sh\n"));
  CHECK(queue::describe_changed_scripts(jobs).empty());
  REQUIRE(util::write_file_atomically(path, "#!/bin/ss\n"));
  CHECK(queue::describe_changed_scripts(jobs) ==
        Words{path + " has changed since jobs 1,2 were recorded; they run as they were then"});
}
