// One binary with two names: called as sbatch it records a call, else it is sarray.
#include <sys/auxv.h>
#include <unistd.h>

#include <string_view>

#include "capture/record.hpp"
#include "commands/run.hpp"
#include "util/fd.hpp"

namespace {

bool names_sbatch(std::string_view path) { return path.substr(path.rfind('/') + 1) == "sbatch"; }

/// Whether we are called by the name of sbatch. The file counts as well as argv[0], which a caller may choose (`exec -a NAME`).
bool is_sbatch(int argc, char** argv) {
  const auto* file = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
  return (argc > 0 && names_sbatch(argv[0])) || (file != nullptr && names_sbatch(file));
}

#ifdef __GLIBC__
/// Records a call before the static initialisers run. Those of iostream and CLI11, which recording does not use, would cost it a
/// third of its time. What recording uses has none (constants, and statics inside functions). glibc gives constructors main's
/// arguments; other C libraries do not, and there main records the call.
[[gnu::constructor(101)]] void run_as_sbatch(int argc, char** argv, char** /*environment*/) {
  if (is_sbatch(argc, argv)) ::_exit(sarray::capture::record_sbatch(argc, argv));
}
#endif

}  // namespace

int main(int argc, char** argv) {
  if (is_sbatch(argc, argv)) return sarray::capture::record_sbatch(argc, argv);
  sarray::util::reserve_standard_descriptors();
  return sarray::commands::run(argc, argv);
}
