// Whether the user wants to read only warnings and errors (-q, --quiet).
#pragma once

namespace sarray::util {

/// From now on note() says nothing (message.hpp); commands ask is_quiet() before they tell what they did.
void be_quiet();
[[nodiscard]] bool is_quiet();

}  // namespace sarray::util
