// Cancel, hold, release and requeue: Slurm's own commands on the right indices.
#pragma once

#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "commands/commands.hpp"
#include "commands/outcome.hpp"
#include "engine/engine.hpp"
#include "follow/selection.hpp"
#include "util/result.hpp"

namespace sarray::commands {

using engine::Verb;

struct ControlOptions {
  Verb verb = Verb::cancel;
  std::string word;  ///< TASK
  follow::Selection selection;
  std::string script;  ///< --script
  bool dry_run = false;
  Telling telling;
  bool yes = false;              ///< no question is asked
  bool with_dependents = false;  ///< cancels also what could then never run
};

/// --job, --tasks, --dry-run, --script, --json and --quiet, the same for all of them.
void add_control_options(CLI::App& app, ControlOptions& options);

/// Does it to the selected tasks that are in a state for it, and says to which.
[[nodiscard]] Status control(const ControlOptions& options);

}  // namespace sarray::commands
