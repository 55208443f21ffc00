// Options in force, as they are set one after another: later wins, but for those that gather or exclude each other.
#pragma once

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

  /// Sets an option as sbatch would. @param value nothing for a flag, or for an optional value that was not given.
  /// Source of the exceptions: slurm_opt.c, arg_set_*: mail-type, signal, mem-bind, get-user-env, kill-on-invalid-dep and
  /// switches gather; requeue and no-requeue, exclusive and oversubscribe, nodefile and nodelist replace one another; -B and its
  /// three parts are one thing; an empty --array or --dependency takes back an earlier one.
  void set(const OptionSpec& option, std::optional<std::string> value, const Source& source);
  /// Sets an option that a person gives later to override what stands there: nothing gathers, and the one of the three memory
  /// options that is given is the one that is meant.
  void replace(const Setting& setting);
  /// Takes an option back to its default (a flag whose variable says no).
  void reset(const OptionSpec& option);
  void reset(std::string_view name);
  /// Half of --switches, which has two variables and no common one.
  void set_switch_half(std::optional<std::string> count, std::optional<std::string> wait, const Source& source);

  [[nodiscard]] const Setting* find(std::string_view name) const;
  /// Sorted by long name.
  [[nodiscard]] const std::vector<Setting>& all() const { return m_settings; }

  /// Whether --exclusive and --oversubscribe were both given other than by a variable, though the later one counts.
  [[nodiscard]] bool gives_both_shares() const { return m_gives_exclusive && m_gives_oversubscribe; }

  /// sbatch only prints a help text, and ends: it met such a value (asks_for_help), and looked at nothing behind it.
  bool ends_at_once = false;

 private:
  void put(const OptionSpec& option, std::optional<std::string> value, const Source& source);
  void set_node_info(const OptionSpec& option, const std::string& value, const Source& source);

  Release m_release;
  std::vector<Setting> m_settings;
  bool m_gives_exclusive = false;
  bool m_gives_oversubscribe = false;
  std::optional<std::string> m_switch_wait;  ///< SBATCH_WAIT4SWITCH, before a count is known
};

/// The input variables of sbatch that are set in an environment, applied in sbatch's order.
/// @return sbatch's words and status where a value is refused.
[[nodiscard]] util::Result<void> apply_environment(Settings& settings, const util::Environment& environment,
                                                   const Dialect& dialect);

/// One option from any source, its value checked. @return sbatch's words and status where it is refused.
[[nodiscard]] util::Result<void> apply_option(Settings& settings, const OptionSpec& option, std::optional<std::string> value,
                                              const Source& source);

/// Options of a command line or of a script's lines, up to the first that is refused. `lines` (per word) is empty for a command
/// line.
[[nodiscard]] util::Result<void> apply_words(Settings& settings, const ParsedWords& parsed,
                                             const std::vector<std::uint32_t>& lines);

/// sbatch's last look at all options together (opt.c:_opt_verify): takes out those that lose against others, and refuses what
/// cannot stand together.
/// @param quiet, verbose how often they were given on the command line.
/// @return sbatch's words and status. What only files or the clock can tell (--nodefile, --deadline before --begin) is not looked
/// at.
[[nodiscard]] util::Result<void> verify_together(Settings& settings, const util::Environment& environment, int quiet,
                                                 int verbose);

/// Whether a flag's variable switches it on: empty, "yes", or a nonzero number (slurm_opt.c:slurm_process_option).
[[nodiscard]] bool is_switched_on(std::string_view value);

}  // namespace sarray::slurm
