// The value of --dependency: which jobs a job waits for, by slurmctld's own grammar.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "slurm/language/option.hpp"

namespace sarray::slurm {

enum class DependencyType : std::uint8_t { after, afterany, afterok, afternotok, aftercorr, afterburstbuffer, expand, singleton };
/// "afterok": as sbatch takes it, and as squeue shows it.
[[nodiscard]] std::string_view dependency_word(DependencyType type);

/// One thing that is waited for.
struct Condition {
  DependencyType type = DependencyType::afterany;
  std::uint32_t job = 0;              ///< a job id, virtual or Slurm's own; 0 for singleton
  std::optional<std::uint32_t> task;  ///< nullopt: the whole job
  std::uint32_t minutes = 0;          ///< after the start; only `after` has a use for them
  friend bool operator==(const Condition&, const Condition&) = default;
};

struct Dependency {
  std::vector<Condition> conditions;  ///< in the order of the text, each once
  bool any = false;                   ///< one of them is enough: a single '?' makes all of the list so
  friend bool operator==(const Dependency&, const Dependency&) = default;
};

/// A condition of a pending task as Slurm shows it: it is not fulfilled yet, or can never be.
struct ShownCondition : Condition {
  bool has_failed = false;  ///< it can never be fulfilled
  friend bool operator==(const ShownCondition&, const ShownCondition&) = default;
};

struct ShownDependency {
  std::vector<ShownCondition> conditions;  ///< in the order of the text, each once
  bool any = false;                        ///< one of them is enough
};

/// Reads a dependency; what squeue shows of one can be read, too: a state in parentheses is passed over.
/// Source: job_scheduler.c, update_job_dependency() and _xlate_array_dep(), 20.11 to 26.05: words in any case, `1,2` for
/// afterany, ID_[1,3-5] for several tasks; 25.11 also refuses `,` beside `?`.
/// @param text neither empty nor "0", which mean that there is none.
/// @return nullopt if Slurm refuses it whatever the jobs are.
[[nodiscard]] std::optional<Dependency> parse_dependency(std::string_view text, const Release& release);

/// Reads a dependency as squeue shows it (%E): "afterok:17_3(unfulfilled),after:18_*+5(failed)". What is fulfilled is not in it.
/// Observed on 20.11 to 26.05.
/// @return nullopt if it is not one, as "(null)".
[[nodiscard]] std::optional<ShownDependency> parse_shown_dependency(std::string_view text);

/// Returns a text that parse_dependency() reads as the same.
[[nodiscard]] std::string format_dependency(const Dependency& dependency);
/// Returns "afterok:17_3" of one condition.
[[nodiscard]] std::string format_condition(const Condition& condition);

/// Whether Slurm refuses a condition of this type on a job, or a task, that it does not know: from 23.02 afterok and afternotok.
/// Any other counts as satisfied (observed on 20.11, 22.05, 24.11 and 26.05).
[[nodiscard]] bool is_refused_if_unknown(DependencyType type, const Release& release);

}  // namespace sarray::slurm
