#include "store/session.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <unordered_map>

#include "store/call_record.hpp"
#include "store/contents_reader.hpp"
#include "store/encoding.hpp"
#include "store/journal.hpp"
#include "store/shell.hpp"
#include "store/virtual_ids.hpp"
#include "util/crc32.hpp"
#include "util/environment_names.hpp"
#include "util/fd.hpp"
#include "util/message.hpp"

namespace sarray::store {

namespace {

/// Name of a file in a session's folder that is there once its shell has ended.
constexpr const char* over_file = "/over";

/// If a call differs from its base by more than this, a new base is written.
constexpr std::size_t large_difference = 2048;

std::string new_name() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  std::tm local{};
  ::localtime_r(&now.tv_sec, &local);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y%m%d-%H%M%S", &local);
  std::array<char, 8> fraction{};  // so that names sort by time
  std::snprintf(fraction.data(), fraction.size(), ".%03u-", static_cast<unsigned>(now.tv_nsec / 1000000) % 1000);
  return std::string(text.data()) + fraction.data() + util::random_name(4);
}

/// Where scripts and the newest base environment are in a journal. This is only a hint: it is checked before it is used, and may
/// be lost.
class Hints {
 public:
  explicit Hints(const std::string& path) {
    if (auto fd = util::open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW)) m_fd = std::move(*fd);
  }
  [[nodiscard]] std::uint64_t get(std::size_t slot) const {
    std::uint64_t offset = 0;
    if (::pread(m_fd.get(), &offset, sizeof offset, static_cast<off_t>(slot * sizeof offset)) != sizeof offset) return 0;
    return offset;
  }
  void set(std::size_t slot, std::uint64_t offset) const {
    [[maybe_unused]] const auto written = ::pwrite(m_fd.get(), &offset, sizeof offset, static_cast<off_t>(slot * sizeof offset));
  }
  static constexpr std::size_t environment_slot = 0;
  static std::size_t script_slot(std::string_view script) { return 1 + util::crc32(script) % 1023; }

 private:
  util::Fd m_fd;
};

}  // namespace

namespace {

util::Result<void> begin_journal(const std::string& counter, const std::string& journal, const util::Environment& base) {
  TRY(auto appender, Appender::open(counter, journal, true));
  appender.add(RecordKind::start, encode_start(base), {});
  CHECK_OK(appender.write());
  return appender.close();
}

}  // namespace

Session::Session(const StateFolder& folder, std::string name)
    : m_counter(folder.counter()), m_name(std::move(name)), m_folder(folder.sessions() + "/" + m_name) {}

util::Result<Session> Session::create(const StateFolder& folder, const util::Environment& base) {
  CHECK_OK(util::ensure_private_folder(folder.sessions()));
  Session session(folder, new_name());
  const util::ExactModes exact;
  while (::mkdir(session.m_folder.c_str(), 0700) != 0) {
    if (errno != EEXIST) return util::fail(session.m_folder, util::errno_text(errno));
    session = Session(folder, new_name());
  }
  if (auto begun = begin_journal(session.m_counter, session.m_folder + "/journal", base); !begun) {
    ::unlink((session.m_folder + "/journal").c_str());
    ::rmdir(session.m_folder.c_str());
    return util::fail(std::move(begun).error());
  }
  return session;
}

util::Result<Session> Session::open(const StateFolder& folder, const std::string& name) {
  const bool plain = !name.empty() && name.find('/') == std::string::npos && name.front() != '.';
  Session session(folder, name);
  struct stat state {};
  if (!plain || ::stat((session.m_folder + "/journal").c_str(), &state) != 0) {
    return util::fail("no such session", name, "sarray sessions");
  }
  return session;
}

namespace {

/// Returns how to go on without a session: with the one that was left last, if there is one with jobs in it.
std::string hint_of_left_sessions(const StateFolder& folder) {
  std::vector<std::string> warnings;
  const auto sessions = list_sessions(folder, &warnings);
  if (sessions) {
    const auto left = std::find_if(sessions->rbegin(), sessions->rend(),
                                   [](const auto& info) { return info.jobs > 0 && info.shell == ShellState::gone; });
    if (left != sessions->rend())
      return "--session " + left->name + " (" + util::count(left->jobs, "job") + "), or sarray listen";
  }
  return "sarray run -- ./launch.sh, or sarray listen, or sarray submit FILE";
}

}  // namespace

util::Result<Session> Session::current(const StateFolder& folder) {
  const char* name = std::getenv(util::session_variable);
  if (name == nullptr || *name == '\0') {
    return util::fail("no session", "this shell is not inside 'sarray listen'", hint_of_left_sessions(folder));
  }
  return open(folder, name);
}

namespace {

/// Returns the base against which the next call is stored, and its record's offset.
struct Base {
  std::uint64_t offset = 0;
  std::string environment;
};

util::Result<void> check_version(std::uint32_t version, const std::string& name) {
  if (version >= oldest_journal_version && version <= journal_version) return {};
  return util::fail("session " + name, "it was written by another version of sarray (format " + std::to_string(version) + ")");
}

/// Reads the session's first record. @return an error if this program must not write to the session.
util::Result<std::string> read_start(const Appender& appender, const std::string& name) {
  auto payload = read_record_at(appender.fd(), 0, RecordKind::start);
  if (!payload) return util::fail("session " + name, "its journal does not begin with a valid header");
  CHECK_OK(check_version(decode_start(*payload).version, name));
  return std::move(*payload);
}

util::Result<Base> find_base(const Appender& appender, const Hints& hints, const std::string& name) {
  TRY(auto start, read_start(appender, name));
  if (const auto newest = hints.get(Hints::environment_slot); newest != 0) {
    if (auto environment = read_record_at(appender.fd(), newest, RecordKind::environment))
      return Base{newest, std::move(*environment)};
  }
  start.erase(0, start.size() - decode_start(start).environment.size());  // it is the record's end; a copy would cost more
  return Base{0, std::move(start)};
}

/// Returns the offset of the record with the script's bytes; adds the record if there is none yet.
std::uint64_t place_script(Appender& appender, const Hints& hints, const std::string& script) {
  const auto slot = Hints::script_slot(script);
  if (const auto known = hints.get(slot); known != 0) {
    if (const auto payload = read_record_at(appender.fd(), known, RecordKind::script); payload && *payload == script)
      return known;
  }
  const auto offset = appender.add(RecordKind::script, script, appender.totals());
  hints.set(slot, offset);
  return offset;
}

}  // namespace

util::Result<Appended> Session::append(const slurm::Call& call, std::uint32_t tasks) {
  TRY(auto appender, Appender::open(m_counter, m_folder + "/journal", false));
  const Hints hints(m_folder + "/recent");
  TRY(auto base, find_base(appender, hints, m_name));
  auto changes = find_changes(base.environment, call.environment);
  if (changes.size() > large_difference) {
    base.environment = encode_environment(call.environment);
    base.offset = appender.add(RecordKind::environment, base.environment, appender.totals());
    hints.set(Hints::environment_slot, base.offset);
    changes = {};
  }
  CallHead head;
  head.script_at = place_script(appender, hints, *call.script);
  head.environment_at = base.offset;
  TRY(head.id, appender.take_id());
  Totals totals = appender.totals();
  head.job = ++totals.jobs;
  head.tasks = tasks;
  head.time = static_cast<std::uint64_t>(std::time(nullptr));
  ++totals.jobs_queued;
  totals.tasks_queued += tasks;
  appender.add(RecordKind::call, encode_call(head, call, changes), totals);
  CHECK_OK(appender.write());
  CHECK_OK(appender.close());
  return Appended{head.job, head.id, totals.jobs_queued, totals.tasks_queued};
}

std::size_t Session::journal_size() const {
  struct stat state {};
  return ::stat((m_folder + "/journal").c_str(), &state) == 0 ? static_cast<std::size_t>(state.st_size) : 0;
}

namespace {

/// @param torn is told how many bytes at the journal's end are not a whole record.
util::Result<SessionContents> read_journal(const std::string& name, const std::string& folder, std::uint64_t& torn) {
  SessionContents contents;
  contents.info.name = name;
  contents.info.folder = folder;
  ContentsReader reader(contents);
  const auto skip = [&](std::uint64_t first, std::uint64_t last) {
    contents.warnings.push_back("the journal is damaged from byte " + std::to_string(first) + " to " + std::to_string(last) +
                                ": what was recorded there is left out");
  };
  TRY(const auto extent, visit_journal(
                             folder + "/journal", [&](const JournalRecord& record) { reader.take(record); }, skip));
  torn = extent.size - extent.whole;
  if (extent.whole == 0) return util::fail("session " + name, "its journal cannot be read");
  CHECK_OK(check_version(reader.version(), name));
  if (reader.has_unknown_kind()) return util::fail("session " + name, "a newer version of sarray has written to it");
  return contents;
}

}  // namespace

util::Result<SessionContents> Session::read(bool has_lock) const {
  std::uint64_t torn = 0;
  auto read = read_journal(m_name, m_folder, torn);
  bool is_being_recorded = false;
  if (torn > 0 && !has_lock) {
    const auto lock = lock_counter(m_counter);
    is_being_recorded = !lock;
    read = read_journal(m_name, m_folder, torn);
  }
  if (!read) return read;
  auto& contents = *read;
  if (torn > 0) {
    contents.warnings.push_back("the journal's last " + std::to_string(torn) + " bytes are not a complete record: " +
                                (is_being_recorded
                                     ? "a call is being recorded, or was interrupted"
                                     : "a call was interrupted while it was being recorded, and its sbatch did not answer"));
  }
  for (const auto& call : contents.calls) {
    if (call.call) contents.info.directory = call.call->directory;
    if (call.dropped || call.submitted) continue;
    ++contents.info.jobs;
    contents.info.tasks += call.tasks;
  }
  // A call that was recorded after the session was closed, or while it was being submitted, opens it again.
  if (contents.info.jobs > 0) contents.info.state = SessionInfo::State::open;
  look_for_shell(m_folder, contents.info);
  return read;
}

namespace {

util::Result<void> append_record(const std::string& counter, const std::string& folder, RecordKind kind, const Writer& writer,
                                 const std::function<void(Totals&)>& change = {}) {
  TRY(auto appender, Appender::open(counter, folder + "/journal", false));
  const auto name = folder.substr(folder.rfind('/') + 1);
  TRY(const auto start, read_start(appender, name));
  // The version that began the session would submit the call unchanged, without a word.
  if (kind == RecordKind::changed && decode_start(start).version < first_version_with_changes) {
    return util::fail("session " + name, "an older version of sarray began it, which does not know changes of calls",
                      "sarray drop the job, and call sbatch again");
  }
  auto totals = appender.totals();
  if (change) change(totals);
  appender.add(kind, writer.bytes(), totals);
  CHECK_OK(appender.write());
  return appender.close();
}

}  // namespace

namespace {

/// What these jobs, as far as `counts` says so of them, are in the totals.
Totals sum_up(const SessionContents& contents, const std::vector<std::uint32_t>& jobs, bool (*counts)(const RecordedCall&)) {
  Totals sum;
  std::vector<bool> is_meant(contents.calls.size() + 1);
  for (const auto job : jobs) {
    if (job < is_meant.size()) is_meant[job] = true;
  }
  for (const auto& call : contents.calls) {
    if (!is_meant[call.job] || !counts(call)) continue;
    ++sum.jobs_queued;
    sum.tasks_queued += call.tasks;
  }
  return sum;
}

util::Result<void> take_out(const Session& session, const std::string& counter, RecordKind kind,
                            const std::vector<std::uint32_t>& jobs) {
  TRY(const auto contents, session.read());
  const auto fewer = sum_up(contents, jobs, [](const RecordedCall& call) { return !call.dropped && !call.submitted; });
  Writer writer;
  writer.numbers(jobs);
  return append_record(counter, session.folder(), kind, writer, [&](Totals& totals) {
    totals.jobs_queued -= std::min(totals.jobs_queued, fewer.jobs_queued);
    totals.tasks_queued -= std::min(totals.tasks_queued, fewer.tasks_queued);
  });
}

}  // namespace

util::Result<void> Session::change(std::uint32_t job, const std::vector<std::string>& argv, std::uint32_t tasks, bool released) {
  TRY(const auto contents, read());
  if (job < 1 || job > contents.calls.size())
    return util::fail("job " + std::to_string(job), "there is no such job", "sarray list");
  const auto before = contents.calls[job - 1].tasks;
  Writer writer;
  writer.u32(job);
  writer.u32(tasks);
  writer.u8(released ? 1 : 0);
  writer.texts(argv);
  return append_record(m_counter, m_folder, RecordKind::changed, writer, [&](Totals& totals) {
    totals.tasks_queued -= std::min(totals.tasks_queued, before);
    totals.tasks_queued += tasks;
  });
}

util::Result<void> Session::drop(const std::vector<std::uint32_t>& jobs) {
  return take_out(*this, m_counter, RecordKind::drop, jobs);
}

util::Result<void> Session::cancel(const std::vector<std::uint32_t>& jobs) {
  return take_out(*this, m_counter, RecordKind::cancelled, jobs);
}

namespace {

/// Queues those of the jobs again that are dropped. @return their numbers.
util::Result<std::vector<std::uint32_t>> restore(const Session& session, const std::string& counter,
                                                 const SessionContents& contents, const std::vector<std::uint32_t>& jobs) {
  std::vector<std::uint32_t> restored;
  for (const auto job : jobs) {
    if (job >= 1 && job <= contents.calls.size() && contents.calls[job - 1].dropped) restored.push_back(job);
  }
  const auto more = sum_up(contents, restored, [](const RecordedCall& call) { return call.dropped; });
  if (restored.empty()) return restored;
  Writer writer;
  writer.numbers(restored);
  CHECK_OK(append_record(counter, session.folder(), RecordKind::restored, writer, [&](Totals& totals) {
    totals.jobs_queued += more.jobs_queued;
    totals.tasks_queued += more.tasks_queued;
  }));
  CHECK_OK(session.sync());
  return restored;
}

}  // namespace

util::Result<std::uint32_t> Session::restore_cancelled() {
  TRY(const auto contents, read());
  TRY(const auto restored, restore(*this, m_counter, contents, contents.cancelled));
  return static_cast<std::uint32_t>(restored.size());
}

util::Result<std::vector<std::uint32_t>> Session::restore_dropped() {
  TRY(const auto contents, read());
  if (contents.dropped.empty()) return std::vector<std::uint32_t>();
  return restore(*this, m_counter, contents, contents.dropped.back());
}

util::Result<void> Session::note_intent(const std::string& marker, const std::string& script,
                                        const std::vector<std::uint32_t>& jobs) {
  Writer writer;
  writer.text(marker);
  writer.text(script);
  writer.u64(static_cast<std::uint64_t>(std::time(nullptr)));
  writer.numbers(jobs);
  CHECK_OK(append_record(m_counter, m_folder, RecordKind::intent, writer));
  return sync();
}

util::Result<void> Session::note_accepted(const std::string& marker, const std::string& job_id) {
  TRY(const auto contents, read());
  std::uint32_t jobs = 0;
  std::uint32_t tasks = 0;
  for (const auto& note : contents.submissions) {
    if (note.marker != marker || note.accepted) continue;
    for (const auto job : note.jobs) {
      ++jobs;
      if (job >= 1 && job <= contents.calls.size()) tasks += contents.calls[job - 1].tasks;
    }
  }
  Writer writer;
  writer.text(marker);
  writer.text(job_id);
  CHECK_OK(append_record(m_counter, m_folder, RecordKind::accepted, writer, [&](Totals& totals) {
    totals.jobs_queued -= std::min(totals.jobs_queued, jobs);
    totals.tasks_queued -= std::min(totals.tasks_queued, tasks);
  }));
  return sync();
}

util::Result<void> Session::note_withdrawn(const std::string& marker) {
  Writer writer;
  writer.text(marker);
  return append_record(m_counter, m_folder, RecordKind::withdrawn, writer);
}

util::Result<void> Session::close(SessionInfo::State state) {
  Writer writer;
  writer.u8(static_cast<std::uint8_t>(state));
  CHECK_OK(append_record(m_counter, m_folder, RecordKind::closed, writer));
  return sync();
}

util::Result<void> Session::end() const {
  TRY(const auto mark, util::open_file(m_folder + over_file, O_WRONLY | O_CREAT | O_NOFOLLOW));
  return {};
}

util::Result<void> Session::reopen() const {
  if (::unlink((m_folder + over_file).c_str()) != 0 && errno != ENOENT)
    return util::fail(m_folder + over_file, util::errno_text(errno));
  return {};
}

bool Session::is_over() const { return ::access((m_folder + over_file).c_str(), F_OK) == 0; }

util::Result<void> Session::sync() const {
  TRY(const auto fd, util::open_file(m_folder + "/journal", O_RDONLY | O_NOFOLLOW));
  if (::fsync(fd.get()) != 0) return util::fail(m_folder + "/journal", util::errno_text(errno));
  return {};
}

util::Result<std::vector<SessionInfo>> list_sessions(const StateFolder& folder, std::vector<std::string>* warnings) {
  std::vector<SessionInfo> sessions;
  DIR* listing = ::opendir(folder.sessions().c_str());
  if (listing == nullptr) return sessions;
  while (const auto* entry = ::readdir(listing)) {
    if (entry->d_name[0] == '.') continue;
    const auto session = Session::open(folder, entry->d_name);
    if (!session) continue;
    if (auto contents = session->read()) {
      sessions.push_back(std::move(contents->info));
    } else if (warnings != nullptr) {
      warnings->push_back(contents.error().what + ": " + contents.error().why);
    }
  }
  ::closedir(listing);
  std::sort(sessions.begin(), sessions.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return sessions;
}

util::Result<std::uint32_t> next_virtual_ids(const StateFolder& folder, std::uint32_t count) {
  TRY(const auto lock, lock_counter(folder.counter()));
  return take_ids(lock.get(), folder.counter(), count);
}

}  // namespace sarray::store
