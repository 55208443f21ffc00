// The words that options take as values, and the releases that know them.
#pragma once

#include <string_view>

#include "slurm/language/option.hpp"

namespace sarray::slurm {

/// Whether sbatch of that release knows the word, in any case, as a value (or as one of a list of values) of the option.
/// @param option one of the options in keyword.cpp's table; another one has no words.
[[nodiscard]] bool is_keyword(std::string_view option, std::string_view word, const Release& release);

/// Whether sbatch of that release takes the text as a signal's name, without "SIG" and with blanks after it.
[[nodiscard]] bool is_signal_name(std::string_view text, const Release& release);

}  // namespace sarray::slurm
