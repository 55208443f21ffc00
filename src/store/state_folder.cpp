#include "store/state_folder.hpp"

#include <cstdlib>

#include "util/environment_names.hpp"
#include "util/fd.hpp"

namespace sarray::store {

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace

util::Result<StateFolder> StateFolder::open() {
  auto path = variable(util::state_variable);
  if (path.empty() && !variable("XDG_STATE_HOME").empty()) path = variable("XDG_STATE_HOME") + "/sarray";
  if (path.empty() && !variable("HOME").empty()) path = variable("HOME") + "/.local/state/sarray";
  if (path.empty()) {
    return util::fail("state folder", "neither SARRAY_STATE_DIR nor HOME is set",
                      "export SARRAY_STATE_DIR=/a/folder/of/your/own");
  }
  if (!path.starts_with('/')) {
    return util::fail("state folder", path + " is not an absolute path", "export SARRAY_STATE_DIR=/a/folder/of/your/own");
  }
  // Folders below it are in the PATH of sessions and tasks. A colon would end their names there, and another sbatch would be
  // found.
  if (path.find(':') != std::string::npos) {
    return util::fail("state folder", path + " has a colon in its name, which PATH cannot hold",
                      "export SARRAY_STATE_DIR=/a/folder/without/a/colon");
  }
  CHECK_OK(util::ensure_private_folder(path));
  return StateFolder(std::move(path));
}

}  // namespace sarray::store
