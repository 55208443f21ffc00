// Equality of option values by meaning, not by spelling.
#pragma once

#include <string>
#include <string_view>

#include "slurm/language/option.hpp"

namespace sarray::slurm {

/// One text for all spellings that Slurm takes to mean the same: --mem=1G and --mem=1024M, -t 60 and --time=1:00:00, a list in
/// another order where order has no meaning (--constraint is no such list). A text that cannot be read is returned as it is:
/// then only the same text is equal, which refuses a merge rather than making a wrong one.
[[nodiscard]] std::string normalize_value(const OptionSpec& option, std::string_view value);

}  // namespace sarray::slurm
