// What sbatch does before it has a job: reads its own command line, finds the script, looks at its bytes.
// The fake sbatch does the same, in the same order, with the same words.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "slurm/language/call.hpp"
#include "slurm/language/command_line.hpp"
#include "slurm/language/option.hpp"
#include "util/environment.hpp"
#include "util/result.hpp"

namespace sarray::slurm {

/// What is decided by the command line (and the early environment) alone.
struct Intake {
  /// help, usage, version, test-only: the call belongs to the real sbatch. (test-only and wait may be in the script too; then
  /// Resolver reports them.)
  bool for_real_sbatch = false;
  ScriptSource source = ScriptSource::file;
  std::string operand;               ///< the script's name as typed; empty unless source is file
  std::string wrap;                  ///< --wrap's text; only for ScriptSource::wrap
  std::optional<std::string> chdir;  ///< -D of the command line: it also decides where the script is looked up
  std::optional<std::string> export_file;
  bool quiet = false;
  int verbose = 0;
};

/// Does sbatch's first pass: every option of the command line is checked before the script is opened.
/// Source: opt.c:process_options_first_pass; observed on 22.05.
/// @return sbatch's words and status 255 (or 1, or SLURM_EXIT_ERROR) in the error's body and status.
[[nodiscard]] util::Result<Intake> read_command_line(const std::vector<std::string>& argv, const util::Environment& environment,
                                                     const WordParser& parser);
[[nodiscard]] util::Result<Intake> read_command_line(const std::vector<std::string>& argv, const util::Environment& environment,
                                                     const Dialect& dialect);

/// Looks up a script's name as sbatch does. Source: proc_args.c:search_path; observed on 22.05.
/// @param is_candidate whether a path exists and is not a directory.
/// @return the path to open, which is also what Slurm shows as Command.
[[nodiscard]] std::string find_script(std::string_view operand, std::string_view directory, std::optional<std::string_view> chdir,
                                      std::string_view path, const std::function<bool(const std::string&)>& is_candidate);

/// Checks a script's bytes as sbatch does (sbatch.c:_get_script_buffer): empty, blank, no #!, NUL, CRLF. @return sbatch's words
/// and status.
[[nodiscard]] util::Result<void> check_script(std::string_view bytes, const util::Environment& environment);

/// Returns the script that --wrap makes.
[[nodiscard]] std::string wrap_script(std::string_view command);

/// Returns the status with which sbatch exits if it fails after its parsing: $SLURM_EXIT_ERROR if that is a nonzero integer,
/// else 1.
[[nodiscard]] int failure_status(const util::Environment& environment);

}  // namespace sarray::slurm
