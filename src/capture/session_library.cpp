#include "capture/session_library.hpp"

#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "capture/intercept_bytes.hpp"
#include "capture/surroundings.hpp"
#include "intercept/settings.hpp"
#include "util/environment_names.hpp"
#include "util/fd.hpp"
#include "util/message.hpp"
#include "util/process.hpp"
#include "util/traces.hpp"

extern char** environ;

namespace sarray::capture {

namespace {

/// Returns the commands of Slurm's that PATH leads to, if ours are not looked at.
std::vector<std::string> find_commands() {
  struct stat own {};
  if (::stat("/proc/self/exe", &own) != 0) return {};
  const auto is_own = [&](const struct stat& file) { return file.st_dev == own.st_dev && file.st_ino == own.st_ino; };
  const auto environment = clean_environment(environ);
  const auto path = environment.get("PATH");
  std::vector<std::string> found;
  for (const char* command : intercept::commands) {
    const auto program = util::find_in_path(command, path.value_or(""), is_own);
    if (program && *program) found.push_back(**program);
  }
  return found;
}

/// Returns the library with a session's settings.
util::Result<std::string> make_library(const std::string& path, const std::string& bin) {
  std::string text(SARRAY_SETTINGS_MARK);
  text += '\0';
  for (const auto* word : {&path, &bin}) text += *word + '\0';
  for (const auto& command : find_commands()) {
    if (text.size() + command.size() + 2 < intercept::settings_size) text += command + '\0';
  }
  text += '\0';
  std::string library(intercept_bytes());
  const auto at = library.find(SARRAY_SETTINGS_MARK);
  if (at == std::string::npos || text.size() > intercept::settings_size) return util::fail(path, "its name is too long");
  return library.replace(at, text.size(), text);
}

/// Fails if a program that is run with the library does not load it, or if anything is printed.
util::Result<void> try_library(const std::string& path) {
  constexpr std::chrono::seconds patience{5};
  util::Command command;
  command.argv = {"cat", "/proc/self/maps"};
  command.environment = std::vector<std::string>{"LD_PRELOAD=" + path};
  command.timeout = patience;
  TRY(const auto output, util::run(command));
  if (!output.err.empty()) return util::fail(path, output.err.substr(0, output.err.find('\n')));
  if (output.status != 0 || output.out.find("/" + std::string(util::library_name)) == std::string::npos)
    return util::fail(path, "programs here do not load it");
  return {};
}

util::Result<std::string> write_library(const std::string& folder, const std::string& bin) {
  const auto path = folder + "/" + std::string(util::library_name);
  if (path.find_first_of(" $") != std::string::npos) return util::fail(path, "LD_PRELOAD cannot hold such a name");
  TRY(const auto library, make_library(path, bin));
  CHECK_OK(util::write_file_atomically(path, library));
  CHECK_OK(try_library(path));
  return path;
}

}  // namespace

std::string place_library(const store::Session& session, const std::string& guard_folder) {
  const char* wanted = std::getenv(util::intercept_variable);
  if (wanted != nullptr && std::string_view(wanted) == "off") return {};
  const auto bin = session.folder() + "/bin";
  const auto placed = write_library(session.folder(), bin);
  if (placed) return *placed;
  if (!guard_folder.empty()) {
    if (const auto elsewhere = write_library(guard_folder, bin)) return *elsewhere;
  }
  util::note("sbatch is found by PATH alone: a program that calls it by its path, or sets PATH again, submits to Slurm (" +
             placed.error().why + ")");
  return {};
}

}  // namespace sarray::capture
