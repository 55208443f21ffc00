// What a script does, in one line: jobs that have no file are told apart by it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "slurm/language/call.hpp"

namespace sarray::slurm {

/// Returns the command that a job without a file runs, as it is written: what --wrap was given; of a script from standard input
/// the first line that does what it is for, rather than prepare it (set -e, module load, cd ...) or say something (echo, X=1). If
/// it has no such line, the first that says something, else the first that is not a comment. Lines that a backslash joins are
/// one.
/// @return empty for ScriptSource::file, and for a script that does nothing. At most 2,000 bytes; it may have any characters.
[[nodiscard]] std::string find_first_command(ScriptSource source, std::string_view script);

struct ScriptText {
  ScriptSource source = ScriptSource::file;
  std::string_view text;
};

/// Returns the command of each script. Of those that have the same first command, but are not the same, it is the first line that
/// tells them apart, whatever it does; a comment tells nothing apart.
[[nodiscard]] std::vector<std::string> find_commands(const std::vector<ScriptText>& scripts);

/// Returns how a job without a file is called: "$ hostname" (--wrap), "<< python train.py" (standard input), and without a
/// command
/// "(--wrap)", "(standard input)". Empty for ScriptSource::file.
[[nodiscard]] std::string name_command(ScriptSource source, const std::string& command);

}  // namespace sarray::slurm
