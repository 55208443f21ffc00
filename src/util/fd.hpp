// Descriptors and whole files. Every call restarts after a signal and closes on exec.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "util/result.hpp"

namespace sarray::util {

/// Owns a descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : m_fd(fd) {}
  Fd(Fd&& other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  [[nodiscard]] int get() const { return m_fd; }
  [[nodiscard]] bool is_open() const { return m_fd >= 0; }
  /// Gives the descriptor to the caller, who closes it.
  [[nodiscard]] int release() { return std::exchange(m_fd, -1); }
  void reset();

 private:
  int m_fd = -1;
};

/// Returns the C library's words for an errno value. They are English, since nothing here calls setlocale.
[[nodiscard]] std::string errno_text(int error);

/// While it lives, what is made has exactly the mode that is asked for. A umask of 777 would make files that their owner cannot
/// open again.
class ExactModes {
 public:
  ExactModes();
  ExactModes(const ExactModes&) = delete;
  ExactModes& operator=(const ExactModes&) = delete;
  ~ExactModes();

 private:
  mode_t m_before;
};

/// @param flags as for open(2); O_CLOEXEC is added. A file that is made has exactly `mode`, whatever the umask. The error's
/// `what` is the path, its `why` the system's reason.
[[nodiscard]] Result<Fd> open_file(const std::string& path, int flags, mode_t mode = 0600);
/// Bytes that are read from a file at most. /dev/zero, or a pipe from `yes`, would fill the memory; a batch script or a list of
/// calls has far less (1,000,000 calls: about 100 MiB).
inline constexpr std::size_t max_bytes_read = std::size_t{256} << 20;

/// Reads a descriptor to its end; an error if that is more than max_bytes_read. @param name what the error calls it.
[[nodiscard]] Result<std::string> read_all(int fd, const std::string& name);
[[nodiscard]] Result<std::string> read_file(const std::string& path);

/// Returns the names in a folder, sorted, without those that begin with a dot; none if it cannot be read.
[[nodiscard]] std::vector<std::string> names_in(const std::string& folder);
/// Writes all of the bytes, or returns an error, e.g. if the disk is full.
[[nodiscard]] Result<void> write_all(int fd, std::string_view bytes, const std::string& name);

/// Writes a whole file so that a reader sees the old one or the new one: it writes an O_EXCL file with a random name beside it,
/// and renames that.
/// @param sync whether the file must survive a crash of the machine.
[[nodiscard]] Result<void> write_file_atomically(const std::string& path, std::string_view bytes, mode_t mode = 0600,
                                                 bool sync = false);

/// Makes the folder, and those above it, with mode 0700, and checks that it belongs to this user and that nobody else can write
/// to it. A symbolic link in its place is refused.
[[nodiscard]] Result<void> ensure_private_folder(const std::string& path);

/// Opens something that can neither be read nor written on each standard descriptor that is closed. Otherwise the next file to be
/// opened would get that number, and the programs that we run would close it or take it for their standard stream.
void reserve_standard_descriptors();

/// Returns random hexadecimal digits that nobody can guess.
[[nodiscard]] std::string random_name(std::size_t digits);

}  // namespace sarray::util
