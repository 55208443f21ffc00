// The job that a call would have become alone: the call, read as sbatch would read it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "slurm/language/array_ids.hpp"
#include "slurm/language/call.hpp"
#include "slurm/language/dependency.hpp"
#include "slurm/language/option.hpp"
#include "util/result.hpp"

namespace sarray::slurm {

class WordParser;

/// Where a setting came from. A person needs it when a merge is refused.
struct Source {
  enum class Kind : std::uint8_t { script, environment, command_line };
  Kind kind = Kind::command_line;
  std::uint32_t line = 0;     ///< of the script, from 1; only for Kind::script
  std::string_view variable;  ///< only for Kind::environment; points into the option table
  /// "line 3", "SBATCH_PARTITION", "command line".
  [[nodiscard]] std::string text() const;
};

/// One resolved option. For options that accumulate (--mail-type, the two halves of --switches ...) the value is what sbatch
/// would send, not the last text.
struct Setting {
  const OptionSpec* option = nullptr;
  std::string value;       ///< as given; empty for a flag
  bool has_value = false;  ///< false for a flag, and for an optional value that was not given
  Source source;
};

enum class OpenMode : std::uint8_t { site_default, truncate, append };

struct Job {
  /// Every option in force except the client's own, sorted by long name.
  std::vector<Setting> settings;

  std::string name;             ///< SLURM_JOB_NAME as sbatch would have set it
  std::optional<ArrayIds> ids;  ///< nullopt: a plain job
  std::optional<Dependency> dependency;
  std::optional<std::string> dependency_text;  ///< the last value of --dependency; "" and "0" say that there is none
  std::string directory;                       ///< where sbatch was called (SLURM_SUBMIT_DIR)
  std::string work_directory;                  ///< --chdir made absolute, else `directory`
  std::optional<std::string> output;           ///< patterns as given; nullopt: Slurm's default
  std::optional<std::string> error;
  std::optional<std::string> input;
  OpenMode open_mode = OpenMode::site_default;
  std::vector<std::string> arguments;  ///< the script's, without its name
  std::shared_ptr<const std::string> script;

  bool parsable = false;  ///< the client's side: how the call is answered
  bool quiet = false;
  bool test_only = false;  ///< the call belongs to the real sbatch
  bool waits = false;      ///< --wait, where it is accepted (Resolver::accept_wait)

  [[nodiscard]] const Setting* find(std::string_view long_name) const;
};

/// The hint for what a merge cannot keep. A caller that knows where the real sbatch is shows the command instead.
inline constexpr std::string_view real_sbatch_hint = "give this one call to the real sbatch, outside the session";
/// The same of a call that waits for a recorded one: Slurm would take the virtual id for a job that is over, and run it at once.
inline constexpr std::string_view recorded_parent_hint =
    "sarray submit first; then give this one call to the real sbatch, with the ids that Slurm gave in place of the recorded ones";

/// Reads a call as the installed sbatch would: script lines, then environment, then command line.
/// Pure: no disk, no clock, no environment but the call's. Equal scripts are parsed once (by the identity of
/// Call::script), so that a call costs microseconds.
/// @param max_array_size Slurm's MaxArraySize, or unknown_max_array_size if it is not known.
/// @return if sbatch itself would refuse, an error whose `body` is what sbatch writes to stderr and whose `status` is sbatch's
/// exit status; for what a merge cannot keep (Owner::refused) an error of sarray's (what, why, hint).
class Resolver {
 public:
  explicit Resolver(const Dialect& dialect, std::uint32_t max_array_size = unknown_max_array_size);
  ~Resolver();
  [[nodiscard]] util::Result<Job> resolve(const Call& call);
  /// From now on --wait is not refused: somebody submits the call while its sbatch waits.
  void accept_wait();
  /// The parser of this dialect's command lines.
  [[nodiscard]] const WordParser& parser() const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace sarray::slurm
