// The generated script on a terminal.
#pragma once

#include <string>
#include <string_view>

namespace sarray::cli {

/// #SBATCH lines and comments coloured, and no byte of users' scripts able to command the terminal.
[[nodiscard]] std::string color_script(std::string_view script);

}  // namespace sarray::cli
