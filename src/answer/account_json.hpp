// The records of `sacct --json`, with our tasks as the jobs that they are. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "answer/account.hpp"
#include "answer/job_json.hpp"
#include "answer/json.hpp"

namespace sarray::answer {

/// Returns the shape of sacct's document; nullopt if it is not one that was compared with a job alone: dbv0.0.38 of 22.05, and
/// v0.0.40 to v0.0.42 of 24.11.
[[nodiscard]] std::optional<JsonShape> read_account_shape(const Json& document);

/// Returns the name of the job that a record is about; nullopt if it does not say it.
[[nodiscard]] std::optional<JobName> account_job_name(const Json& record);

/// Returns the task ids of a mask, the last digit of which are those from 0 to 3: "0x2A8" has 3, 5, 7 and 9.
/// @return nullopt if the text is not a mask, or has more tasks than an array can have.
[[nodiscard]] std::optional<std::vector<std::uint32_t>> read_task_mask(std::string_view text);
/// The inverse. @param max the highest id of the whole array, whose mask is always that long.
[[nodiscard]] std::string write_task_mask(const std::vector<std::uint32_t>& tasks, std::uint32_t max);

/// Returns Slurm's records as far as they are asked for, those of our tasks as records of the jobs that they are.
[[nodiscard]] JobRecords translate_account_records(const AccountQuestion& question, const Json& jobs, const JsonShape& shape,
                                                   const std::function<const script::Map*(const RowArray&)>& find_map,
                                                   const FindDetails& find_details);

/// Returns the record of a job that is recorded only. What nobody can know of it is empty, or 0.
[[nodiscard]] Json recorded_account_record(const RecordedJob& job, const Defaults& defaults, const JsonShape& shape);

}  // namespace sarray::answer
