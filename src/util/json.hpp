// JSON for scripts. The keys are in the order of docs/json.md.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace sarray::util {

using Json = nlohmann::ordered_json;

/// Returns one line. Bytes that are not UTF-8 become U+FFFD, since JSON cannot hold them.
[[nodiscard]] inline std::string to_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace sarray::util
