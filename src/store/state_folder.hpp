// The folder of all of sarray's state.
#pragma once

#include <string>

#include "util/result.hpp"

namespace sarray::store {

class StateFolder {
 public:
  /// $SARRAY_STATE_DIR, else $XDG_STATE_HOME/sarray, else ~/.local/state/sarray; made with mode 0700 if it is missing.
  /// @return an error if it does not belong to the user, or others can write to it.
  [[nodiscard]] static util::Result<StateFolder> open();

  [[nodiscard]] const std::string& path() const { return m_path; }
  [[nodiscard]] std::string sessions() const { return m_path + "/sessions"; }
  [[nodiscard]] std::string submissions() const { return m_path + "/submissions"; }
  /// The file that counts virtual ids. Its lock is also the lock of every journal.
  [[nodiscard]] std::string counter() const { return m_path + "/next_id"; }

 private:
  explicit StateFolder(std::string path) : m_path(std::move(path)) {}
  std::string m_path;
};

}  // namespace sarray::store
