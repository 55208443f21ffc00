// `sarray submit` takes two programs' options: its own, and every one of sbatch's that it has not itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/commands.hpp"
#include "plan/plan.hpp"
#include "slurm/client/site.hpp"
#include "slurm/language/job.hpp"
#include "slurm/language/option.hpp"
#include "util/result.hpp"

namespace sarray::commands {

struct SubmitOptions {
  std::string file;                     ///< queue file; empty: the session
  std::vector<std::string> jobs;        ///< which of the session's (queue::find_queued); empty: all
  bool with_parents = false;            ///< and the queued ones for which those wait
  std::string session;                  ///< --session; empty: the shell's own
  std::string output = "sarray.slurm";  ///< the path of the generated script
  bool output_given = false;
  std::string output_folder;  ///< which is made if it is missing; empty: -o names a file
  bool dry_run = false;
  bool graph = false;  ///< a dry run that prints who waits for whom, for Graphviz
  bool json = false;
  bool quiet = false;  ///< nothing but the answer, warnings and errors
  bool split = false;
  bool merge_largest = false;  ///< --merge=largest
  bool again = false;          ///< an earlier submission whose end is not known is taken for failed
  bool assume_done = false;    ///< jobs that Slurm has forgotten, and others wait for, count as done
  bool parsable = false;
  std::optional<std::uint32_t> throttle;
  bool translate = false;            ///< every task gets the translator
  bool no_translate = false;         ///< and none
  std::optional<plan::Names> names;  ///< nullopt: as the environment says, else the task's own
  Words sbatch_words;                ///< sbatch's options, as given
};

/// @return nullopt if help was asked for and printed.
[[nodiscard]] util::Result<std::optional<SubmitOptions>> parse_submit_options(const Words& words);

/// Returns the rule for the names of output files that a word means. @param source where it stands, for the message.
[[nodiscard]] util::Result<plan::Names> read_names(const std::string& word, const std::string& source);

/// Returns whether a merged array can have that option of sbatch from outside (read_overrides).
[[nodiscard]] bool is_override(const slurm::OptionSpec& option);
/// Returns the long names of all those, with --.
[[nodiscard]] std::vector<std::string> override_names();

/// sbatch's options as settings that replace the jobs' own.
/// @return an error for those that a merged array cannot have from outside (--array, --wrap, --wait ...).
[[nodiscard]] util::Result<std::vector<slurm::Setting>> read_overrides(const Words& sbatch_words, const slurm::Dialect& dialect);

/// Returns the command line that means these options, without those that only change the answer.
[[nodiscard]] std::string command_text(const SubmitOptions& options);

/// Submits as `sarray submit` with these options does.
[[nodiscard]] Status submit_queue(SubmitOptions options);

/// @return an error if there is no sbatch to submit with, and these options need one.
[[nodiscard]] util::Result<void> check_can_submit(const SubmitOptions& options, const slurm::SlurmSite& site);

/// Takes a command and its arguments off the end of `words`: what follows `--`, or begins with the first word that is neither an
/// option, of submit or of sbatch, nor an option's value. Pure.
[[nodiscard]] Words take_command(Words& words);

/// Returns whether one of our own options is given by its letter: "-t", "-t5", "-nt 5".
/// @param own what take_sbatch_words() left.
[[nodiscard]] bool is_letter_given(const Words& own, char letter);

/// Words that are sbatch's options, with their values, taken out of `words`. The beginning of a name of ours is not taken for one
/// of sbatch's. Pure.
/// @param more_own long names, without --, that are the command's own and take a value.
[[nodiscard]] Words take_sbatch_words(Words& words, const std::vector<std::string_view>& more_own = {});

}  // namespace sarray::commands
