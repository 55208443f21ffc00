// The file name patterns of --output, --error and --input. Source: fname.c:_batch_path_check; from 25.11 on
// print_fields.c:expand_stdio_fields.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "slurm/language/option.hpp"

namespace sarray::slurm {

/// What %a is in the name of a plain job's file: slurmctld's NO_VAL (observed on 22.05).
inline constexpr std::uint32_t no_task_id = 4294967294U;

/// The values of a pattern's conversions. A value that is not known (yet) is empty.
struct PatternValues {
  std::optional<std::string> array_job_id;     ///< %A
  std::optional<std::uint32_t> array_task_id;  ///< %a, and %b from 24.11; a plain job's is 4294967294
  std::optional<std::string> job_id;           ///< %j, %J
  std::optional<std::string> job_name;         ///< %x
  std::optional<std::string> user;             ///< %u
  std::optional<std::string> node;             ///< %N
  std::optional<std::string> restart_count;    ///< %r from 25.11
  std::optional<std::string> sluid;            ///< %S from 25.11
  Release release = newest_release;            ///< decides what %b, %r and %S mean
};

/// Returns the file name that Slurm would make of a pattern, with its rules for widths, %%, unknown conversions and backslashes.
/// The words "none" (any case) give "/dev/null". The result is not made absolute.
/// @return nullopt if the pattern has a conversion whose value is not known.
[[nodiscard]] std::optional<std::string> expand_pattern(std::string_view pattern, const PatternValues& values);

/// Like expand_pattern, but keeps conversions whose values are not known, and %%, so that they can be expanded later by the same
/// rules. A pattern that Slurm takes literally (because of a backslash) is returned literally.
[[nodiscard]] std::string expand_partly(std::string_view pattern, const PatternValues& values);

/// Returns a plain job's pattern so that it means in an array's task what it means in a plain job: %A is %j, and what depends on
/// the task's id is that of a job without one. One that Slurm takes literally stays as it is.
[[nodiscard]] std::string pattern_of_plain_job(std::string_view pattern, const Release& release);

/// Returns whether Slurm would expand the conversion (e.g. 'a') in the pattern: it is not part of %%, and there is no backslash
/// anywhere.
[[nodiscard]] bool has_conversion(std::string_view pattern, char conversion);

}  // namespace sarray::slurm
