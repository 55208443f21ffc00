// Running other programs.
#pragma once

#include <sys/stat.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.hpp"

namespace sarray::util {

struct Command {
  std::vector<std::string> argv;                        ///< argv[0]: a path, or a name that is looked up in our PATH
  std::optional<std::vector<std::string>> environment;  ///< NAME=VALUE; nullopt: ours
  std::string input;                                    ///< its standard input
  std::function<void()> in_child;                       ///< runs between fork and exec; must be async-signal-safe
  std::chrono::milliseconds timeout{0};  ///< after this time it is killed, and Output::timed_out is set; 0: no limit
  std::string enough{};                  ///< it is killed as soon as its standard error has this text; empty: it runs to its end
  std::function<void(std::string_view)> on_output{};  ///< is told each piece of its standard output as it comes
};

struct Output {
  int status = 0;  ///< exit status, or 128 + the signal that ended it
  std::string out;
  std::string err;
  bool timed_out = false;
  bool is_cut = false;  ///< its output is incomplete: a read failed
};

/// Runs the command and waits for its end. @return an error (what: the program, why: the reason) if it cannot be started.
[[nodiscard]] Result<Output> run(const Command& command);

/// Returns the first executable file of that name in the folders of `path` that `is_excluded` does not exclude; nullopt if there
/// is none. A file that is not there, or that this user may not look at or execute (ENOENT, ENOTDIR, EACCES), sends the search
/// on. Any other error ends it (what: the path, why: the system's words): the next program of that name is another one, and may
/// be another Slurm's.
[[nodiscard]] Result<std::optional<std::string>> find_in_path(std::string_view name, std::string_view path,
                                                              const std::function<bool(const struct stat&)>& is_excluded);

/// Returns this host's name, as gethostname(2) says it; cut at 255 bytes.
[[nodiscard]] std::string host_name();

}  // namespace sarray::util
