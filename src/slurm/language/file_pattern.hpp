// The file name patterns of --output, --error and --input (semantics section 6; fname.c:_batch_path_check).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "slurm/language/option.hpp"

namespace sarray::slurm {

/// What a pattern's conversions stand for. A value that is not known (yet) is left empty.
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

/// The file name that a pattern stands for, widths, %%, unknown conversions and the backslash rule as Slurm has them.
/// The words "none" (any case) give "/dev/null". The result is not made absolute.
/// @return nothing if the pattern holds a conversion whose value is not known.
[[nodiscard]] std::optional<std::string> expand_pattern(std::string_view pattern, const PatternValues& values);

/// As expand_pattern, but a conversion whose value is not known is left standing, and %% with it, so that the rest can be
/// expanded later by the same rules. A pattern that Slurm takes literally (a backslash in it) comes back literal.
[[nodiscard]] std::string expand_partly(std::string_view pattern, const PatternValues& values);

/// Whether the conversion (e.g. 'a') stands in the pattern as Slurm reads it: not behind %%, and with no backslash anywhere.
[[nodiscard]] bool has_conversion(std::string_view pattern, char conversion);

}  // namespace sarray::slurm
