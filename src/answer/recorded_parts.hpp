// What the records of a recorded job share that squeue, scontrol and sacct show as JSON. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "answer/json.hpp"
#include "answer/recorded.hpp"

namespace sarray::answer {

/// Returns the minutes of --time; nullopt: the job does not say a limit, or it is none.
[[nodiscard]] std::optional<std::uint64_t> limit_minutes(const RecordedJob& job);

/// Returns the job's time limit, or that of its partition.
[[nodiscard]] Json time_limit(const RecordedJob& job, const Defaults& defaults, const JsonShape& shape);

/// Returns a file's pattern as sbatch hands it on: absolute. @param otherwise of a job that names none.
[[nodiscard]] std::string file_pattern(const RecordedJob& job, const std::optional<std::string>& given,
                                       const std::string& otherwise);

/// The exit status of a job that has none: of 23.11 and later with its words.
[[nodiscard]] Json no_outcome(const JsonShape& shape);

}  // namespace sarray::answer
