// Numbers and lists of them, as a person writes them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "util/result.hpp"

namespace sarray::util {

/// A number of at least `least`, in decimal digits alone. @param what the error is about; with the hint, what is read then.
[[nodiscard]] Result<std::uint32_t> parse_number(const std::string& text, const std::string& what, std::uint32_t least,
                                                       const std::string& hint);

/// Job numbers: "1", "2-5", "1,4-6", ascending, each once. @param most the highest there is. @param hint where they can be seen.
[[nodiscard]] Result<std::vector<std::uint32_t>> parse_job_numbers(const std::vector<std::string>& words, std::uint32_t most,
                                                                         const std::string& hint);

}  // namespace sarray::util
