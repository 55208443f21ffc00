// One sbatch invocation as the user made it. It holds everything that later phases know of the outside world, so that they are
// pure.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "util/environment.hpp"

namespace sarray::slurm {

/// The soft limits that Slurm propagates, in the order of the names below.
/// Source: man slurm.conf, PropagateResourceLimits.
inline constexpr std::array<std::string_view, 10> limit_names = {"CPU", "FSIZE", "DATA",   "STACK",   "CORE",
                                                                 "RSS", "NPROC", "NOFILE", "MEMLOCK", "AS"};
inline constexpr std::uint64_t unlimited = ~std::uint64_t{0};
using SoftLimits = std::array<std::uint64_t, limit_names.size()>;  ///< the kernel's units (bytes, seconds, counts)

/// Names the configuration file that Slurm's commands read, and so the cluster that they ask.
inline constexpr std::string_view configuration_variable = "SLURM_CONF";

enum class ScriptSource : std::uint8_t { file, standard_input, wrap };

struct Call {
  std::vector<std::string> argv;  ///< argv[0] is the name that sbatch was called by
  util::Environment environment;  ///< as the real sbatch would have seen it, without our variables
  std::string directory;          ///< getcwd() of the caller
  mode_t umask = 022;
  SoftLimits limits{};
  std::string host;  ///< where the call was made: SLURM_SUBMIT_HOST
  ScriptSource source = ScriptSource::file;
  /// The path that Slurm would show as Command (find_script() of intake.hpp); empty for standard input and --wrap.
  std::string script_path;
  /// The script's bytes as they were at the call; for --wrap the exact four-line text that sbatch makes.
  /// Shared between calls with equal bytes. Never null in a recorded call.
  std::shared_ptr<const std::string> script;
  /// What --export-file named, if it was given: NUL-separated NAME=VALUE.
  std::optional<std::string> export_file;
};

/// What the first submission's sbatch was run with, as far as the batch script does not hold it.
struct Start {
  util::Environment environment;
  mode_t umask = 022;
  SoftLimits limits{};
  std::vector<std::string> arguments;  ///< --NAME=VALUE: options of the array that no #SBATCH line could hold
};

}  // namespace sarray::slurm
