// A queue file: `sarray submit FILE`.
#include "cli/queue_file.hpp"
#include "support.hpp"

using sarray::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = sarray::fuzz::as_text(data, size);
  const auto environment = sarray::util::Environment::from_entries({"HOME=/home/ada", "A=1 2", "EMPTY=", "B=*x"});
  const auto lines = sarray::cli::read_queue_file(text, "queue", environment);
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
