// When something was, so that another process, on another host perhaps, can tell how long ago that is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace sarray::util {

struct Moment {
  std::int64_t seconds = 0;  ///< since 1970, by that machine's clock; 0: not known
  std::string boot;          ///< which machine, and which of its starts (Linux, random(4): boot_id); empty: not known
  std::int64_t uptime = 0;   ///< seconds since that start (CLOCK_BOOTTIME, which nobody can set)
};

[[nodiscard]] Moment now();

/// Seconds from one moment to another. Clocks of two machines differ and are set back: only one start of one machine counts them
/// for sure. A moment that does not say its machine is believed as far as it does not lie in the future.
/// @return nullopt if that is not known.
[[nodiscard]] std::optional<std::int64_t> seconds_between(const Moment& earlier, const Moment& later);

}  // namespace sarray::util
