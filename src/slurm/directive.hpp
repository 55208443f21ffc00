// The option lines at the head of a script: #SBATCH, and #PBS and #BSUB, which sbatch translates.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "slurm/option.hpp"
#include "util/result.hpp"

namespace sarray::slurm {

/// The words of all #SBATCH lines, as sbatch strings them together into one command line.
struct DirectiveWords {
  std::vector<std::string> words;    ///< words[0] is "sbatch"
  std::vector<std::uint32_t> lines;  ///< of the script, from 1, that each word stands on
  bool het_job = false;              ///< `#SBATCH hetjob`
};

/// Source: semantics section 2 (opt.c:_opt_batch_script, get_argument; observed on 22.05).
/// @return sbatch's words and status where a line cannot be read.
[[nodiscard]] util::Result<DirectiveWords> read_directives(std::string_view script, const Release& release);

/// An option that a #PBS or #BSUB line stands for.
struct TranslatedOption {
  const OptionSpec* option = nullptr;
  std::string value;
  std::uint32_t line = 0;
};

/// Source: xlate.c:xlate_batch_script; observed on 22.05. Options that sbatch ignores are left out.
struct Translation {
  std::vector<TranslatedOption> options;
  /// A line that is not known here. Only the real sbatch knows what it would do with it.
  std::uint32_t unknown_line = 0;
};
[[nodiscard]] Translation translate_other_batch_systems(std::string_view script);

}  // namespace sarray::slurm
