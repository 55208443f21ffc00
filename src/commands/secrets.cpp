#include "commands/secrets.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "util/message.hpp"

namespace sarray::commands {

namespace {

bool looks_secret(std::string_view name) {
  std::string upper(name);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  for (const auto* word : {"TOKEN", "KEY", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL"}) {
    if (upper.find(word) != std::string::npos) return true;
  }
  return false;
}

/// Whether no shell can hold a name: on the node env(1) sets it, and its value is an argument of env for a moment. Functions that
/// bash exports have such names, too, and are not secret.
bool is_beyond_shells(std::string_view name) {
  const auto is_plain = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  return !std::all_of(name.begin(), name.end(), is_plain) && !name.starts_with("BASH_FUNC_");
}

std::string join_names(const std::set<std::string>& names, bool (*is_wanted)(std::string_view)) {
  std::string joined;
  for (const auto& name : names) {
    if (is_wanted(name)) joined += (joined.empty() ? "" : ", ") + name;
  }
  return joined;
}

}  // namespace

void warn_of_secrets(const std::set<std::string>& variables) {
  if (const auto names = join_names(variables, looks_secret); !names.empty())
    util::warn("values that look secret are in the batch script, which Slurm's administrators can read: " + names);
  if (const auto names = join_names(variables, is_beyond_shells); !names.empty())
    util::warn(
        "no shell can hold variables of these names: on the compute node their values are arguments of env for a moment, which "
        "others there can read: " +
        names);
}

}  // namespace sarray::commands
