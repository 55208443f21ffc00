// `sarray status --watch`: draws again and again until all tasks have finished.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "commands/commands.hpp"
#include "engine/engine.hpp"
#include "follow/group.hpp"
#include "follow/task_files.hpp"
#include "report/status.hpp"

namespace sarray::commands {

struct WatchOptions {
  std::string job_id;  ///< as the user gave it
  bool json = false;
  report::StatusView view;  ///< without what depends on the moment and the terminal
};

/// Fills in what depends on the moment and on the terminal at standard output.
void look_at_terminal(report::StatusView& view);

/// Tasks that Slurm has forgotten, or that wait for what has failed, will never be done: nobody waits for them.
[[nodiscard]] bool is_settled(const follow::Histories& histories);

/// The output files of the tasks of several arrays.
class OutputFinder {
 public:
  explicit OutputFinder(const follow::Group& group);
  /// Returns the name of a task's output; it may have *. @param history one of the group's. @param index in its first attempt.
  [[nodiscard]] std::string find(const follow::History& history, std::uint32_t index);

 private:
  std::map<const follow::History*, follow::FileFinder> m_finders;
};

/// Draws in place on a terminal, with keys to scroll and to end it; else one drawing after another.
/// @return true if all tasks have finished, and the last drawing is what `status` shows; false if the user ended it.
[[nodiscard]] util::Result<bool> watch(follow::Group& group, const engine::Engine& engine, const WatchOptions& options);

}  // namespace sarray::commands
