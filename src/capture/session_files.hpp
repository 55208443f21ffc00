// Writes the programs and startup files in a session's folder, and the guard beside it.
#pragma once

#include <string>

#include "store/session.hpp"
#include "util/result.hpp"

namespace sarray::capture {

/// Puts this program under the names sbatch and sarray into the session's folder `bin`, and the startup files beside it.
///
/// The programs are hard links to a copy of this program in STATE/programs, which sessions of one version share: an upgrade, or a
/// module that is unloaded, must not take them away from a session that is open. If no copy can be made or run (a full disk, a
/// state folder mounted noexec) they are symbolic links to this program, and a note says so.
[[nodiscard]] util::Result<void> write_session_files(const store::Session& session, const store::StateFolder& folder,
                                                     const std::string& dialect);

/// A folder on this host with an sbatch that only refuses, by the session's name. It is second in the session's PATH: if
/// the state folder is gone or cannot be read, a program that looks through PATH would find Slurm's own sbatch next.
class Guard {
 public:
  /// Makes the folder, with a random name and mode 0700, in the first place in which a program can be run; without such a place
  /// there is no guard.
  explicit Guard(const store::Session& session);
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  /// Removes it. What a killed `listen` leaves lies in /tmp.
  ~Guard();

  /// Empty: there is none.
  [[nodiscard]] const std::string& folder() const { return m_folder; }

 private:
  std::string m_folder;
};

}  // namespace sarray::capture
