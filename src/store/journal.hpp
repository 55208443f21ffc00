// The journal: an append-only file of records. Any process may be killed while it writes to it.
//
// A record is a head (magic, kind, length of the payload, checksum of kind and payload), the payload, and a tail of fixed size
// that says where the record begins and what the session's totals are after it. So an appender reads only the file's last bytes
// to know that the end is complete, and what the next job's number is.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "util/fd.hpp"
#include "util/result.hpp"

namespace sarray::store {

enum class RecordKind : std::uint8_t {
  start = 1,  ///< first record: version, time, host, base environment
  call = 2,
  environment = 3,  ///< a newer base environment
  drop = 4,
  intent = 5,
  accepted = 6,
  withdrawn = 7,
  closed = 8,
  script = 9,      ///< a script's bytes, for the calls that refer to it
  cancelled = 10,  ///< jobs that are dropped, and that `restored` may bring back
  restored = 11,
  changed = 12,  ///< a recorded call's new words; from version 2 on
};

/// Of new journals. A program refuses a later version, and a kind of record that it does not know: it would submit something else
/// than was recorded. With a new kind, the version grows.
inline constexpr std::uint32_t journal_version = 2;
inline constexpr std::uint32_t oldest_journal_version = 1;
inline constexpr std::uint32_t first_version_with_changes = 2;
inline constexpr std::size_t smallest_record = 44;  ///< bytes: head and tail

/// The session's totals after a record.
struct Totals {
  std::uint32_t jobs = 0;  ///< calls so far; the next one gets this number plus one
  std::uint32_t jobs_queued = 0;
  std::uint32_t tasks_queued = 0;
};

struct JournalRecord {
  RecordKind kind{};
  std::string_view payload;
  std::uint64_t offset = 0;
  Totals totals;
};

/// Visits the complete records of a journal's bytes. @return where the last of them ends; 0 if the first one is not complete.
/// @param skip called for bytes [first, last) between complete records that are not a record. A disk or a person damaged them,
/// since a killed process leaves an incomplete record only at the end.
std::uint64_t visit_records(std::string_view bytes, const std::function<void(const JournalRecord&)>& visit,
                            const std::function<void(std::uint64_t first, std::uint64_t last)>& skip = {});

struct JournalExtent {
  std::uint64_t whole = 0;  ///< as visit_records returns it
  std::uint64_t size = 0;   ///< of the file
};

/// Likewise for a file, which is read piece by piece: a record's payload is valid only during its visit.
/// @param begin where a record begins; what is before it is not read.
[[nodiscard]] util::Result<JournalExtent> visit_journal(
    const std::string& path, const std::function<void(const JournalRecord&)>& visit,
    const std::function<void(std::uint64_t first, std::uint64_t last)>& skip = {}, std::uint64_t begin = 0);

/// Returns the record at `offset`, if there is a complete one. Reads nothing else.
[[nodiscard]] std::optional<std::string> read_record_at(int fd, std::uint64_t offset, RecordKind kind);

/// Appends to a journal under the user's lock. A process may have only one at a time; the lock is released with the object.
class Appender {
 public:
  /// Takes the lock (the counter file), opens the journal, finds its end, and moves an incomplete record into a file beside it.
  [[nodiscard]] static util::Result<Appender> open(const std::string& counter, const std::string& journal, bool create);

  [[nodiscard]] const Totals& totals() const { return m_totals; }
  [[nodiscard]] std::uint64_t end() const { return m_end; }
  [[nodiscard]] int fd() const { return m_journal.get(); }

  /// Reserves a virtual id. It is never given again, even if the record is not written.
  [[nodiscard]] util::Result<std::uint32_t> take_id();

  /// Adds a record to those that write() will write. @return its offset.
  std::uint64_t add(RecordKind kind, std::string_view payload, const Totals& after);
  /// Writes what was added, in one piece. If not all of it can be written, none of it stays.
  [[nodiscard]] util::Result<void> write();
  /// Closes the journal, still under the lock. NFS reports a full disk or quota only here; then what the last write() wrote is
  /// removed again.
  [[nodiscard]] util::Result<void> close();

 private:
  util::Fd m_lock;
  util::Fd m_journal;
  std::string m_counter;
  std::string m_name;
  std::uint64_t m_end = 0;
  std::uint64_t m_written_at = 0;
  Totals m_totals;
  std::string m_pending;
};

/// Opens and locks the counter file. @return an error that names the holder if it does not let go (util::lock_patience).
[[nodiscard]] util::Result<util::Fd> lock_counter(const std::string& counter);

}  // namespace sarray::store
