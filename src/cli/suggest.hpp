// Suggestions for mistyped words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sarray::cli {

/// Returns the word of `known` with the fewest edits (insert, delete, replace, swap of neighbours); "" if none is near.
[[nodiscard]] std::string suggest(std::string_view word, const std::vector<std::string>& known);

}  // namespace sarray::cli
