// A session: the calls of one `sarray listen`, on disk, so that they survive the end of the terminal.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "slurm/language/call.hpp"
#include "store/state_folder.hpp"
#include "util/environment.hpp"
#include "util/result.hpp"

namespace sarray::store {

/// Whether a session's shell runs. One on another host, or in another pid namespace, cannot be seen: it is not gone.
enum class ShellState : std::uint8_t { gone, alive, unknown };

struct SessionInfo {
  enum class State : std::uint8_t { open, submitted, cancelled };
  std::string name;
  std::string folder;
  std::string host;        ///< the host on which it was begun
  std::string shell_host;  ///< the host on which its shell runs, or may run; empty: not known
  int shell_pid = 0;
  ShellState shell = ShellState::gone;
  std::int64_t started = 0;    ///< seconds since 1970
  std::int64_t last_call = 0;  ///< likewise; 0: none
  std::uint32_t jobs = 0;      ///< queued: neither dropped nor submitted
  std::uint32_t tasks = 0;     ///< of the queued jobs
  std::string directory;       ///< in which the last call was made; empty: there is none
  State state = State::open;
};

struct RecordedCall {
  std::uint32_t job = 0;  ///< number in the session, from 1; it never changes
  std::uint32_t id = 0;   ///< virtual id
  std::uint32_t tasks = 0;
  std::int64_t time = 0;
  bool dropped = false;
  bool submitted = false;
  /// Whether the job was released after the call, which asks for --hold: a script's line cannot be undone by another word.
  bool released = false;
  std::shared_ptr<const slurm::Call> call;
};

/// A submission: an intent before sbatch is run, accepted when its answer is known.
struct SubmissionNote {
  bool accepted = false;
  std::string marker;  ///< part of the path that Slurm shows as the array's Command
  std::string job_id;  ///< empty until it is accepted
  std::string script;  ///< the copy of the batch script that the user was given
  std::vector<std::uint32_t> jobs;
  std::int64_t time = 0;
};

struct SessionContents {
  SessionInfo info;
  std::vector<RecordedCall> calls;
  std::vector<SubmissionNote> submissions;
  std::vector<std::uint32_t> cancelled;  ///< jobs that a cancel dropped, if nothing was recorded after it: they can be restored
  /// What was taken out of the queue, each time the jobs of one command, and was not brought back since; oldest first.
  std::vector<std::vector<std::uint32_t>> dropped;
  std::vector<std::string> warnings;  ///< incomplete or damaged parts that were left out
};

/// What append() tells of a call.
struct Appended {
  std::uint32_t job = 0;
  std::uint32_t id = 0;
  std::uint32_t jobs_queued = 0;
  std::uint32_t tasks_queued = 0;
};

/// Its journal is append-only (journal.hpp). Every function is safe while other processes use the session, and after a kill -9 of
/// any of them.
class Session {
 public:
  /// @param base the environment that calls of the session usually have; calls are stored as differences from it.
  [[nodiscard]] static util::Result<Session> create(const StateFolder& folder, const util::Environment& base);
  [[nodiscard]] static util::Result<Session> open(const StateFolder& folder, const std::string& name);
  /// Opens the session of this shell, by $SARRAY_SESSION.
  [[nodiscard]] static util::Result<Session> current(const StateFolder& folder);

  [[nodiscard]] const std::string& name() const { return m_name; }
  [[nodiscard]] const std::string& folder() const { return m_folder; }

  /// Appends a call. When this returns, the complete call is in the journal.
  [[nodiscard]] util::Result<Appended> append(const slurm::Call& call, std::uint32_t tasks);
  /// @param has_lock whether this process holds the lock of the journals (lock_counter). Else it is taken if the journal's end
  ///   is incomplete: usually a call is being recorded, and is complete a moment later.
  [[nodiscard]] util::Result<SessionContents> read(bool has_lock = false) const;
  /// Returns the bytes that read() will read; 0 if that is not known.
  [[nodiscard]] std::size_t journal_size() const;

  /// Gives a queued job other words, with which it is submitted instead of those of its call. Everything else of the call stays.
  /// @param argv as slurm::Call::argv. @param tasks that the job has now. @param released see RecordedCall.
  [[nodiscard]] util::Result<void> change(std::uint32_t job, const std::vector<std::string>& argv, std::uint32_t tasks,
                                          bool released);
  [[nodiscard]] util::Result<void> drop(const std::vector<std::uint32_t>& jobs);
  /// Drops these jobs, until restore_cancelled() brings them back.
  [[nodiscard]] util::Result<void> cancel(const std::vector<std::uint32_t>& jobs);
  /// Queues the jobs again that the last cancel dropped, if nothing was recorded after it. @return how many.
  [[nodiscard]] util::Result<std::uint32_t> restore_cancelled();
  /// Queues the jobs again that the last drop, or cancel, took out. Those before it are next. @return their numbers.
  [[nodiscard]] util::Result<std::vector<std::uint32_t>> restore_dropped();
  [[nodiscard]] util::Result<void> note_intent(const std::string& marker, const std::string& script,
                                               const std::vector<std::uint32_t>& jobs);
  [[nodiscard]] util::Result<void> note_accepted(const std::string& marker, const std::string& job_id);
  [[nodiscard]] util::Result<void> note_withdrawn(const std::string& marker);
  [[nodiscard]] util::Result<void> close(SessionInfo::State state);

  /// Ends the session for its callers: from now on sbatch refuses to record in it, until reopen().
  [[nodiscard]] util::Result<void> end() const;
  [[nodiscard]] util::Result<void> reopen() const;
  /// Returns whether end() was called. It looks at the disk once: each recorded call asks.
  [[nodiscard]] bool is_over() const;
  /// Writes what is recorded to the disk, so that it survives a crash of the machine.
  [[nodiscard]] util::Result<void> sync() const;

 private:
  Session(const StateFolder& folder, std::string name);
  std::string m_counter;
  std::string m_name;
  std::string m_folder;
};

/// Returns all sessions, oldest first. One that cannot be read is left out; `warnings` says which and why.
[[nodiscard]] util::Result<std::vector<SessionInfo>> list_sessions(const StateFolder& folder,
                                                                   std::vector<std::string>* warnings = nullptr);

/// Reserves `count` consecutive virtual ids. @return the first.
[[nodiscard]] util::Result<std::uint32_t> next_virtual_ids(const StateFolder& folder, std::uint32_t count);

}  // namespace sarray::store
