// The option lines at the head of a script: #SBATCH, and #PBS and #BSUB, which sbatch translates.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "slurm/language/option.hpp"
#include "util/result.hpp"

namespace sarray::slurm {

/// The words of all #SBATCH lines, which sbatch joins into one command line.
struct DirectiveWords {
  std::vector<std::string> words;    ///< words[0] is "sbatch"
  std::vector<std::uint32_t> lines;  ///< the script's line, from 1, that each word is on
  bool het_job = false;              ///< `#SBATCH hetjob`
};

/// Returns the words of one line, split as by sbatch's own tokenizer.
/// @param file, number name the line in sbatch's complaints. Source: opt.c:get_argument.
[[nodiscard]] util::Result<std::vector<std::string>> cut_words(std::string_view line, std::string_view file, std::uint32_t number,
                                                               const Release& release);

/// Removes the script's next line from the text, and returns it without its newline.
[[nodiscard]] std::string_view take_line(std::string_view& script);

/// Returns the beginning of the script that read_directives() looks at. Scripts with the same beginning have the same directives.
[[nodiscard]] std::string_view directive_part(std::string_view script);

/// Reads the #SBATCH lines. Source: opt.c:_opt_batch_script; observed on 22.05.
/// @param file the script's base name, or "stdin".
/// @return sbatch's words and status if a line cannot be read.
[[nodiscard]] util::Result<DirectiveWords> read_directives(std::string_view script, std::string_view file,
                                                           const Release& release);

}  // namespace sarray::slurm
