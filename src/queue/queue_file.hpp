// A queue file: one sbatch call per line, in the syntax of a shell.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "util/environment.hpp"
#include "util/result.hpp"

namespace sarray::queue {

struct QueueLine {
  std::uint32_t line = 0;                                        ///< the line on which the call begins, from 1
  std::vector<std::pair<std::string, std::string>> assignments;  ///< NAME=value words before the command
  std::vector<std::string> words;                                ///< words[0] is "sbatch", written or not
};

/// Splits the file into words by the rules of bash: quotes ('', "", $'', backslash), comments, continued lines, $NAME and
/// ${NAME}, a leading ~, file name patterns. Refuses what would run or redirect something (| & ; < > ( ) ` $( ), and braces that
/// would expand: such a file is a script for `sarray run`.
/// @param name of the file, for errors: they say NAME: line N.
/// @param environment the values of variables.
[[nodiscard]] util::Result<std::vector<QueueLine>> read_queue_file(std::string_view text, const std::string& name,
                                                                   const util::Environment& environment);

/// Returns whether the text, or the file's name, says that it is a program, and not a list of calls.
[[nodiscard]] bool looks_like_program(std::string_view text, const std::string& name);

/// Returns the command that runs such a file as a program, by the interpreter of its first line: sarray run -- python3 launch.py.
[[nodiscard]] std::string command_to_run(std::string_view text, const std::string& name);

}  // namespace sarray::queue
