// JSON that scripts may read: the keys stand in the order of docs/json.md.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace sarray::util {

using Json = nlohmann::ordered_json;

/// One line. Bytes that are not UTF-8 become U+FFFD: JSON has no others.
[[nodiscard]] inline std::string to_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace sarray::util
