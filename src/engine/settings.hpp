// What a site or a test may set of the way submissions are made.
#pragma once

#include <chrono>

namespace sarray::engine {

struct Settings {
  std::chrono::seconds sbatch_timeout{600};  ///< SARRAY_SBATCH_TIMEOUT: for which the real sbatch is waited for
  /// SARRAY_SETTLE_SECONDS: after which a controller no longer takes an array that a killed sbatch had sent.
  std::chrono::seconds settle{10};
};

/// Returns the settings that our own environment gives; a value that is not a number counts as not given.
[[nodiscard]] Settings read_settings();

}  // namespace sarray::engine
