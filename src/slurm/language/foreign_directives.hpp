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
  /// sbatch's words and status if it refuses a line. The settings then hold what came before.
  std::optional<util::Error> error;
  /// The number of a line that no option of sbatch can express (`#PBS -W umask=`), so that a merge cannot keep it; 0: none.
  std::uint32_t unknown_line = 0;
};

/// Returns whether the script may have lines of other batch systems. If not, read_foreign_directives() need not be called.
[[nodiscard]] bool may_have_foreign_directives(std::string_view script);

/// Adds the options that the lines mean. Scanning does not stop at the first command, but after 100 lines that are not comments;
/// only one of the two kinds counts, #BSUB before #PBS. Source: xlate.c:xlate_batch_script (compared by tests/oracle).
/// @param file the script's base name, or "stdin".
[[nodiscard]] ForeignDirectives read_foreign_directives(Settings& settings, std::string_view script, std::string_view file,
                                                        const Release& release);

}  // namespace sarray::slurm
