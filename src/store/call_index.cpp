#include "store/call_index.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "store/call_record.hpp"
#include "store/contents_reader.hpp"
#include "store/encoding.hpp"
#include "store/journal.hpp"
#include "util/crc32.hpp"
#include "util/fd.hpp"

namespace sarray::store {

namespace {

constexpr std::uint32_t magic = 0x59435253;  // "SRCY"
constexpr std::size_t head_size = 20;
constexpr std::size_t entry_size = 16;
constexpr std::uint32_t is_dropped = 1;
constexpr std::uint32_t is_changed = 2;

struct Entry {
  std::uint32_t id = 0;
  std::uint32_t flags = 0;
  std::uint64_t at = 0;  ///< KnownCall::at
};

/// The index as it is in memory, and how much of the journal it knows.
struct Index {
  std::uint64_t whole = 0;     ///< bytes of the journal that were read
  std::vector<Entry> entries;  ///< by number of the job, from 1; ids ascend

  [[nodiscard]] static std::optional<Index> decode(std::string_view bytes) {
    Reader reader(bytes);
    const auto found = reader.u32();
    Index index;
    index.whole = reader.u64();
    const auto count = reader.u32();
    const auto sum = reader.u32();
    const bool is_ours = found == magic && bytes.size() == head_size + count * entry_size;
    if (!is_ours || util::crc32(bytes.substr(head_size)) != sum) return std::nullopt;
    index.entries.resize(count);
    for (auto& entry : index.entries) {
      entry.id = reader.u32();
      entry.flags = reader.u32();
      entry.at = reader.u64();
    }
    return index;
  }

  [[nodiscard]] std::string encode() const {
    Writer body;
    for (const auto& entry : entries) {
      body.u32(entry.id);
      body.u32(entry.flags);
      body.u64(entry.at);
    }
    Writer head;
    head.u32(magic);
    head.u64(whole);
    head.u32(static_cast<std::uint32_t>(entries.size()));
    head.u32(util::crc32(body.bytes()));
    return head.bytes() + body.bytes();
  }

  void set_dropped(const std::vector<std::uint32_t>& jobs, bool dropped) {
    for (const auto job : jobs) {
      if (job < 1 || job > entries.size()) continue;
      auto& flags = entries[job - 1].flags;
      flags = dropped ? flags | is_dropped : flags & ~is_dropped;
    }
  }

  void take(const JournalRecord& record) {
    Reader reader(record.payload);
    if (record.kind == RecordKind::drop || record.kind == RecordKind::cancelled) set_dropped(reader.numbers(), true);
    if (record.kind == RecordKind::restored) set_dropped(reader.numbers(), false);
    if (record.kind == RecordKind::changed) {
      const auto job = reader.u32();
      if (job >= 1 && job <= entries.size()) entries[job - 1].flags |= is_changed;
    }
    if (record.kind != RecordKind::call) return;
    const auto call = decode_call(record.payload);
    const auto most = record.offset / smallest_record;  // no more calls fit before it, whatever it says
    if (!call || call->head.job <= entries.size() || call->head.job > most) return;
    entries.resize(call->head.job, {0, is_dropped, 0});
    entries.back() = {call->head.id, 0, record.offset};
  }
};

}  // namespace

util::Result<std::optional<KnownCall>> find_call(const std::string& folder, std::uint32_t id) {
  const auto journal = folder + "/journal";
  const auto path = folder + "/calls";
  const auto lock = util::open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW);
  if (lock) ::flock(lock->get(), LOCK_EX);  // of two at once the second reads what the first has written
  const auto bytes = lock ? util::read_all(lock->get(), path) : util::Result<std::string>(std::string());
  auto index = bytes ? Index::decode(*bytes).value_or(Index{}) : Index{};
  struct stat state {};
  if (::stat(journal.c_str(), &state) == 0 && index.whole > static_cast<std::uint64_t>(state.st_size)) index = {};
  const auto known = index.whole;
  TRY(const auto extent, visit_journal(
                             journal, [&](const JournalRecord& record) { index.take(record); }, {}, known));
  index.whole = extent.whole;
  if (lock && index.whole != known) {
    const auto text = index.encode();
    // A file that is half written is no index: it is made again.
    const bool written = ::pwrite(lock->get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
    [[maybe_unused]] const auto cut = ::ftruncate(lock->get(), written ? static_cast<off_t>(text.size()) : 0);
  }
  const auto found = std::find_if(index.entries.begin(), index.entries.end(), [&](const auto& entry) { return entry.id == id; });
  if (found == index.entries.end()) return std::nullopt;
  return KnownCall{static_cast<std::uint32_t>(found - index.entries.begin()) + 1, (found->flags & is_dropped) != 0,
                   (found->flags & is_changed) != 0, found->at};
}

std::shared_ptr<const slurm::Call> read_call(const std::string& folder, const KnownCall& known) {
  const auto journal = util::open_file(folder + "/journal", O_RDONLY | O_NOFOLLOW);
  if (!journal || known.changed) return nullptr;
  const auto payload = read_record_at(journal->get(), known.at, RecordKind::call);
  auto decoded = payload ? decode_call(*payload) : std::nullopt;
  if (!decoded || decoded->head.job != known.job) return nullptr;
  const auto at = decoded->head.environment_at;
  const auto base = read_record_at(journal->get(), at, at == 0 ? RecordKind::start : RecordKind::environment);
  auto script = read_record_at(journal->get(), decoded->head.script_at, RecordKind::script);
  if (!base || !script) return nullptr;
  const auto environment = decode_environment(at == 0 ? decode_start(*base).environment : std::string_view(*base));
  return complete_call(std::move(*decoded), environment, std::make_shared<const std::string>(std::move(*script)));
}

}  // namespace sarray::store
