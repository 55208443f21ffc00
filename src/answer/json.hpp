// Answers of Slurm's commands as JSON (--json), whatever the release makes of numbers and states. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "util/json.hpp"

namespace sarray::answer {

using util::Json;

/// How a release writes a job. What is not understood stays as Slurm wrote it.
struct JsonShape {
  /// 42 for data_parser/v0.0.42; 0 for the openapi plugins of 21.08 and 22.05 (observed on 22.05, 24.11 and 26.05).
  int parser = 0;
  bool has_arguments = true;  ///< shows_arguments() of the release
  std::string cluster;        ///< empty: it is not said

  /// Numbers are {"set": true, "infinite": false, "number": 5}.
  [[nodiscard]] bool tags_numbers() const { return parser > 0; }
  [[nodiscard]] bool lists_states() const { return parser >= 40; }
  /// The options that choose jobs count. squeue of 22.05 shows all jobs, also those that have ended.
  [[nodiscard]] bool chooses_jobs() const { return parser > 0; }
  /// Files have their patterns in standard_output, ..., and their names in stdout_expanded, ...
  [[nodiscard]] bool expands_files() const { return parser >= 43; }

  [[nodiscard]] Json number(std::optional<std::uint64_t> value) const;  ///< nullopt: none is set
  [[nodiscard]] Json infinite() const;
  [[nodiscard]] Json state(const std::string& name) const;
};

/// Returns the shape that the document's "meta" tells; nullopt if that is none that is known.
[[nodiscard]] std::optional<JsonShape> read_shape(const Json& document);

/// Returns the document, with a list "jobs" in it; nullopt if the text is not one ("--json=list" prints names).
[[nodiscard]] std::optional<Json> read_document(std::string_view text);

/// Returns the text of it. @param is_compact SLURM_JSON has "compact".
/// What Slurm says of an answer without a job is left out if there is one.
[[nodiscard]] std::string write_document(Json document, bool is_compact);

/// Returns the number of a field in whichever form; nullopt if it is not there, or not set.
[[nodiscard]] std::optional<std::uint64_t> read_number(const Json& record, const std::string& key);
/// Returns the text of a field; empty if it is not there, or not a text.
[[nodiscard]] std::string read_text(const Json& record, const std::string& key);
/// Whether a job has that state, in whichever form.
[[nodiscard]] bool has_state(const Json& state, std::string_view name);
/// Sets a field that the record has: a release that does not know a field does not get it.
void replace_field(Json& record, const std::string& key, Json value);

}  // namespace sarray::answer
