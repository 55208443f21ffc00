#pragma once

namespace sarray::cli {

inline constexpr const char* version = SARRAY_VERSION;

}  // namespace sarray::cli
