// One binary with several names: called as sbatch it records a call, called as another of Slurm's commands it answers for it,
// else it is sarray.
#include <sys/auxv.h>
#include <unistd.h>

#include <optional>
#include <string_view>

#include "capture/record.hpp"
#include "commands/run.hpp"
#include "shims/tools.hpp"
#include "slurm/client/tool.hpp"
#include "util/fd.hpp"

namespace {

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// Returns the name that we are called by. The file counts as well as argv[0], which a caller may choose (`exec -a NAME`).
std::string_view called_name(int argc, char** argv) {
  const auto name = argc > 0 ? last_part(argv[0]) : std::string_view();
  if (name == "sbatch" || sarray::slurm::find_tool(name)) return name;
  const auto* file = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
  return file != nullptr ? last_part(file) : name;
}

/// The whole program under the name of one of Slurm's commands; returns if there is an answer for main to give, or another name.
void run_at_once(int argc, char** argv) {
  const auto name = called_name(argc, argv);
  if (name == "sbatch") ::_exit(sarray::capture::record_sbatch(argc, argv));
  if (const auto tool = sarray::slurm::find_tool(name)) sarray::shims::pass_on(*tool, argc, argv);
}

#ifdef __GLIBC__
/// Records a call, or becomes Slurm's own command, before the static initialisers run. Those of iostream and CLI11, which neither
/// uses, would cost a third of the time. What is used here has none (constants, and statics inside functions). glibc gives
/// constructors main's arguments; other C libraries do not, and there main does it.
[[gnu::constructor(101)]] void run_first(int argc, char** argv, char** /*environment*/) { run_at_once(argc, argv); }
#endif

}  // namespace

int main(int argc, char** argv) {
#ifndef __GLIBC__
  run_at_once(argc, argv);
#endif
  sarray::util::reserve_standard_descriptors();
  if (const auto tool = sarray::slurm::find_tool(called_name(argc, argv))) return sarray::shims::answer_as(*tool, argc, argv);
  return sarray::commands::run(argc, argv);
}
