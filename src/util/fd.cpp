#include "util/fd.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>

namespace sarray::util {

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    reset();
    m_fd = std::exchange(other.m_fd, -1);
  }
  return *this;
}

void Fd::reset() {
  if (m_fd >= 0) ::close(m_fd);
  m_fd = -1;
}

// Not strerrordesc_np, which glibc has since 2.32 only (Debian 11 and RHEL 8 have an older one).
std::string errno_text(int error) { return std::strerror(error); }

namespace {

tl::unexpected<Error> fail_errno(const std::string& what) { return fail(what, errno_text(errno)); }

}  // namespace

ExactModes::ExactModes() : m_before(::umask(0)) {}
ExactModes::~ExactModes() { ::umask(m_before); }

Result<Fd> open_file(const std::string& path, int flags, mode_t mode) {
  std::optional<ExactModes> exact;
  if ((flags & O_CREAT) != 0) exact.emplace();
  int fd = -1;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return fail_errno(path);
  return Fd(fd);
}

Result<std::string> read_all(int fd, const std::string& name) {
  struct stat state {};
  const bool sized = ::fstat(fd, &state) == 0 && S_ISREG(state.st_mode);
  const auto too_long = [&] {
    return fail(name, "it has more than " + std::to_string(max_bytes_read >> 20) + " MiB, and no more is read of a file");
  };
  if (sized && static_cast<std::uint64_t>(state.st_size) > max_bytes_read) return too_long();
  std::string bytes(sized ? static_cast<std::size_t>(state.st_size) + 1 : 65536, '\0');
  std::size_t size = 0;
  while (true) {
    if (size > max_bytes_read) return too_long();
    if (size == bytes.size()) bytes.resize(size * 2);
    const auto got = ::read(fd, bytes.data() + size, bytes.size() - size);
    if (got > 0) size += static_cast<std::size_t>(got);
    if (got < 0 && errno != EINTR) return fail_errno(name);
    if (got != 0) continue;
    bytes.resize(size);
    return bytes;
  }
}

Result<std::string> read_file(const std::string& path) {
  TRY(const Fd fd, open_file(path, O_RDONLY));
  return read_all(fd.get(), path);
}

Result<void> write_all(int fd, std::string_view bytes, const std::string& name) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (written < 0 && errno != EINTR) {
      return fail_errno(name);
    }
  }
  return {};
}

Result<void> write_file_atomically(const std::string& path, std::string_view bytes, mode_t mode, bool sync) {
  const auto slash = path.rfind('/');
  const auto folder = slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
  const auto temporary = folder + ".sarray-" + random_name(16);
  auto fd = open_file(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  if (!fd) return fail(path, fd.error().why);
  const auto give_up = [&](const std::string& why) {
    ::unlink(temporary.c_str());
    return fail(path, why);
  };
  if (::fchmod(fd->get(), mode) != 0) return give_up(errno_text(errno));
  if (const auto written = write_all(fd->get(), bytes, path); !written) return give_up(written.error().why);
  if (sync && ::fsync(fd->get()) != 0) return give_up(errno_text(errno));
  // NFS reports an exceeded quota only at close. The descriptor is gone even if a signal interrupted the close.
  if (::close(fd->release()) != 0 && errno != EINTR) return give_up(errno_text(errno));
  if (::rename(temporary.c_str(), path.c_str()) != 0) return give_up(errno_text(errno));
  return {};
}

Result<void> ensure_private_folder(const std::string& given) {
  auto path = given;  // a slash at its end would make lstat follow a link
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  struct stat state {};
  const bool missing =
      ::lstat(path.c_str(), &state) != 0;  // it nearly always exists, so a network file system is asked only once
  std::optional<ExactModes> exact;
  if (missing) exact.emplace();
  for (std::size_t at = 1; missing && at != std::string::npos && at < path.size();) {
    at = path.find('/', at + 1);
    const auto part = path.substr(0, at);
    if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) {
      const int reason = errno;
      if (::stat(part.c_str(), &state) != 0 || !S_ISDIR(state.st_mode)) return fail(part, errno_text(reason));
    }
  }
  if (missing && ::lstat(path.c_str(), &state) != 0) return fail_errno(path);
  if (S_ISLNK(state.st_mode)) return fail(path, "it is a symbolic link", "export SARRAY_STATE_DIR=/the/folder/itself");
  if (!S_ISDIR(state.st_mode)) return fail(path, "it is not a directory");
  if (state.st_uid != ::geteuid())
    return fail(path, "it belongs to somebody else", "set SARRAY_STATE_DIR to a folder of your own");
  if ((state.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return fail(path, "others can write to it", "chmod 700 " + path);
  }
  return {};
}

void reserve_standard_descriptors() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    [[maybe_unused]] const int held =
        ::open("/", O_PATH);  // the lowest free number: this one. Whoever uses it gets EBADF, as before
  }
}

std::string random_name(std::size_t digits) {
  constexpr std::string_view hexadecimal = "0123456789abcdef";
  std::string name(digits, '0');
  std::array<unsigned char, 64> bytes{};
  std::size_t left = 0;
  for (auto& digit : name) {
    if (left == 0) {
      left = bytes.size();
      if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        for (auto& byte : bytes) byte = static_cast<unsigned char>(::getpid() * 31 + &byte - bytes.data());
      }
    }
    digit = hexadecimal[bytes[--left] & 15];
  }
  return name;
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  DIR* listing = ::opendir(folder.c_str());
  if (listing == nullptr) return names;
  while (const auto* entry = ::readdir(listing)) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  ::closedir(listing);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace sarray::util
