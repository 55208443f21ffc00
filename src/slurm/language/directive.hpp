// The option lines at the head of a script: #SBATCH, and #PBS and #BSUB, which sbatch translates.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "slurm/language/option.hpp"
#include "util/result.hpp"

namespace sarray::slurm {

/// The words of all #SBATCH lines, as sbatch strings them together into one command line.
struct DirectiveWords {
  std::vector<std::string> words;    ///< words[0] is "sbatch"
  std::vector<std::uint32_t> lines;  ///< of the script, from 1, that each word stands on
  bool het_job = false;              ///< `#SBATCH hetjob`
};

/// The words of one line, as sbatch's own tokenizer cuts them.
/// @param file, number name the line in sbatch's complaints. Source: opt.c:get_argument.
[[nodiscard]] util::Result<std::vector<std::string>> cut_words(std::string_view line, std::string_view file, std::uint32_t number,
                                                               const Release& release);

/// Takes the script's next line, without its end.
[[nodiscard]] std::string_view take_line(std::string_view& script);

/// The script's beginning that read_directives() looks at: scripts that begin alike have the same directives.
[[nodiscard]] std::string_view directive_part(std::string_view script);

/// Source: semantics section 2 (opt.c:_opt_batch_script; observed on 22.05).
/// @param file the script's base name, or "stdin".
/// @return sbatch's words and status where a line cannot be read.
[[nodiscard]] util::Result<DirectiveWords> read_directives(std::string_view script, std::string_view file,
                                                           const Release& release);

}  // namespace sarray::slurm
