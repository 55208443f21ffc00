// The library of src/intercept, as this program carries it.
#pragma once

#include <string_view>

namespace sarray::capture {

/// Returns the library as it was built: without a session's settings it does nothing.
[[nodiscard]] std::string_view intercept_bytes();

}  // namespace sarray::capture
