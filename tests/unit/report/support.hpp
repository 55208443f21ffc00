// Histories without Slurm.
#pragma once

#include <string>
#include <vector>

#include "follow/attempts.hpp"
#include "script/map.hpp"

namespace sarray::test {

inline script::MappedJob make_mapped(std::uint32_t number, std::uint32_t first_index, const std::string& ids,
                                     const std::string& name) {
  script::MappedJob job;
  job.number = number;
  job.id = 2000000000 + number;
  job.first_index = first_index;
  if (!ids.empty()) job.ids = **slurm::ArrayIds::parse(ids, 4294967294U);
  job.tasks = job.ids ? job.ids->count() : 1;
  job.name = name;
  job.script_path = "/home/ada/" + name + ".sh";
  job.arguments = {"a b"};
  job.directory = "/home/ada";
  return job;
}

inline slurm::TaskRecord make_task(std::uint32_t index, slurm::TaskState state, std::int64_t elapsed = 10) {
  slurm::TaskRecord task;
  task.index = index;
  task.state = state;
  task.word = state == slurm::TaskState::failed ? "FAILED" : "X";
  task.elapsed = elapsed;
  if (state == slurm::TaskState::pending) {
    task.reason = "Resources";
    return task;
  }
  task.job_id = std::to_string(100 + index);
  task.start = "2026-11-23T17:00:0" + std::to_string(index % 10);
  task.host = "n1";
  if (state == slurm::TaskState::failed) task.exit_status = 3;
  if (slurm::is_done(state)) task.end = "2026-11-23T17:01:0" + std::to_string(index % 10);
  return task;
}

inline follow::Attempt make_attempt(const std::string& job_id, std::vector<script::MappedJob> jobs,
                                    const std::vector<slurm::TaskState>& states) {
  follow::Attempt attempt;
  attempt.job_id = job_id;
  attempt.map.jobs = std::move(jobs);
  attempt.map.tasks = static_cast<std::uint32_t>(states.size());
  for (std::uint32_t i = 0; i < states.size(); ++i) attempt.tasks.push_back(make_task(i, states[i]));
  return attempt;
}

}  // namespace sarray::test
