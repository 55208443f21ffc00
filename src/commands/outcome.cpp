#include "commands/outcome.hpp"

#include <cstdio>
#include <utility>

#include "util/quiet.hpp"
#include "util/user_text.hpp"

namespace sarray::commands {

void add_telling_options(CLI::App& app, Telling& telling, bool has_letter) {
  app.add_flag("--json", telling.json, "answer in JSON (docs/json.md)");
  app.add_flag(has_letter ? "-q,--quiet" : "--quiet", telling.quiet, "say nothing but warnings and errors");
}

void begin_telling(const Telling& telling) {
  if (telling.quiet) util::be_quiet();
}

void tell(const Telling& telling, const std::string& sentence, util::Json document, const std::string& hint) {
  if (telling.json) {
    document["version"] = 1;
    std::fputs(util::to_line(document).c_str(), stdout);
    return;
  }
  if (telling.quiet) return;
  std::fprintf(stderr, "sarray: %s\n", util::printable(sentence).c_str());
  if (!hint.empty()) std::fprintf(stderr, "hint: %s\n", util::printable(hint).c_str());
}

}  // namespace sarray::commands
