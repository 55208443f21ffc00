#include "store/journal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "store/encoding.hpp"
#include "store/virtual_ids.hpp"
#include "util/crc32.hpp"
#include "util/file_lock.hpp"

namespace sarray::store {

namespace {

constexpr std::uint32_t head_magic = 0x314a5253;  // "SRJ1"
constexpr std::uint32_t tail_magic = 0x454a5253;  // "SRJE"
constexpr std::size_t head_size = 16;
constexpr std::size_t tail_size = 28;
static_assert(head_size + tail_size == smallest_record);

struct Tail {
  std::uint64_t start = 0;
  Totals totals;
};

std::optional<Tail> parse_tail(std::string_view bytes) {
  Reader reader(bytes);
  Tail tail;
  tail.start = reader.u64();
  tail.totals.jobs = reader.u32();
  tail.totals.jobs_queued = reader.u32();
  tail.totals.tasks_queued = reader.u32();
  const auto crc = reader.u32();
  if (reader.u32() != tail_magic || !reader.ok() || crc != util::crc32(bytes.substr(0, 20))) return std::nullopt;
  return tail;
}

struct Head {
  RecordKind kind{};
  std::uint32_t length = 0;
  std::uint32_t crc = 0;
};

std::optional<Head> parse_head(std::string_view bytes) {
  Reader reader(bytes);
  if (reader.u32() != head_magic) return std::nullopt;
  Head head;
  const auto kind = reader.u32();
  if (kind > 0xff) return std::nullopt;
  head.kind = static_cast<RecordKind>(kind);
  head.length = reader.u32();
  head.crc = reader.u32();
  return reader.ok() ? std::optional(head) : std::nullopt;
}

std::uint32_t checksum(RecordKind kind, std::string_view payload) {
  Writer writer;
  writer.u32(static_cast<std::uint32_t>(kind));
  return util::crc32(payload, util::crc32(writer.bytes()));
}

/// Returns fewer bytes only at the end of the file. Bytes that a disk fails to read are an error: they must not be treated as
/// missing.
util::Result<std::string> read_at(int fd, std::uint64_t offset, std::size_t length, const std::string& name) {
  std::string bytes(length, '\0');
  std::size_t got = 0;
  while (got < length) {
    const auto n = ::pread(fd, bytes.data() + got, length - got, static_cast<off_t>(offset + got));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return util::fail(name, util::errno_text(errno));
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
  }
  bytes.resize(got);
  return bytes;
}

util::Result<void> write_at(int fd, std::uint64_t offset, std::string_view bytes, const std::string& name) {
  while (!bytes.empty()) {
    const auto n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return util::fail(name, util::errno_text(n == 0 ? ENOSPC : errno));
    offset += static_cast<std::uint64_t>(n);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace

namespace {

/// A part of a journal that begins at its `offset`.
struct Window {
  std::string_view bytes;
  std::uint64_t offset = 0;

  [[nodiscard]] std::uint64_t end() const { return offset + bytes.size(); }
  [[nodiscard]] std::string_view from(std::uint64_t at) const { return bytes.substr(at - offset); }
};

/// Returns the record at `at`, if it is complete.
std::optional<JournalRecord> parse_record(const Window& window, std::uint64_t at) {
  const auto bytes = window.from(at);
  if (bytes.size() < head_size + tail_size) return std::nullopt;
  const auto head = parse_head(bytes.substr(0, head_size));
  if (!head || head->length > bytes.size() - head_size - tail_size) return std::nullopt;
  const auto payload = bytes.substr(head_size, head->length);
  const auto tail = parse_tail(bytes.substr(head_size + head->length, tail_size));
  if (!tail || tail->start != at || head->crc != checksum(head->kind, payload)) return std::nullopt;
  return JournalRecord{head->kind, payload, at, tail->totals};
}

/// Returns where the next complete record after `at` begins. Records of a journal that is part of a record (e.g. a job's script)
/// do not count, since they say that they begin elsewhere.
std::optional<std::uint64_t> find_record(const Window& window, std::uint64_t at) {
  Writer magic;
  magic.u32(head_magic);
  while (true) {
    const auto found = window.from(at + 1).find(magic.bytes());
    if (found == std::string_view::npos) return std::nullopt;
    at += 1 + found;
    if (parse_record(window, at)) return at;
  }
}

using Visit = std::function<void(const JournalRecord&)>;
using Skip = std::function<void(std::uint64_t, std::uint64_t)>;

/// Visits complete records from `at` on. @return where the first one that is not complete begins.
std::uint64_t visit_whole(const Window& window, std::uint64_t at, const Visit& visit) {
  while (const auto record = parse_record(window, at)) {
    visit(*record);
    at += head_size + record->payload.size() + tail_size;
  }
  return at;
}

/// Visits all complete records from `at` on, whatever is between them.
std::uint64_t visit_rest(const Window& window, std::uint64_t at, const Visit& visit, const Skip& skip) {
  while (true) {
    at = visit_whole(window, at, visit);
    const auto next = at == 0 || at == window.end() ? std::nullopt : find_record(window, at);
    if (!next) return at;
    if (skip) skip(at, *next);
    at = *next;
  }
}

}  // namespace

std::uint64_t visit_records(std::string_view bytes, const Visit& visit, const Skip& skip) {
  return visit_rest({bytes, 0}, 0, visit, skip);
}

util::Result<JournalExtent> visit_journal(const std::string& path, const Visit& visit, const Skip& skip, std::uint64_t begin) {
  constexpr std::uint64_t window_size = 1U << 20;  // small enough that the bytes are used while they are in the processor's cache
  TRY(const auto fd, util::open_file(path, O_RDONLY | O_NOFOLLOW));
  struct stat state {};
  if (::fstat(fd.get(), &state) != 0) return util::fail(path, util::errno_text(errno));
  JournalExtent extent;
  extent.whole = begin;
  extent.size = static_cast<std::uint64_t>(state.st_size);
  while (true) {
    TRY(const auto bytes, read_at(fd.get(), extent.whole, std::min(extent.size - extent.whole, window_size), path));
    const auto before = extent.whole;
    extent.whole = visit_whole({bytes, before}, before, visit);
    if (extent.whole == before) break;
  }
  // This is the end, or a record that is longer than the window, or damaged.
  TRY(const auto rest, read_at(fd.get(), extent.whole, extent.size - extent.whole, path));
  extent.size = extent.whole + rest.size();  // another process may have removed an incomplete end meanwhile
  extent.whole = visit_rest({rest, extent.whole}, extent.whole, visit, skip);
  return extent;
}

std::optional<std::string> read_record_at(int fd, std::uint64_t offset, RecordKind kind) {
  const auto head_bytes = read_at(fd, offset, head_size, "");
  const auto head = head_bytes ? parse_head(*head_bytes) : std::nullopt;
  if (!head || head->kind != kind || head->length > (1U << 30)) return std::nullopt;
  auto payload = read_at(fd, offset + head_size, head->length, "");
  if (!payload || payload->size() != head->length || checksum(kind, *payload) != head->crc) return std::nullopt;
  return std::move(*payload);
}

util::Result<util::Fd> lock_counter(const std::string& counter) {
  TRY(util::Fd fd, util::open_file(counter, O_RDWR | O_CREAT | O_NOFOLLOW));
  if (auto locked = util::lock_exclusively(fd.get(), counter, util::lock_patience()); !locked) {
    if (locked.error().hint.empty()) locked.error().hint = "export SARRAY_STATE_DIR=/a/folder/on/another/file/system";
    return util::fail(std::move(locked).error());
  }
  return fd;
}

namespace {

/// Returns what the last record says, if the journal's last bytes are the end of a complete one. An incomplete record that
/// contains another journal may end in a tail that is not its own.
util::Result<std::optional<Totals>> totals_at_end(int fd, std::uint64_t size, const std::string& journal) {
  std::optional<Totals> totals;
  if (size < head_size + tail_size) return totals;
  TRY(const auto tail_bytes, read_at(fd, size - tail_size, tail_size, journal));
  const auto tail = parse_tail(tail_bytes);
  if (!tail || tail->start > size - head_size - tail_size) return totals;
  TRY(const auto head_bytes, read_at(fd, tail->start, head_size, journal));
  const auto head = parse_head(head_bytes);
  if (head && tail->start + head_size + head->length + tail_size == size) totals = tail->totals;
  return totals;
}

/// Moves the incomplete end of a journal into a file beside it.
util::Result<void> set_torn_aside(int fd, const std::string& journal, std::uint64_t whole, std::string_view torn) {
  CHECK_OK(util::write_file_atomically(journal + ".torn-" + std::to_string(whole), torn));
  if (::ftruncate(fd, static_cast<off_t>(whole)) != 0) return util::fail(journal, util::errno_text(errno));
  return {};
}

}  // namespace

util::Result<Appender> Appender::open(const std::string& counter, const std::string& journal, bool create) {
  Appender appender;
  appender.m_counter = counter;
  appender.m_name = journal;
  TRY(appender.m_lock, lock_counter(counter));
  TRY(appender.m_journal, util::open_file(journal, O_RDWR | O_NOFOLLOW | (create ? O_CREAT | O_EXCL : 0)));
  const int fd = appender.m_journal.get();
  struct stat state {};
  if (::fstat(fd, &state) != 0) return util::fail(journal, util::errno_text(errno));
  const auto size = static_cast<std::uint64_t>(state.st_size);
  appender.m_end = size;
  if (size == 0) return appender;
  TRY(const auto totals, totals_at_end(fd, size, journal));
  if (totals) {
    appender.m_totals = *totals;
    return appender;
  }
  TRY(const auto bytes, read_at(fd, 0, static_cast<std::size_t>(size), journal));
  const auto whole = visit_records(bytes, [&](const JournalRecord& record) { appender.m_totals = record.totals; });
  if (whole == 0) return util::fail(journal, "it is not a sarray journal");
  CHECK_OK(set_torn_aside(fd, journal, whole, std::string_view(bytes).substr(whole)));
  appender.m_end = whole;
  return appender;
}

util::Result<std::uint32_t> Appender::take_id() { return take_ids(m_lock.get(), m_counter, 1); }

std::uint64_t Appender::add(RecordKind kind, std::string_view payload, const Totals& after) {
  const auto offset = m_end + m_pending.size();
  Writer head;
  head.u32(head_magic);
  head.u32(static_cast<std::uint32_t>(kind));
  head.u32(static_cast<std::uint32_t>(payload.size()));
  head.u32(checksum(kind, payload));
  Writer tail;
  tail.u64(offset);
  tail.u32(after.jobs);
  tail.u32(after.jobs_queued);
  tail.u32(after.tasks_queued);
  const auto crc = util::crc32(tail.bytes());
  tail.u32(crc);
  tail.u32(tail_magic);
  m_pending.append(head.bytes()).append(payload).append(tail.bytes());
  m_totals = after;
  return offset;
}

util::Result<void> Appender::write() {
  if (auto written = write_at(m_journal.get(), m_end, m_pending, m_name); !written) {
    if (::ftruncate(m_journal.get(), static_cast<off_t>(m_end)) != 0)
      written.error().why += "; the incomplete end is removed next time";
    return written;
  }
  m_written_at = m_end;
  m_end += m_pending.size();
  m_pending.clear();
  return {};
}

util::Result<void> Appender::close() {
  if (::close(m_journal.release()) == 0 || errno == EINTR) return {};
  const int reason = errno;
  if (::truncate(m_name.c_str(), static_cast<off_t>(m_written_at)) != 0) {
    return util::fail(m_name, util::errno_text(reason) + "; the call may or may not be recorded: sarray list");
  }
  return util::fail(m_name, util::errno_text(reason));
}

}  // namespace sarray::store
