// How the kernel starts a script: the interpreter and its one argument.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sarray::slurm {

struct Shebang {
  std::string interpreter;              ///< empty if there is none ("#!" alone): the kernel returns ENOEXEC
  std::optional<std::string> argument;  ///< all that follows, as ONE argument
  std::string text;                     ///< the line after "#!", as slurmstepd quotes it when it cannot start it
};

/// @param script begins with "#!".
/// Source: Linux fs/binfmt_script.c (the first 255 bytes; blanks are space and tab; trailing ones are cut).
[[nodiscard]] Shebang parse_shebang(std::string_view script);

}  // namespace sarray::slurm
