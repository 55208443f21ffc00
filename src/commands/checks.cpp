#include "commands/checks.hpp"

#include <cstdlib>
#include <string>

#include "util/environment_names.hpp"

namespace sarray::commands {

util::Result<bool> choose_checks(bool yes, bool no, bool usual) {
  if (yes && no) return util::fail(util::usage_error("--check", "--no-check excludes it", "one of them alone"));
  if (yes || no) return yes;
  const char* variable = std::getenv(util::check_variable);
  const std::string word = variable != nullptr ? variable : "";
  if (word.empty()) return usual;
  if (word == "on" || word == "off") return word == "on";
  return util::fail(util::usage_error(std::string(util::check_variable) + "=" + word, "it is on or off",
                                      "unset " + std::string(util::check_variable)));
}

}  // namespace sarray::commands
