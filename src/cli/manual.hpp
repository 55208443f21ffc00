// Man pages, made from what the helps are made from.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "cli/page.hpp"

namespace sarray::cli {

/// Returns the man page of a command in roff's man macros. @param summary a few words for apropos.
[[nodiscard]] std::string manual_page(const Page& page, std::string_view summary);

/// Returns the page of the program itself. @param commands names and summaries.
[[nodiscard]] std::string main_manual_page(std::string_view description,
                                           std::span<const std::pair<std::string_view, std::string_view>> commands);

}  // namespace sarray::cli
