// A task's output files, found on the disk.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "follow/attempts.hpp"
#include "follow/file_names.hpp"
#include "slurm/client/site.hpp"

namespace sarray::follow {

struct TaskFiles {
  std::string output;  ///< absolute; has * if a part of the name is not known, and no file shows it
  std::string error;   ///< empty: the same file as the output
};

class FileFinder {
 public:
  FileFinder(const slurm::SlurmSite& site, const follow::History& history) : m_site(site), m_history(history) {}
  /// @param index in the first attempt; the files are those of its last attempt.
  [[nodiscard]] TaskFiles find(std::uint32_t index);

 private:
  [[nodiscard]] std::string find_one(const follow::Attempt& attempt, const script::MappedJob& job, const slurm::TaskRecord& task,
                                     script::Stream stream);
  void learn_surroundings();

  const slurm::SlurmSite& m_site;
  const follow::History& m_history;
  follow::FileSurroundings m_surroundings;
  bool m_is_learned = false;
};

}  // namespace sarray::follow
