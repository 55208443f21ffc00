#include "util/traces.hpp"

#include <algorithm>

#include "util/environment_names.hpp"

namespace sarray::util {

bool is_session_folder(std::string_view folder) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto last = folder.substr(folder.rfind('/') + 1);
  if (last.starts_with(guard_prefix)) return true;
  constexpr std::string_view parent = "/sessions/";
  constexpr std::size_t name_size = 24;
  if (!folder.ends_with("/bin") || folder.size() < parent.size() + name_size + 4) return false;
  const auto name = folder.substr(folder.size() - 4 - name_size, name_size);
  const auto above = folder.substr(0, folder.size() - 4 - name_size);
  return above.ends_with(parent) && name[8] == '-' && name[15] == '.' && name[19] == '-' &&
         std::all_of(name.begin(), name.begin() + 8, is_digit);
}

std::string clean_preload(std::string_view libraries) {
  std::string kept;
  while (!libraries.empty()) {
    const auto end = std::min(libraries.find_first_of(": "), libraries.size());  // ld.so(8)
    const auto library = libraries.substr(0, end);
    const bool is_ours = library.substr(library.rfind('/') + 1) == library_name;
    if (!is_ours && !library.empty()) kept += (kept.empty() ? "" : ":") + std::string(library);
    libraries.remove_prefix(std::min(end + 1, libraries.size()));
  }
  return kept;
}

std::string clean_path(std::string_view path, std::string_view own_folder) {
  std::string cleaned;
  bool first = true;
  while (true) {
    const auto end = std::min(path.find(':'), path.size());
    const auto part = path.substr(0, end);
    if ((own_folder.empty() || part != own_folder) && !is_session_folder(part)) {
      if (!first) cleaned += ':';
      cleaned += part;
      first = false;
    }
    if (end == path.size()) return cleaned;
    path.remove_prefix(end + 1);
  }
}

std::optional<std::string> clean_value(std::string_view name, std::string_view value) {
  if (name.starts_with(own_prefix)) return std::nullopt;
  if (name == "PATH") return clean_path(value, "");
  if (name == "LD_PRELOAD" && value.find(library_name) != std::string_view::npos) {
    const auto others = clean_preload(value);
    return others.empty() ? std::nullopt : std::optional(others);
  }
  if (name == "BASH_ENV" && value.ends_with(".bash")) {
    const auto folder = std::string(value.substr(0, std::min(value.rfind('/'), value.size()))) + "/bin";
    if (is_session_folder(folder)) return std::nullopt;
  }
  return std::string(value);
}

}  // namespace sarray::util
