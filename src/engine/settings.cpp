#include "engine/settings.hpp"

#include <cstdint>
#include <cstdlib>

#include "util/environment_names.hpp"
#include "util/parse.hpp"

namespace sarray::engine {

namespace {

void read_seconds(const char* name, std::uint32_t min, std::chrono::seconds& value) {
  const char* text = std::getenv(name);
  const auto seconds = util::to_number<std::uint32_t>(text != nullptr ? text : "");
  if (seconds && *seconds >= min) value = std::chrono::seconds(*seconds);
}

}  // namespace

Settings read_settings() {
  Settings settings;
  read_seconds(util::sbatch_timeout_variable, 1, settings.sbatch_timeout);
  read_seconds(util::settle_variable, 0, settings.settle);
  return settings;
}

}  // namespace sarray::engine
