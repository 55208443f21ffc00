#include "util/moment.hpp"

#include <ctime>

#include "util/fd.hpp"

namespace sarray::util {

namespace {

std::string read_boot_id() {
  const auto text = read_file("/proc/sys/kernel/random/boot_id").value_or("");
  return text.substr(0, text.find('\n'));
}

}  // namespace

Moment now() {
  static const std::string boot = read_boot_id();
  timespec up{};
  ::clock_gettime(CLOCK_BOOTTIME, &up);
  return {static_cast<std::int64_t>(std::time(nullptr)), boot, static_cast<std::int64_t>(up.tv_sec)};
}

std::optional<std::int64_t> seconds_between(const Moment& earlier, const Moment& later) {
  if (earlier.seconds == 0) return std::nullopt;
  const bool has_machine = !earlier.boot.empty() && !later.boot.empty();
  if (has_machine && earlier.boot != later.boot) return std::nullopt;
  const auto difference = has_machine ? later.uptime - earlier.uptime : later.seconds - earlier.seconds;
  return difference < 0 ? std::nullopt : std::optional(difference);
}

}  // namespace sarray::util
