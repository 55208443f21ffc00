// One submission of a queue file at a time: two at once are nearly always one too many.
#pragma once

#include <string>
#include <vector>

#include "store/state_folder.hpp"
#include "util/fd.hpp"
#include "util/result.hpp"

namespace sarray::engine {

/// A lock that whoever submits a queue file holds until its jobs are reported.
class FileLock {
 public:
  /// Returns the word that the last submission of a file left: the ids of its jobs; "" if there is none.
  [[nodiscard]] static std::string last_word(const std::string& file, const store::StateFolder& folder);

  /// Takes the lock of a file; waits while another process holds it, and says so on standard error.
  /// @param file absolute path of the queue file.
  /// @return an error if another process has submitted the file since, which names the jobs.
  /// @param word what last_word() said when the command began: Slurm is asked in between, and another process may have been
  /// quicker.
  [[nodiscard]] static util::Result<FileLock> take(const std::string& file, const store::StateFolder& folder,
                                                   const std::string& word);

  /// Leaves a note of what was submitted for those who wait. A note that cannot be written is not an error: they would submit
  /// then.
  void note(const std::vector<std::string>& job_ids) const;

 private:
  FileLock(util::Fd fd, std::string file) : m_fd(std::move(fd)), m_file(std::move(file)) {}
  util::Fd m_fd;
  std::string m_file;
};

}  // namespace sarray::engine
