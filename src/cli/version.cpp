#include "cli/version.hpp"

#include <filesystem>

#include "embedded/version_values.hpp"

namespace sarray::cli {

const char* const version = SARRAY_VERSION;
const char* const revision = SARRAY_REVISION;
const char* const date = SARRAY_DATE;

std::string documents_folder() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return {};
  const auto folder = (program.parent_path() / SARRAY_DOCUMENTS).lexically_normal();
  return std::filesystem::is_regular_file(folder / "README.md", error) ? folder.string() : std::string();
}

std::string describe_version() {
  std::string text = std::string("sarray ") + version;
  if (*revision != '\0') text += std::string(" (revision ") + revision + (*date != '\0' ? std::string(", ") + date : "") + ")";
  text += "\nMIT licence: free to use, to change and to pass on; there is no warranty\n";
  const auto documents = documents_folder();
  return documents.empty() ? text : text + "documents: " + documents + "\n";
}

}  // namespace sarray::cli
