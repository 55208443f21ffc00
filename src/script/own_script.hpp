// Which files are batch scripts that sarray wrote.
#pragma once

#include <string>
#include <string_view>

namespace sarray::script {

/// Whether a file that begins so is a batch script of sarray's, of whatever version. The first two lines say so (render.cpp).
[[nodiscard]] bool is_own_script(std::string_view head);

/// The third line of a generated script, before sign_script(): the checksum's place.
inline constexpr std::string_view unsigned_line = "# Checksum 0000000000: a copy that was edited is not overwritten.\n";

/// Writes the checksum of all other lines into the script's third one, so that an edited copy can be told from what sarray wrote.
void sign_script(std::string& script);

/// Returns why a generated script must not be written to this path; empty if nothing is there, or a plain file that sarray wrote
/// and nobody has edited since. Never a link, which may lead to a file of the user's.
[[nodiscard]] std::string explain_kept(const std::string& path);

}  // namespace sarray::script
