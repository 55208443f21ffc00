// What runs, what failed and why: a history of attempts for people and for scripts.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "follow/attempts.hpp"
#include "follow/group.hpp"
#include "util/json.hpp"

namespace sarray::report {

struct StatusView {
  std::size_t width = 0;   ///< columns of the terminal; 0: do not cut
  std::size_t height = 0;  ///< its lines; 0: it is not one
  bool bars = true;
  bool color = false;
  bool tasks = false;                ///< one line per task
  std::string group;                 ///< the name of what is shown, if that is several arrays: "sarray-3"
  std::vector<std::string> missing;  ///< the names of its arrays that are not known here: "sarray-3.2"
  bool failed_only = false;
  bool usage = false;     ///< CPU and memory, used and requested
  std::int64_t now = 0;   ///< seconds since 1970
  std::int64_t rest = 0;  ///< estimated seconds until all is done; 0: say nothing of it
  /// Returns the output file of a task, by its index in the first attempt; needed if tasks is set.
  std::function<std::string(const follow::History& history, std::uint32_t index)> output_of;
};

/// "00:04:12", "1-02:03:04".
[[nodiscard]] std::string duration_text(std::int64_t seconds);
/// "5.0G", "320M".
[[nodiscard]] std::string memory_text(std::uint64_t bytes);
/// "completed", "failed (exit 3)", "failed (signal 9)", "pending (Resources)"; Slurm's own word if it says more.
[[nodiscard]] std::string state_text(const slurm::TaskRecord& task);
/// "waits for 3 align, 4 align", "will never run: 2 align failed"; of many jobs only the first are named.
[[nodiscard]] std::string wait_text(const follow::TaskWait& wait);
/// state_text() with that instead of Slurm's own reason.
[[nodiscard]] std::string state_text(const follow::History& history, std::uint32_t index);
/// "42137_7".
[[nodiscard]] std::string task_name(const follow::History& history, std::uint32_t index);
/// What `sarray status` shows: the totals, and the table under its heading.
struct StatusText {
  std::string summary;
  std::string rows;          ///< a heading, `count` lines, and perhaps others after them
  std::size_t count = 0;     ///< jobs or tasks
  const char* noun = "job";  ///< what a line is
};
/// @param histories of the arrays of one submission, as one thing; at least one.
[[nodiscard]] StatusText status_parts(const follow::Histories& histories, const StatusView& view);
/// Returns the totals, then one line per job (or task), those that failed or run first. If that is more than the terminal's
/// height, the totals come last, since the beginning scrolls away.
[[nodiscard]] std::string status_text(const follow::Histories& histories, const StatusView& view);

/// Returns the document of status --json (docs/follow.md).
[[nodiscard]] util::Json status_json(const follow::Histories& histories, const StatusView& view);
[[nodiscard]] util::Json job_json(const script::MappedJob& job);
/// @param index in the first attempt.
[[nodiscard]] util::Json task_json(const follow::History& history, const script::MappedJob& job, std::uint32_t index);

}  // namespace sarray::report
