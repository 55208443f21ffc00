// Which sarray this is. The values are known when the build is configured (cmake/Revision.cmake).
#pragma once

#include <string>

namespace sarray::cli {

extern const char* const version;   ///< "0.1.0"
extern const char* const revision;  ///< the commit, "-changed" after it if files differ from it; empty: not known
extern const char* const date;      ///< of that commit, 2026-11-26; empty: not known

/// Returns what --version prints: version, revision, licence, and the folder of the installed documents if they are there.
[[nodiscard]] std::string describe_version();

/// Returns the folder of the documents that belong to this program, found from the program's own place; empty: not installed.
[[nodiscard]] std::string documents_folder();

}  // namespace sarray::cli
