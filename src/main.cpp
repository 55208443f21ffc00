// One binary with two names: called as sbatch it records a call, else it is sarray.
#include <string_view>

#include "capture/record.hpp"
#include "cli/run.hpp"

int main(int argc, char** argv) {
  const std::string_view path = argc > 0 ? argv[0] : "";
  const auto name = path.substr(path.rfind('/') + 1);
  return name == "sbatch" ? sarray::capture::record_sbatch(argc, argv) : sarray::cli::run(argc, argv);
}
