#include "commands/live.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <vector>

#include "capture/driver.hpp"
#include "shims/asked.hpp"
#include "util/message.hpp"

namespace sarray::commands {

namespace {

/// For so long no sbatch may follow a question, if the driver is to count as waiting.
constexpr std::chrono::seconds quiet_after_question{2};
/// Calls of `sbatch --wait` that are made side by side come within this time.
constexpr std::chrono::milliseconds quiet_after_wait{500};
constexpr std::chrono::seconds max_backoff{60};
/// After this time without a call it is said that what is recorded is not submitted yet.
constexpr std::chrono::seconds long_silence{60};

std::size_t size_of(const std::string& path) {
  struct stat state {};
  return ::stat(path.c_str(), &state) == 0 ? static_cast<std::size_t>(state.st_size) : 0;
}

}  // namespace

bool LiveRule::is_time(const Sight& sight, Clock::time_point now) {
  if (m_is_first) m_last_submission = now;
  m_is_first = false;
  if (sight.journal != m_seen.journal) {
    m_last_event = now;
    m_is_asked = false;  // it goes on submitting
    m_backoff = std::chrono::seconds(0);
  }
  if (sight.asked > m_seen.asked) {
    if (!m_is_asked) m_last_event = now;
    m_is_asked = true;
  }
  if (sight.waiting > m_seen.waiting) {
    m_last_event = now;
    m_is_waited_for = true;
  }
  m_seen = sight;
  if (now - m_last_submission < m_backoff) return false;
  if (sight.is_full) return true;
  if (m_options.interval.count() > 0 && now - m_last_submission >= m_options.interval) return true;
  return (m_is_asked && now - m_last_event >= quiet_after_question) ||
         (m_is_waited_for && now - m_last_event >= quiet_after_wait);
}

bool LiveRule::is_silent(Clock::time_point now) const {
  const bool will_submit = m_options.interval.count() > 0 || m_is_asked || m_is_waited_for || m_backoff.count() > 0;
  return !m_is_first && !will_submit && now - m_last_event >= long_silence;
}

void LiveRule::submitted(const Sight& sight, Clock::time_point now, bool failed) {
  m_seen.journal = sight.journal;  // the submission's own notes are no calls
  m_is_asked = false;
  m_is_waited_for = failed && m_is_waited_for;
  m_last_submission = now;
  m_last_event = now;
  m_backoff = failed ? std::min(std::max(m_backoff * 2, std::chrono::seconds(5)), max_backoff) : std::chrono::seconds(0);
}

LiveRule::Sight LiveSubmitter::look() const {
  const auto& folder = m_session->folder();
  return {m_session->journal_size(), size_of(folder + "/" + shims::asked_file), size_of(folder + "/" + capture::waiting_file)};
}

bool LiveSubmitter::count_queued(const LiveRule::Sight& sight) {
  if (sight.journal == m_counted_at) return true;
  const auto contents = m_session->read();
  if (!contents) return false;
  m_queued = contents->info.jobs;
  m_counted_at = sight.journal;
  return true;
}

void LiveSubmitter::tick() {
  if (!m_session) return;
  if (m_process > 0) {
    int status = 0;
    if (::waitpid(m_process, &status, WNOHANG) != m_process) return;
    take_end(status);
  }
  auto sight = look();
  const auto limit = m_options.max_calls;
  if (limit > 0 && !count_queued(sight)) return;
  sight.is_full = limit > 0 && m_queued >= limit;
  const auto now = LiveRule::Clock::now();
  if (!m_rule.is_time(sight, now)) {
    if (!m_is_noted && m_rule.is_silent(now)) note_silence(sight);
    return;
  }
  if (!count_queued(sight)) return;
  if (m_queued > 0) {
    start();
  } else {
    m_rule.submitted(sight, now, false);
  }
}

void LiveSubmitter::note_silence(const LiveRule::Sight& sight) {
  if (!count_queued(sight) || m_queued == 0) return;
  m_is_noted = true;
  util::note(util::count(m_queued, "job") + (m_queued == 1 ? " is" : " are") + " recorded, and '" + m_command +
                 "' has called no sbatch for a minute; they are submitted when it ends",
             "sarray run --live submits while it runs, if it waits for them");
}

void LiveSubmitter::finish() {
  if (m_process <= 0) return;
  int status = 0;
  while (::waitpid(m_process, &status, 0) < 0 && errno == EINTR) {
  }
  take_end(status);
}

void LiveSubmitter::take_end(int wait_status) {
  m_process = 0;
  m_counted_at = 0;
  m_rule.submitted(look(), LiveRule::Clock::now(), wait_status != 0);
}

void LiveSubmitter::start() {
  // A driver that waits cannot choose: what does not fit into one array goes into several.
  std::vector<std::string> words = {"sarray", "submit", "--session", m_session->name(), "--split"};
  words.insert(words.end(), m_words.begin(), m_words.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const auto child = ::fork();
  if (child < 0) return;
  if (child == 0) {
    // Ctrl-C is for the driver: a submission that has begun is finished.
    ::setpgid(0, 0);
    ::signal(SIGTTOU, SIG_IGN);
    for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH}) ::signal(signal, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    const int null = ::open("/dev/null", O_RDONLY);
    if (null >= 0) ::dup2(null, 0);
    ::dup2(2, 1);
    ::execv("/proc/self/exe", argv.data());
    ::_exit(127);
  }
  m_process = child;
}

}  // namespace sarray::commands
