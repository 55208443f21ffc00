// Submits what a driver has recorded while it runs: `sarray run` with --live, or when the driver shows that it waits.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "commands/commands.hpp"
#include "store/session.hpp"

namespace sarray::commands {

struct LiveOptions {
  std::chrono::seconds interval{0};  ///< --live; 0: only when the driver waits
  std::uint32_t max_calls = 0;       ///< --max-calls; 0: no such limit
};

/// When to submit. Pure: it is told what there is, and the time.
class LiveRule {
 public:
  using Clock = std::chrono::steady_clock;
  explicit LiveRule(const LiveOptions& options) : m_options(options) {}

  /// What the session's files show.
  struct Sight {
    std::size_t journal = 0;  ///< bytes: it grows with each call
    std::size_t asked = 0;    ///< questions about jobs that are recorded only
    std::size_t waiting = 0;  ///< calls of sbatch --wait
    bool is_full = false;     ///< as many calls are queued as --max-calls says
  };
  /// @return whether it is time to submit, if anything is queued.
  [[nodiscard]] bool is_time(const Sight& sight, Clock::time_point now);
  /// To be asked after is_time(). @return whether the driver has been silent for a minute, and nothing will be submitted before
  /// it ends or asks: it may wait in a way that nobody can see.
  [[nodiscard]] bool is_silent(Clock::time_point now) const;
  /// What was recorded is being submitted. @param sight as it is when that has ended.
  void submitted(const Sight& sight, Clock::time_point now, bool failed);

 private:
  LiveOptions m_options;
  Sight m_seen;
  bool m_is_first = true;
  bool m_is_asked = false;
  bool m_is_waited_for = false;
  std::chrono::seconds m_backoff{0};
  Clock::time_point m_last_event;
  Clock::time_point m_last_submission;
};

/// Runs `sarray submit` for a session, one at a time, as a process of its own.
class LiveSubmitter {
 public:
  /// @param words the options of submit that the user gave.
  LiveSubmitter(const LiveOptions& options, Words words) : m_options(options), m_rule(options), m_words(std::move(words)) {}

  /// @param command the driver's name, for messages.
  void begin(const store::Session& session, std::string command) {
    m_session = session;
    m_command = std::move(command);
  }
  void tick();
  /// Waits for a submission that runs.
  void finish();

 private:
  [[nodiscard]] LiveRule::Sight look() const;
  /// @return false if the session cannot be read now.
  [[nodiscard]] bool count_queued(const LiveRule::Sight& sight);
  void start();
  void note_silence(const LiveRule::Sight& sight);
  void take_end(int wait_status);

  LiveOptions m_options;
  LiveRule m_rule;
  Words m_words;
  std::optional<store::Session> m_session;
  std::string m_command;
  bool m_is_noted = false;
  std::size_t m_counted_at = 0;  ///< the journal's size when its calls were counted
  std::uint32_t m_queued = 0;
  pid_t m_process = 0;
};

}  // namespace sarray::commands
