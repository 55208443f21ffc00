// Jobs as `sarray submit` has them, from the words of their sbatch calls.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "plan/plan.hpp"
#include "slurm/language/call.hpp"
#include "slurm/language/job.hpp"
#include "support.hpp"

namespace sarray::test {

using Words = std::vector<std::string>;

inline const slurm::Dialect& dialect() {
  static const slurm::Dialect of_22_05 = slurm::Dialect::from_help("slurm 22.05.8", "");
  return of_22_05;
}

inline slurm::Call make_call(const Words& words, const std::string& script = "#!/bin/sh\n") {
  slurm::Call call;
  call.argv = {"sbatch"};
  call.argv.insert(call.argv.end(), words.begin(), words.end());
  call.environment = util::Environment::from_entries({"HOME=/home/ada", "PATH=/usr/bin:/bin", "PWD=/home/ada", "SHLVL=1"});
  call.directory = "/home/ada";
  call.host = "login1";
  call.limits.fill(slurm::unlimited);
  call.script_path = "/home/ada/job.sh";
  call.script = std::make_shared<const std::string>(script);
  return call;
}

inline std::vector<plan::PlannedJob> resolve(const std::vector<slurm::Call>& calls) {
  slurm::Resolver resolver(dialect());
  std::vector<plan::PlannedJob> jobs;
  for (const auto& call : calls) {
    auto job = resolver.resolve(call);
    REQUIRE_MESSAGE(job, "sbatch would refuse: ", job ? "" : job.error().body + job.error().what);
    const auto number = static_cast<std::uint32_t>(jobs.size() + 1);
    jobs.push_back({number, 2000000000 + number, std::make_shared<const slurm::Call>(call), std::move(*job)});
  }
  return jobs;
}

/// A call each, of the same script.
inline std::vector<plan::PlannedJob> make_jobs(const std::vector<Words>& all_words) {
  std::vector<slurm::Call> calls;
  for (const auto& words : all_words) calls.push_back(make_call(words));
  return resolve(calls);
}

inline plan::PlanOptions make_options() {
  plan::PlanOptions options;
  options.release = dialect().release();
  options.user = "ada";
  options.sarray_version = "0.1";
  options.link_folder = "/state/links";
  options.hidden_mark = "hidden";
  return options;
}

inline plan::PlanOptions with_size(std::uint32_t max_array_size, bool split = false) {
  auto options = make_options();
  options.limits.known = true;
  options.limits.max_array_size = max_array_size;
  options.split = split;
  return options;
}

inline slurm::Setting make_override(std::string_view option, std::optional<std::string> value) {
  const auto* spec = slurm::find_option(option);
  REQUIRE(spec != nullptr);
  return {spec, value.value_or(""), value.has_value(), {}};
}

/// "jobs 1,2 | jobs 3": the arrays.
inline std::string arrays_of(const plan::Plan& plan) {
  std::string text;
  for (const auto& array : plan.arrays) {
    std::vector<std::uint32_t> numbers;
    for (const auto& placement : array.placements) numbers.push_back(plan.jobs[placement.job].number);
    text += (text.empty() ? "" : " | ") + plan::format_numbers(numbers);
  }
  return text;
}

}  // namespace sarray::test
