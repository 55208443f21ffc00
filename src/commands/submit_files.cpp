#include "commands/submit_files.hpp"

#include <sys/stat.h>

#include <filesystem>

#include "script/own_script.hpp"
#include "util/fd.hpp"
#include "util/message.hpp"

namespace sarray::commands {

namespace {

/// sarray.slurm, sarray-2.slurm ...
std::string numbered(const std::string& path, std::size_t number) {
  if (number == 0) return path;
  const auto slash = path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1;
  auto dot = path.rfind('.');
  if (dot == std::string::npos || dot <= slash) dot = path.size();
  return path.substr(0, dot) + "-" + std::to_string(number + 1) + path.substr(dot);
}

}  // namespace

std::string script_path(const SubmitOptions& options, std::size_t number) { return numbered(options.output, number); }

util::Result<void> make_output_folder(const SubmitOptions& options) {
  std::error_code trouble;
  if (!options.output_folder.empty()) std::filesystem::create_directories(options.output_folder, trouble);
  if (!trouble) return {};
  return util::fail(options.output_folder, trouble.message(), "nothing was submitted; another -o DIR/, or none");
}

util::Result<void> write_script(const SubmitOptions& options, const std::string& path, const std::string& script) {
  CHECK_OK(make_output_folder(options));
  if (const auto why = script::explain_kept(path); !why.empty())
    return util::fail(path, why + ", and is not overwritten", "another -o FILE, or none: it is printed");
  return util::write_file_atomically(path, script);
}

util::Result<std::string> leave_script(const SubmitOptions& options, std::size_t number, const std::string& script,
                                       const std::string& copy) {
  const auto path = script_path(options, number);
  CHECK_OK(make_output_folder(options));
  const auto why = script::explain_kept(path);
  auto note = path + ": " + why + ", and stays as it is";
  struct stat state {};
  if (options.output_given && ::lstat(path.c_str(), &state) == 0 && !S_ISREG(state.st_mode))
    return util::fail(path, "it is not a plain file", "nothing was submitted; another -o FILE, or none");
  if (why.empty()) {
    const auto written = util::write_file_atomically(path, script);
    if (written) return path;
    if (options.output_given)
      return util::fail(written.error().what, written.error().why, "nothing was submitted; another -o FILE, or none");
    note = path + ": " + written.error().why;
  }
  util::note(note + "; the script is " + copy);
  return copy;
}

}  // namespace sarray::commands
