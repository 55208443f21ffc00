#include "cli/preview.hpp"

#include <algorithm>

#include "util/user_text.hpp"

namespace sarray::cli {

std::string color_script(std::string_view script) {
  std::string colored;
  while (!script.empty()) {
    const auto end = std::min(script.find('\n'), script.size());
    const auto line = script.substr(0, end);
    const char* color = line.starts_with("#SBATCH") ? "\033[1;36m" : line.starts_with('#') ? "\033[2m" : "";
    colored += color + util::printable_lines(line) + (*color != '\0' ? "\033[0m\n" : "\n");
    script.remove_prefix(std::min(end + 1, script.size()));
  }
  return colored;
}

}  // namespace sarray::cli
