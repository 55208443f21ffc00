// Numbers and lists of numbers, as a person types them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "util/result.hpp"

namespace sarray::util {

/// Reads a number of at least `least`, written in decimal digits only.
/// @param what names the number in the error. @param hint the error's hint.
[[nodiscard]] Result<std::uint32_t> parse_number(const std::string& text, const std::string& what, std::uint32_t least,
                                                 const std::string& hint);

/// Reads job numbers ("1", "2-5", "1,4-6"). @return each of them once, ascending.
/// @param max the highest number that exists. @param hint the command that lists them.
[[nodiscard]] Result<std::vector<std::uint32_t>> parse_job_numbers(const std::vector<std::string>& words, std::uint32_t max,
                                                                   const std::string& hint);

}  // namespace sarray::util
