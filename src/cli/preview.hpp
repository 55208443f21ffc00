// The generated script on a terminal.
#pragma once

#include <string>
#include <string_view>

namespace sarray::cli {

/// Returns the script with coloured #SBATCH lines and comments, in which no byte of users' scripts can command the terminal.
[[nodiscard]] std::string color_script(std::string_view script);

}  // namespace sarray::cli
