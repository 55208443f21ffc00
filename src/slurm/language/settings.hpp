// The options in force, set one after another: the later value wins, except for options that accumulate or exclude each other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "slurm/language/command_line.hpp"
#include "slurm/language/job.hpp"

namespace sarray::slurm {

class Settings {
 public:
  /// @param release whose rules hold: which values there are, and what gathers.
  explicit Settings(const Release& release = newest_release) : m_release(release) {}
  [[nodiscard]] const Release& release() const { return m_release; }

  /// Sets an option as sbatch would. @param value nullopt for a flag, or for an optional value that was not given.
  /// Source of the exceptions: slurm_opt.c, arg_set_*: mail-type, signal, mem-bind, get-user-env, kill-on-invalid-dep and
  /// switches accumulate; requeue and no-requeue, exclusive and oversubscribe, nodefile and nodelist replace one another; -B and
  /// its three parts are one thing; an empty --array or --dependency removes an earlier one.
  void set(const OptionSpec& option, std::optional<std::string> value, const Source& source);
  /// Sets an option that a person gives later to override the others: nothing accumulates, and of the three memory options the
  /// one that is given replaces the other two.
  void replace(const Setting& setting);
  /// Resets an option to its default (a flag whose variable says no).
  void reset(const OptionSpec& option);
  void reset(std::string_view name);
  /// Sets one half of --switches, which has one variable for each half and none for both.
  void set_switch_half(std::optional<std::string> count, std::optional<std::string> wait, const Source& source);

  [[nodiscard]] const Setting* find(std::string_view name) const;
  /// Sorted by long name.
  [[nodiscard]] const std::vector<Setting>& all() const { return m_settings; }

  /// The last value of --dependency, also one that says that there is none ("", "0"): sbatch puts it into SLURM_JOB_DEPENDENCY.
  [[nodiscard]] const std::optional<std::string>& dependency_text() const { return m_dependency_text; }

  /// Whether --exclusive and --oversubscribe were both given other than by a variable, though the later one counts.
  [[nodiscard]] bool gives_both_shares() const { return m_gives_exclusive && m_gives_oversubscribe; }

  /// sbatch only prints a help text, and ends: it met such a value (asks_for_help), and looked at nothing after it.
  bool ends_at_once = false;

 private:
  void put(const OptionSpec& option, std::optional<std::string> value, const Source& source);
  void set_node_info(const OptionSpec& option, const std::string& value, const Source& source);

  Release m_release;
  std::vector<Setting> m_settings;
  bool m_gives_exclusive = false;
  bool m_gives_oversubscribe = false;
  std::optional<std::string> m_dependency_text;
  std::optional<std::string> m_switch_wait;  ///< SBATCH_WAIT4SWITCH, before a count is known
};

/// Applies the input variables of sbatch that an environment has, in sbatch's order. @return sbatch's words and status if a value
/// is refused.
[[nodiscard]] util::Result<void> apply_environment(Settings& settings, const util::Environment& environment,
                                                   const Dialect& dialect);

/// Applies one option from any source, after checking its value. @return sbatch's words and status if it is refused.
[[nodiscard]] util::Result<void> apply_option(Settings& settings, const OptionSpec& option, std::optional<std::string> value,
                                              const Source& source);

/// Applies the options of a command line or of a script's lines, up to the first that is refused. `lines` (per word) is empty for
/// a command line.
[[nodiscard]] util::Result<void> apply_words(Settings& settings, const ParsedWords& parsed,
                                             const std::vector<std::uint32_t>& lines);

/// Checks all options together, as sbatch does at last (opt.c:_opt_verify): removes those that lose against others, and refuses
/// combinations that are not allowed.
/// @param quiet, verbose how often they were given on the command line.
/// @return sbatch's words and status. What depends on files or the clock (--nodefile, --deadline before --begin) is not checked.
[[nodiscard]] util::Result<void> verify_together(Settings& settings, const util::Environment& environment, int quiet,
                                                 int verbose);

/// Returns whether a flag's variable switches it on: empty, "yes", or a nonzero number (slurm_opt.c:slurm_process_option).
[[nodiscard]] bool is_switched_on(std::string_view value);

}  // namespace sarray::slurm
