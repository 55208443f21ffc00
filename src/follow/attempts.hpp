// A submission and its retries, as one history: what is done, whichever attempt did it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "script/map.hpp"
#include "slurm/client/task_state.hpp"

namespace sarray::follow {

/// One merged array: the first of a history, or a retry of some of its tasks.
struct Attempt {
  std::string job_id;
  script::Map map;
  std::vector<slurm::TaskRecord> tasks;  ///< from map.first_index() on; as many as map.tasks
  std::string script_path;               ///< of its batch script, if the map is from the notes; empty: Slurm has that very map
  std::int64_t noted = 0;                ///< when it was submitted, by the notes, in seconds since 1970; 0: not known
  /// Whether what Slurm shows under its job id is this array, as far as is known.
  slurm::Identity identity = slurm::Identity::unknown;
  bool is_doubtful = false;  ///< Slurm shows a job of that id without its script, submitted at another time
  /// Precondition: map.has_index(index).
  [[nodiscard]] const slurm::TaskRecord& task(std::uint32_t index) const { return tasks[index - map.first_index()]; }
};

/// A task of the first attempt in one of the attempts.
struct LatestAttempt {
  std::uint32_t attempt = 0;
  std::uint32_t index = 0;  ///< in that attempt's array
};

/// A job, or one task of it, that a task waits for.
struct WaitedFor {
  std::string type;                    ///< "afterok"
  std::string task;                    ///< as Slurm names it: "17_3"; "17": a job that sarray did not submit
  std::uint32_t job = 0;               ///< its number in its session; 0: not known
  std::string name;                    ///< empty: not known
  std::optional<std::uint32_t> local;  ///< its task id in its job; nullopt: a plain job, or several of its tasks
  bool has_failed = false;             ///< it has ended in another way than it should have
};
/// Why a task waits for others, or was cancelled because it did.
struct TaskWait {
  bool is_never = false;      ///< it can never run, because of these
  bool any = false;           ///< one of these is enough
  std::vector<WaitedFor> on;  ///< not empty
};

struct History {
  std::vector<Attempt> attempts;            ///< at least one; the first has every task
  std::vector<LatestAttempt> latest;        ///< the latest attempt of each task, from map().first_index() on
  std::map<std::uint32_t, TaskWait> waits;  ///< by index in the first attempt (waits.hpp)
  std::vector<std::string> notes;           ///< what could not be known, and why
  /// The tasks that are asked about, from map().first_index() on; empty: all.
  std::vector<bool> meant;

  [[nodiscard]] const script::Map& map() const { return attempts.front().map; }
  [[nodiscard]] std::uint32_t position(std::uint32_t index) const { return index - map().first_index(); }
  [[nodiscard]] const LatestAttempt& latest_of(std::uint32_t index) const { return latest[position(index)]; }
  [[nodiscard]] const slurm::TaskRecord& task(std::uint32_t index) const {
    const auto& last = latest_of(index);
    return attempts[last.attempt].task(last.index);
  }
  [[nodiscard]] bool means(std::uint32_t index) const { return meant.empty() || meant[position(index)]; }
};

/// Calls visit(index in the first attempt, run) for each task that an attempt shares with the first.
template <class Visit>
void visit_tasks(const History& history, std::uint32_t number, const Visit& visit) {
  std::unordered_map<std::uint32_t, const script::MappedJob*> by_id;
  for (const auto& job : history.map().jobs) by_id.emplace(job.id, &job);
  for (const auto& job : history.attempts[number].map.jobs) {
    const auto original = by_id.find(job.id);
    if (original == by_id.end()) continue;
    for (std::uint32_t n = 0; n < job.tasks; ++n) {
      const auto index = job.first_index + n;
      if (const auto at = original->second->index_of(job.local_id(index))) visit(*at, LatestAttempt{number, index});
    }
  }
}

/// Finds the attempt that counts for every task, by virtual id and local id: its last one, unless only an earlier one is pending
/// or running, since somebody has requeued that. Tasks of a retry that the first attempt does not have are left out. If states
/// are not known yet (Attempt::tasks is empty) it is the last attempt.
void find_latest_attempts(History& history);

/// Returns all attempts at each task, from map().first_index() on, oldest first.
[[nodiscard]] std::vector<std::vector<LatestAttempt>> find_runs(const History& history);

/// A task that is pending or running in an attempt although there is a later one: somebody has requeued it.
struct RevivedTask {
  std::uint32_t index = 0;  ///< in the first attempt
  LatestAttempt run;
};
/// Returns all of them, in the order of attempts.
[[nodiscard]] std::vector<RevivedTask> find_revived(const History& history);

using Counts = std::array<std::uint32_t, slurm::all_task_states.size()>;  ///< by TaskState

struct Summary {
  std::uint32_t tasks = 0;
  Counts counts{};
  std::int64_t first_start = 0;      ///< seconds since 1970; 0: nothing has started
  std::int64_t last_end = 0;         ///< likewise; 0: nothing has ended
  std::int64_t task_seconds = 0;     ///< of all tasks that are done, added up
  std::int64_t running_seconds = 0;  ///< of all that run, until now
  [[nodiscard]] std::uint32_t count(slurm::TaskState state) const { return counts[static_cast<std::size_t>(state)]; }
  [[nodiscard]] std::uint32_t done() const;
  [[nodiscard]] std::uint32_t failures() const;
  [[nodiscard]] bool is_over() const { return done() == tasks; }
  /// Seconds from the first start to the last end, or to now while tasks run; 0: nothing has started; nullopt: not known.
  [[nodiscard]] std::optional<std::int64_t> elapsed(std::int64_t now) const;
};

[[nodiscard]] Summary summarize(const History& history, const script::MappedJob& job);
[[nodiscard]] Summary summarize(const History& history);
/// Returns how many of the tasks that are asked about are pending and can never run (History::waits).
[[nodiscard]] std::uint32_t count_never(const History& history);

/// Seconds from now until all is done, if the tasks left take as long as those done, as many at once as run now; 0: not known.
[[nodiscard]] std::int64_t estimate_rest(const Summary& summary);

}  // namespace sarray::follow
