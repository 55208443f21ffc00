// One binary with two names: called as sbatch it records a call, else it is sarray.
#include <unistd.h>

#include <cstddef>
#include <string_view>

#include "capture/record.hpp"
#include "commands/run.hpp"
#include "util/fd.hpp"
#include "util/pages.hpp"

namespace {

bool is_sbatch(int argc, char** argv) {
  const std::string_view path = argc > 0 ? argv[0] : "";
  return path.substr(path.rfind('/') + 1) == "sbatch";
}

/// A call is recorded before the static initialisers run: those of iostream and CLI11, which it needs nothing of, would cost it
/// a third of its time. What it uses has none (constants, and statics inside functions). glibc hands constructors main's words.
[[gnu::constructor(101)]] void run_as_sbatch(int argc, char** argv, char** /*environment*/) {
  if (!is_sbatch(argc, argv)) return;
  sarray::util::populate_heap(std::size_t{48} << 10);  // about what a call takes
  ::_exit(sarray::capture::record_sbatch(argc, argv));
}

}  // namespace

int main(int argc, char** argv) {
  sarray::util::hold_standard_streams();
  return sarray::commands::run(argc, argv);
}
