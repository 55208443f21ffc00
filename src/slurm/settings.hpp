// Options in force, as they are set one after another: later wins, but for those that gather or exclude each other.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "slurm/command_line.hpp"
#include "slurm/job.hpp"

namespace sarray::slurm {

class Settings {
 public:
  /// Sets an option as sbatch would. @param value nothing for a flag, or for an optional value that was not given.
  /// Source of the exceptions: semantics section 2 (mail-type gathers; requeue and no-requeue, the three memory options, and
  /// exclusive and oversubscribe replace one another; an empty --array or --dependency takes back an earlier one).
  void set(const OptionSpec& option, std::optional<std::string> value, const Source& source);
  /// Takes an option back to its default (a flag whose variable says no).
  void reset(const OptionSpec& option);

  [[nodiscard]] const Setting* find(std::string_view name) const;
  /// Sorted by long name.
  [[nodiscard]] const std::vector<Setting>& all() const { return m_settings; }

 private:
  std::vector<Setting> m_settings;
};

/// The input variables of sbatch that are set in an environment, applied in sbatch's order.
/// @return sbatch's words and status where a value is refused.
[[nodiscard]] util::Result<void> apply_environment(Settings& settings, const util::Environment& environment, const Dialect& dialect);

/// Options of a command line or of a script's lines. `lines` (per word) is empty for a command line.
[[nodiscard]] util::Result<void> apply_words(Settings& settings, const ParsedWords& parsed, const std::vector<std::uint32_t>& lines);

/// Whether a flag's variable switches it on: empty, "yes", or a nonzero number (slurm_opt.c:slurm_process_option).
[[nodiscard]] bool is_switched_on(std::string_view value);

}  // namespace sarray::slurm
