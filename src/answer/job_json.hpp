// The records of `squeue --json` and `scontrol show job --json`, with our tasks as the jobs that they are. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "answer/json.hpp"
#include "answer/names.hpp"
#include "answer/queue.hpp"
#include "answer/recorded.hpp"
#include "answer/show.hpp"

namespace sarray::answer {

/// What is known of a job of ours beside Slurm's record of it.
struct JobDetails {
  TaskFiles files;
  std::string submit_line;  ///< of its own call; empty: not known
};
/// @param record Slurm's, of the task.
/// @param name of the task in Slurm's array.
using FindDetails = std::function<JobDetails(const OurName& ours, const JobName& name, const Json& record)>;
/// Returns the jobs of ours that a record's task is, as far as they are asked for.
using ChooseParts = std::function<std::vector<OurName>(std::vector<OurName>)>;

struct JobRecords {
  Json records = Json::array();
  std::vector<std::uint32_t> ours;  ///< virtual ids in them
};

/// Returns the name of the job that a record is about; nullopt if it does not say it.
[[nodiscard]] std::optional<JobName> job_name(const Json& record);

/// Returns Slurm's records, those of our tasks as records of the jobs that they are.
/// @param is_slurms whether a job is shown as Slurm has it, though it is ours; nullopt: it is not shown.
[[nodiscard]] JobRecords translate_job_records(
    const Json& jobs, const JsonShape& shape, const FindMap& find_map, const FindDetails& find_details,
    const std::function<std::optional<bool>(const JobName& name, const Json& record, bool is_ours)>& is_slurms,
    const ChooseParts& choose);

/// Returns the record of a job that is recorded only. What nobody can know of it is empty, or 0.
[[nodiscard]] Json recorded_job_record(const RecordedJob& job, const Defaults& defaults, const JsonShape& shape);

}  // namespace sarray::answer
