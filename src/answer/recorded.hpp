// A job that is recorded only, as Slurm's commands would show it: pending, with a reason that says so. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "slurm/language/job.hpp"

namespace sarray::answer {

/// Why a recorded job is pending: squeue's REASON.
inline constexpr const char* recorded_reason = "Recorded";

/// What a job has that does not say it, and who its user is.
struct Defaults {
  std::string user;
  std::string user_id;
  std::string group;
  std::string group_id;
  std::string partition;   ///< Slurm's default one; empty: not known
  std::string time_limit;  ///< of a job without one, as squeue writes it; empty: not known
  std::string account = "(null)";
  std::string qos = "(null)";
  std::string cluster;
  std::string host;             ///< where it was recorded
  bool shows_arguments = true;  ///< shows_arguments() of the release
  /// Whether a job that is waited for is an array; empty: nobody knows.
  std::function<bool(std::uint32_t id)> is_array = {};
};

/// What sacct and squeue call the job's state, when it is shown.
enum class RecordedState : std::uint8_t { pending, cancelled };

struct RecordedJob {
  std::uint32_t id = 0;  ///< virtual id
  const slurm::Job* job = nullptr;
  const slurm::Call* call = nullptr;
  RecordedState state = RecordedState::pending;
  std::string submitted;               ///< 2026-11-26T09:34:43, local time
  std::int64_t submitted_at = 0;       ///< the same, in seconds since 1970
  std::optional<std::uint32_t> task;   ///< one task of an array by itself; nullopt: the whole job
  std::vector<std::uint32_t> tasks{};  ///< several tasks of an array, in one line; empty: see `task`
};

/// Returns "2000000003", "2000000003_[1-3%2]", "2000000003_[1,3]" or "2000000003_1".
[[nodiscard]] std::string recorded_name(const RecordedJob& job);

/// Returns an array's name in the words in which Slurm refuses an order: "2000000003_1-3".
[[nodiscard]] std::string recorded_tasks(const RecordedJob& job);

/// Returns what squeue shows in a field.
/// @param field a name of `squeue -O`, in small letters.
/// @return nullopt if that cannot be said of a job that Slurm does not have.
[[nodiscard]] std::optional<std::string> queue_value(const RecordedJob& job, std::string_view field, const Defaults& defaults);

/// Returns what sacct shows in a field. @param field a name of `sacct --format`, in small letters. @return likewise.
[[nodiscard]] std::optional<std::string> account_value(const RecordedJob& job, std::string_view field, const Defaults& defaults);

/// Returns the record that `scontrol show job` prints: KEY=VALUE, in Slurm's order; each element is a line.
[[nodiscard]] std::vector<std::string> show_lines(const RecordedJob& job, const Defaults& defaults);

/// Returns what --mem or --mem-per-cpu asks for; nullopt: it does not, or in words that cannot be read.
[[nodiscard]] std::optional<std::uint64_t> memory_megabytes(const RecordedJob& job, std::string_view option);

/// "1-02:00:00", "5:00" (squeue), or with all of "00:05:00" (`padded`: scontrol, sacct).
[[nodiscard]] std::string format_minutes(std::uint64_t minutes, bool padded);

}  // namespace sarray::answer
