// sarray's commands, one file each; table.cpp has the table of them.
#pragma once

#include <string>
#include <vector>

#include "util/result.hpp"

namespace sarray::commands {

/// A command's words, without `sarray` and without its own name.
using Words = std::vector<std::string>;
/// @return the exit status.
using Status = util::Result<int>;

[[nodiscard]] Status listen(const Words& words);
[[nodiscard]] Status run_driver(const Words& words);  ///< `sarray run`
[[nodiscard]] Status real(const Words& words);
[[nodiscard]] Status list(const Words& words);
[[nodiscard]] Status drop(const Words& words);
[[nodiscard]] Status submit(const Words& words);
[[nodiscard]] Status cancel(const Words& words);
[[nodiscard]] Status sessions(const Words& words);
[[nodiscard]] Status status(const Words& words);
[[nodiscard]] Status which(const Words& words);
[[nodiscard]] Status find(const Words& words);
[[nodiscard]] Status logs(const Words& words);
[[nodiscard]] Status hold(const Words& words);
[[nodiscard]] Status release(const Words& words);
[[nodiscard]] Status requeue(const Words& words);
[[nodiscard]] Status retry(const Words& words);
[[nodiscard]] Status history(const Words& words);
[[nodiscard]] Status throttle(const Words& words);
[[nodiscard]] Status completion(const Words& words);

/// For the shells' completion: `sarray __complete -- WORD...` prints what the last word can become (complete.cpp).
[[nodiscard]] Status complete(const Words& words);
/// For the build: `sarray __manual [COMMAND]` prints a man page, `sarray __manual --list` the names of all.
[[nodiscard]] Status manual(const Words& words);

}  // namespace sarray::commands
