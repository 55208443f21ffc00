// What was probably meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sarray::cli {

/// The nearest of `known` by edits (insert, delete, replace, swap of neighbours); "" where none is near.
[[nodiscard]] std::string suggest(std::string_view word, const std::vector<std::string>& known);

}  // namespace sarray::cli
