// A task's output files, found on the disk.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/gather.hpp"
#include "report/attempts.hpp"
#include "report/task_files.hpp"

namespace sarray::cli {

struct TaskFiles {
  std::string output;  ///< absolute; with * where something of the name cannot be known, and no file is there to tell
  std::string error;   ///< empty: it goes where the output goes
};

class FileFinder {
 public:
  FileFinder(const Site& site, const report::History& history) : m_site(site), m_history(history) {}
  /// @param index in the first attempt; the files are those of its last attempt.
  [[nodiscard]] TaskFiles find(std::uint32_t index);

 private:
  [[nodiscard]] std::string find_one(const report::Attempt& attempt, const merge::MappedJob& job, const slurm::TaskRecord& task,
                                     merge::Stream stream);
  void learn_surroundings();

  const Site& m_site;
  const report::History& m_history;
  report::FileSurroundings m_surroundings;
  bool m_is_learned = false;
};

}  // namespace sarray::cli
