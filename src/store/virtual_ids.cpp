#include "store/virtual_ids.hpp"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>

#include "slurm/language/virtual_id.hpp"
#include "store/encoding.hpp"
#include "store/journal.hpp"
#include "store/submissions.hpp"
#include "util/fd.hpp"

namespace sarray::store {

namespace {

constexpr std::uint32_t no_id = slurm::first_virtual_id - 1;

std::string folder_of(const std::string& counter) { return counter.substr(0, counter.rfind('/')); }

/// Beside the counter: the highest id that was given when something was removed last.
std::string given_file(const std::string& counter) { return folder_of(counter) + "/ids_given"; }

/// Reads "2000000001\n"; nullopt if it is anything else.
std::optional<std::uint32_t> parse_id(std::string_view text) {
  std::uint32_t id = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), id);
  const bool is_whole = parsed.ec == std::errc{} && parsed.ptr != text.data() + text.size() && *parsed.ptr == '\n';
  return is_whole && id >= slurm::first_virtual_id ? std::optional(id) : std::nullopt;
}

/// Returns the id that the counter gives next; nullopt if it is lost or damaged.
util::Result<std::optional<std::uint32_t>> read_counter(int fd, const std::string& counter) {
  std::array<char, 32> text{};
  ssize_t got = 0;
  while ((got = ::pread(fd, text.data(), text.size(), 0)) < 0 && errno == EINTR) continue;
  if (got < 0) return util::fail(counter, util::errno_text(errno));
  return parse_id({text.data(), static_cast<std::size_t>(got)});
}

util::Result<void> write_counter(int fd, std::uint32_t next, const std::string& counter) {
  const auto text = std::to_string(next) + "\n";
  ssize_t put = 0;
  while ((put = ::pwrite(fd, text.data(), text.size(), 0)) < 0 && errno == EINTR) continue;
  if (put < 0) return util::fail(counter, util::errno_text(errno));
  if (static_cast<std::size_t>(put) < text.size()) return util::fail(counter, util::errno_text(ENOSPC));
  return {};
}

std::uint32_t highest_in_journals(const std::string& sessions_folder) {
  auto highest = no_id;
  DIR* sessions = ::opendir(sessions_folder.c_str());
  if (sessions == nullptr) return highest;
  while (const auto* entry = ::readdir(sessions)) {
    (void)visit_journal(sessions_folder + "/" + entry->d_name + "/journal", [&](const JournalRecord& record) {
      if (record.kind != RecordKind::call) return;
      Reader reader(record.payload);
      reader.u32();
      highest = std::max(highest, reader.u32());
    });
  }
  ::closedir(sessions);
  return highest;
}

std::uint32_t highest_in_submissions(const std::string& submissions_folder) {
  auto highest = no_id;
  std::error_code trouble;
  for (const auto& entry : std::filesystem::directory_iterator(submissions_folder, trouble)) {
    const auto submission = read_submission(entry.path().string());
    if (!submission) continue;
    for (const auto& range : submission->ids) {
      if (range.second <= slurm::last_virtual_id) highest = std::max(highest, range.second);
    }
  }
  return highest;
}

std::uint32_t highest_in_use(const std::string& counter) {
  const auto noted = parse_id(util::read_file(given_file(counter)).value_or("")).value_or(no_id);
  return std::max({noted, highest_in_journals(folder_of(counter) + "/sessions"),
                   highest_in_submissions(folder_of(counter) + "/submissions")});
}

util::Result<std::uint32_t> next_id(int lock, const std::string& counter) {
  TRY(const auto next, read_counter(lock, counter));
  return next ? *next : highest_in_use(counter) + 1;
}

}  // namespace

util::Result<std::uint32_t> take_ids(int lock, const std::string& counter, std::uint32_t count) {
  TRY(const auto next, next_id(lock, counter));
  if (next > slurm::last_virtual_id || count > slurm::last_virtual_id - next)
    return util::fail("virtual ids", "all of them are used up", "move " + folder_of(counter) + " away");
  CHECK_OK(write_counter(lock, next + count, counter));
  return next;
}

util::Result<void> note_given_ids(int lock, const std::string& counter) {
  TRY(const auto next, next_id(lock, counter));
  if (next == slurm::first_virtual_id) return {};
  return util::write_file_atomically(given_file(counter), std::to_string(next - 1) + "\n");
}

}  // namespace sarray::store
