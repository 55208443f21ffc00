#include "util/numbers.hpp"

#include <algorithm>
#include <charconv>

namespace sarray::util {

Result<std::uint32_t> parse_number(const std::string& text, const std::string& what, std::uint32_t least,
                                   const std::string& hint) {
  std::uint32_t value = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc{} || parsed.ptr != end || value < least) {
    return fail(usage_error(what, "'" + text + "' is not a whole number (" + std::to_string(least) + " or more)", hint));
  }
  return value;
}

Result<std::vector<std::uint32_t>> parse_job_numbers(const std::vector<std::string>& words, std::uint32_t max,
                                                     const std::string& hint) {
  std::vector<std::uint32_t> numbers;
  for (const auto& word : words) {
    for (std::size_t at = 0; at <= word.size();) {
      const auto end = std::min(word.find(',', at), word.size());
      const auto part = word.substr(at, end - at);
      const auto dash = std::min(part.find('-'), part.size());
      const auto first = parse_number(part.substr(0, dash), "", 1, "");
      const auto last = dash < part.size() ? parse_number(part.substr(dash + 1), "", 1, "") : first;
      if (!first || !last || *last < *first)
        return fail(usage_error("job " + word, "not a job number or a list of job numbers", "1, 2-5 or 1,4-6"));
      if (*last > max) {
        return fail("job " + part, max == 0 ? "the queue is empty" : "the jobs are 1 to " + std::to_string(max), hint);
      }
      for (auto number = *first; number <= *last; ++number) numbers.push_back(number);
      at = end + 1;
    }
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

}  // namespace sarray::util
