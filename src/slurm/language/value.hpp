// Equality of option values by meaning, not by spelling.
#pragma once

#include <string>
#include <string_view>

#include "slurm/language/option.hpp"

namespace sarray::slurm {

/// Returns one text for all spellings that mean the same to Slurm: --mem=1G and --mem=1024M, -t 60 and --time=1:00:00, a list in
/// another order if the order has no meaning (in --constraint it has). A text that cannot be read is returned unchanged: then
/// only the same text is equal, so that a merge is refused rather than wrong.
[[nodiscard]] std::string normalize_value(const OptionSpec& option, std::string_view value);

}  // namespace sarray::slurm
