// Lists as text, for people and for Slurm.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace sarray::util {

/// "a, b, c". @param text what is shown of an element: a member, or a function that returns a text.
template <class List, class Text = std::identity>
[[nodiscard]] std::string join(const List& list, std::string_view between, Text text = {}) {
  std::string joined;
  bool is_first = true;
  for (const auto& element : list) {
    if (!is_first) joined += between;
    joined += std::invoke(text, element);
    is_first = false;
  }
  return joined;
}

}  // namespace sarray::util
