#include <doctest/doctest.h>

#include "answer/order.hpp"
#include "plan_support.hpp"

namespace sarray::answer {

TEST_CASE("recorded jobs are shown in squeue's order") {
  const auto planned = test::make_jobs({{"-J", "b", "-H", "job.sh"},
                                        {"-J", "a", "-t", "2-0", "job.sh"},
                                        {"-J", "b", "-t", "90", "job.sh"},
                                        {"-J", "a", "-H", "job.sh"},
                                        {"-J", "c", "--nice=100", "job.sh"}});
  std::vector<RecordedJob> jobs;
  for (const auto& one : planned) {
    jobs.emplace_back();
    jobs.back().id = one.id;
    jobs.back().job = &one.job;
    jobs.back().call = one.call.get();
  }
  const auto order = [&](const std::vector<std::string>& words, const std::vector<std::string>& variables = {}) {
    const auto question =
        read_queue_question(read_words(slurm::Tool::squeue, words), util::Environment::from_entries(variables), "ada");
    REQUIRE(question);
    std::vector<const RecordedJob*> all;
    for (const auto& job : jobs) all.push_back(&job);
    Defaults defaults;
    defaults.time_limit = "UNLIMITED";
    std::string text;
    for (const auto number : order_recorded(*question, all, defaults)) text += std::to_string(number + 1);
    return text;
  };
  CHECK(order({}) == "23541");  // held jobs have no priority: the newest first
  CHECK(order({"-S", "i"}) == "12345");
  CHECK(order({"-S", "-i"}) == "54321");
  CHECK(order({"-S", "j"}) == "42315");
  CHECK(order({"-S", "j,i"}) == "24135");
  CHECK(order({"-S", "l,i"}) == "32145");
  CHECK(order({}, {"SQUEUE_SORT=-j,i"}) == "51324");
  jobs[2].state = RecordedState::cancelled;
  CHECK(order({"-t", "all"}) == "32541");  // by the letters of the states
}

TEST_CASE("a list of names is cut at the commas outside of brackets") {
  CHECK(split_names("17,18_[2,4],,19_[1-3,5%2]") == std::vector<std::string>{"17", "18_[2,4]", "19_[1-3,5%2]"});
  CHECK(split_names("17_[1,2") == std::vector<std::string>{"17_[1,2"});
  CHECK(split_names("").empty());
}

}  // namespace sarray::answer
