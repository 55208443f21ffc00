// The exit statuses in words.
#pragma once

#include <array>
#include <string_view>

namespace sarray::cli {

struct ExitStatus {
  std::string_view status;
  std::string_view meaning;
};

/// All statuses that a command of ours ends with. docs/exit-status.md has the same rows (tests/unit/commands/test_pages.cpp).
inline constexpr std::array exit_statuses = {
    ExitStatus{"0", "done; of status --wait and --watch: all tasks completed"},
    ExitStatus{"1",
               "it failed, or was refused: the message says why; of find and logs: there is nothing to show; of throttle: a task "
               "above the limit could not be put back"},
    ExitStatus{"2", "the command line is wrong; nothing was done"},
    ExitStatus{"3", "of status --wait and --watch: all tasks have ended, and some did not complete"},
    ExitStatus{"125", "of a task: its script could not be prepared on the node, and nothing of it ran"},
    ExitStatus{"126, 127", "of run: the program cannot be started; there is no such program"},
    ExitStatus{"128 + N", "ended by signal N, for example 130 by Ctrl-C"},
    ExitStatus{"any other", "of submit and retry: sbatch refused, and that is its status; of run: the program's own status"},
};

}  // namespace sarray::cli
