// What runs, what failed and why: a history of attempts for people and for scripts.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "follow/attempts.hpp"
#include "util/json.hpp"

namespace sarray::report {

struct StatusView {
  std::size_t width = 0;  ///< columns of the terminal; 0: do not cut
  bool color = false;
  bool tasks = false;  ///< one line per task
  bool failed_only = false;
  bool usage = false;    ///< CPU and memory, used and requested
  std::int64_t now = 0;  ///< seconds since 1970
  /// Returns the output file of a task, by its index in the first attempt; needed if tasks is set.
  std::function<std::string(std::uint32_t)> output_of;
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
/// Returns "12 running, 3 failed": only states that occur.
/// @param is_short "12 run, 3 fail".
[[nodiscard]] std::string counts_text(const follow::Summary& summary, bool is_short = false);

/// Returns the totals with a bar, then one line per job (or task).
[[nodiscard]] std::string status_text(const follow::History& history, const StatusView& view);

/// Returns the document of status --json (docs/follow.md).
[[nodiscard]] util::Json status_json(const follow::History& history, const StatusView& view);
[[nodiscard]] util::Json job_json(const script::MappedJob& job);
/// @param index in the first attempt.
[[nodiscard]] util::Json task_json(const follow::History& history, const script::MappedJob& job, std::uint32_t index);

}  // namespace sarray::report
