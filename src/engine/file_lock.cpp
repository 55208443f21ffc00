#include "engine/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "util/crc32.hpp"
#include "util/file_lock.hpp"
#include "util/join.hpp"
#include "util/message.hpp"
#include "util/user_text.hpp"

namespace sarray::engine {

namespace {

/// Its file's name has a checksum of the path: two paths of one checksum only wait for each other.
std::string lock_path(const std::string& file, const store::StateFolder& folder) {
  std::array<char, 16> sum{};
  std::snprintf(sum.data(), sum.size(), "%08x", util::crc32(file));
  return folder.submissions() + "/.file-" + sum.data();
}

/// Returns the job ids that the last holder noted for a file: "131,132"; empty: none, or those of another file.
std::string read_note(int fd, const std::string& file) {
  std::array<char, 8192> bytes{};
  const auto got = ::pread(fd, bytes.data(), bytes.size(), 0);
  const std::string text(bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  const auto end = text.find('\n');
  return end != std::string::npos && text.substr(end + 1) == file ? text.substr(0, end) : std::string();
}

}  // namespace

std::string FileLock::last_word(const std::string& file, const store::StateFolder& folder) {
  const auto fd = util::open_file(lock_path(file, folder), O_RDONLY | O_NOFOLLOW);
  return fd ? read_note(fd->get(), file) : std::string();
}

util::Result<FileLock> FileLock::take(const std::string& file, const store::StateFolder& folder, const std::string& word) {
  CHECK_OK(util::ensure_private_folder(folder.submissions()));
  const auto path = lock_path(file, folder);
  TRY(auto fd, util::open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    util::note("another 'sarray submit' of " + file + " is running: waiting for its end");
    CHECK_OK(util::lock_exclusively(fd.get(), path, util::lock_patience()));
  }
  const auto after = read_note(fd.get(), file);
  if (after == word) return FileLock(std::move(fd), file);  // the other one failed, and submitted nothing
  return util::fail(file, "it was submitted a moment ago, as job " + after + "; nothing was submitted now",
                    "to submit it a second time: sarray submit " + file);
}

void FileLock::note(const std::vector<std::string>& job_ids) const {
  const auto text = util::join(job_ids, ",") + "\n" + m_file;
  [[maybe_unused]] const bool written = ::ftruncate(m_fd.get(), 0) == 0 && ::pwrite(m_fd.get(), text.data(), text.size(), 0) > 0;
}

}  // namespace sarray::engine
