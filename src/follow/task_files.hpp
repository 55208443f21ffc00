// A task's output files, found on the disk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "follow/attempts.hpp"
#include "follow/file_names.hpp"
#include "slurm/client/site.hpp"

namespace sarray::follow {

/// What one attempt at a task wrote to.
struct TaskFiles {
  std::string output;  ///< absolute; has * if a part of the name is not known, and no file shows it
  std::string error;   ///< empty: the same file as the output
  LatestAttempt run;   ///< which attempt it was
};

class FileFinder {
 public:
  FileFinder(const slurm::SlurmSite& site, const History& history) : m_site(site), m_history(history) {}
  /// @param index in the first attempt; the files are those of its last attempt.
  [[nodiscard]] TaskFiles find(std::uint32_t index);
  /// Returns the name of the task's output without a look at the disk; it may have *. @param index as for find().
  [[nodiscard]] std::string expected_output(std::uint32_t index);
  /// Returns the files of all attempts at the task, oldest first. Those that a later attempt has written over, or is to write
  /// over, are only in that one's.
  [[nodiscard]] std::vector<TaskFiles> find_all(std::uint32_t index);

 private:
  [[nodiscard]] TaskFiles find_in(const LatestAttempt& run);
  [[nodiscard]] FileSurroundings surroundings_of(std::uint32_t attempt);
  [[nodiscard]] std::string find_one(const LatestAttempt& run, const script::MappedJob& job, script::Stream stream);
  void learn_surroundings();
  [[nodiscard]] bool is_by_hand(std::uint32_t attempt);

  const slurm::SlurmSite& m_site;
  const History& m_history;
  FileSurroundings m_surroundings;
  bool m_is_learned = false;
  std::vector<std::optional<bool>> m_by_hand;      ///< by attempt
  std::vector<std::vector<LatestAttempt>> m_runs;  ///< find_runs()
};

}  // namespace sarray::follow
