// The #PBS and #BSUB lines of a script, which sbatch translates into its own options.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "slurm/language/option.hpp"
#include "slurm/language/settings.hpp"
#include "util/result.hpp"

namespace sarray::slurm {

/// The status of an error that depends on the caller's environment: failure_status().
inline constexpr int failure_status_of_caller = -1;

struct ForeignDirectives {
  /// sbatch's words and status where it refuses a line. The settings then hold what came before.
  std::optional<util::Error> error;
  /// A line with a meaning that none of sbatch's options has (`#PBS -W umask=`): no merge can keep it.
  std::uint32_t unknown_line = 0;
};

/// Whether there may be lines of other batch systems in a script: without, it needs no translation.
[[nodiscard]] bool may_have_foreign_directives(std::string_view script);

/// Adds the options that the lines stand for. Scanning does not stop at the first command, but after 100 lines that are no
/// comment; of the two kinds only the first that is found counts, #BSUB before #PBS.
/// Source: xlate.c:xlate_batch_script (compared by tests/oracle).
/// @param file the script's base name, or "stdin".
[[nodiscard]] ForeignDirectives read_foreign_directives(Settings& settings, std::string_view script, std::string_view file,
                                                        const Release& release);

}  // namespace sarray::slurm
