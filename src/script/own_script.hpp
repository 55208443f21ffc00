// Which files are batch scripts that sarray wrote.
#pragma once

#include <string>
#include <string_view>

namespace sarray::script {

/// Whether a file that begins so is a batch script of sarray's, of whatever version. The first two lines say so (render.cpp).
[[nodiscard]] bool is_own_script(std::string_view head);

/// Whether a generated script may be written to this path: nothing is there, or a plain file that sarray wrote. Never a link,
/// which may lead to a file of the user's.
[[nodiscard]] bool may_replace(const std::string& path);

}  // namespace sarray::script
