#include "slurm/language/shebang.hpp"

#include <algorithm>

namespace sarray::slurm {

namespace {

constexpr std::size_t kernel_line = 255;

}  // namespace

Shebang parse_shebang(std::string_view script) {
  Shebang result;
  auto line = script.substr(0, std::min(script.find('\n'), script.size()));
  result.text = std::string(line.substr(std::min<std::size_t>(2, line.size())));
  line = line.substr(0, kernel_line);
  line.remove_prefix(std::min<std::size_t>(2, line.size()));
  const auto last = line.find_last_not_of(" \t");
  line = last == std::string_view::npos ? std::string_view{} : line.substr(0, last + 1);
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  const auto end = std::min(line.find_first_of(" \t"), line.size());
  result.interpreter = std::string(line.substr(0, end));
  line.remove_prefix(end);
  if (const auto begin = line.find_first_not_of(" \t"); begin != std::string_view::npos) {
    result.argument = std::string(line.substr(begin));
  }
  return result;
}

}  // namespace sarray::slurm
