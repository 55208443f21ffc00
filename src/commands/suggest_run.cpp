#include "commands/suggest_run.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "queue/queue_file.hpp"
#include "util/fd.hpp"
#include "util/shell_quote.hpp"

namespace sarray::commands {

std::string suggest_run(const Words& words) {
  if (words.empty()) return {};
  const auto& program = words.front();
  std::string line = "sarray run --";
  if (program == "sbatch") {
    line += " sbatch";
  } else {
    struct stat state {};
    if (::stat(program.c_str(), &state) != 0 || !S_ISREG(state.st_mode)) return {};
    const auto path = program.find('/') == std::string::npos ? "./" + program : program;
    if (::access(program.c_str(), X_OK) == 0) {
      line += " " + util::shell_quote(path);
    } else {
      constexpr off_t max_size = 1 << 20;  // no launch script is that long
      const auto text = state.st_size <= max_size ? util::read_file(program) : util::Result<std::string>(util::fail(program));
      if (!text || !queue::looks_like_program(*text, program)) return {};
      line = queue::command_to_run(*text, program);
    }
  }
  for (std::size_t i = 1; i < words.size(); ++i) line += " " + util::shell_quote(words[i]);
  return line;
}

}  // namespace sarray::commands
