// A queue file: `sarray submit FILE`.
#include "queue/queue_file.hpp"

#include <glob.h>

#include <array>
#include <cstring>

#include "support.hpp"

using sarray::fuzz::require;

/// In place of libc's: the machine's own files do not count, and a walk through all of them (a pattern of stars and slashes)
/// takes minutes, as it does in a shell. Every other pattern has two matches.
extern "C" int glob(const char* pattern, int /*flags*/, int (* /*error*/)(const char*, int), glob_t* found) noexcept {
  static char one[] = "one";
  static char two[] = "-two *";
  static std::array<char*, 3> matches = {one, two, nullptr};
  if (std::strlen(pattern) % 2 == 1) return GLOB_NOMATCH;
  found->gl_pathc = 2;
  found->gl_pathv = matches.data();
  return 0;
}
extern "C" void globfree(glob_t* /*found*/) noexcept {}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = sarray::fuzz::as_text(data, size);
  const auto environment = sarray::util::Environment::from_entries({"HOME=/home/ada", "A=1 2", "EMPTY=", "B=*x"});
  const auto lines = sarray::queue::read_queue_file(text, "queue", environment);
  if (!lines) {
    require(!lines.error().why.empty(), "a refusal says why");
    return 0;
  }
  std::uint32_t before = 0;
  for (const auto& line : *lines) {
    require(line.line > before, "lines ascend");
    before = line.line;
    require(!line.words.empty() && line.words.front() == "sbatch", "a line is a call of sbatch");
  }
  return 0;
}
