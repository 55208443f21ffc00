#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <set>

#include "../support.hpp"
#include "util/fd.hpp"

using namespace sarray;
namespace fs = std::filesystem;

namespace {

mode_t mode_of(const std::string& path) {
  struct stat state {};
  return ::lstat(path.c_str(), &state) == 0 ? state.st_mode & 07777 : 0;
}

std::set<std::string> names_in(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename());
  return names;
}

}  // namespace

TEST_CASE("read_file and open_file name the path and the system's reason") {
  const auto missing = util::read_file("/nonexistent/file");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().what == "/nonexistent/file");
  CHECK(missing.error().why == "No such file or directory");
  test::TemporaryFolder folder;
  CHECK_FALSE(util::read_file(folder.path()));
}

TEST_CASE("nothing gets the number of a closed standard stream") {
  const auto child = ::fork();
  if (child == 0) {
    for (int fd = 0; fd <= 2; ++fd) ::close(fd);
    util::reserve_standard_descriptors();
    const auto fd = util::open_file("/dev/null", O_RDWR);
    char byte = 0;
    const bool is_closed =
        ::read(0, &byte, 1) < 0 && errno == EBADF && !util::write_all(1, "x", "") && !util::write_all(2, "x", "");
    ::_exit(fd && fd->get() > 2 && is_closed ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
}

TEST_CASE("open_file closes on exec, and an Fd closes once") {
  test::TemporaryFolder folder;
  auto fd = util::open_file(folder / "f", O_RDWR | O_CREAT);
  REQUIRE(fd);
  CHECK((::fcntl(fd->get(), F_GETFD) & FD_CLOEXEC) != 0);
  const int number = fd->get();
  util::Fd moved = std::move(*fd);
  CHECK_FALSE(fd->is_open());
  CHECK(moved.get() == number);
  moved.reset();
  CHECK_FALSE(moved.is_open());
  CHECK(::fcntl(number, F_GETFD) == -1);
}

TEST_CASE("write_all: a full disk is an error") {
  const auto fd = util::open_file("/dev/full", O_WRONLY);
  REQUIRE(fd);
  const auto result = util::write_all(fd->get(), "x", "/dev/full");
  REQUIRE_FALSE(result);
  CHECK(result.error().why == "No space left on device");
}

TEST_CASE("write_file_atomically: bytes and mode, whatever the umask") {
  test::TemporaryFolder folder;
  const auto path = folder / "file";
  const std::string bytes("a\0b\n\xff", 5);
  const auto before = ::umask(077);
  CHECK(util::write_file_atomically(path, bytes, 0755));
  ::umask(before);
  CHECK(util::read_file(path) == bytes);
  CHECK(mode_of(path) == 0755);
  CHECK(util::write_file_atomically(folder / "private", "", 0600, true));
  CHECK(mode_of(folder / "private") == 0600);
}

TEST_CASE("write_file_atomically replaces a file by a new one, and a link itself, not what it points to") {
  test::TemporaryFolder folder;
  const auto path = folder / "file";
  REQUIRE(util::write_file_atomically(path, "old"));
  const auto reader = util::open_file(path, O_RDONLY);
  REQUIRE(reader);
  REQUIRE(util::write_file_atomically(path, "new"));
  CHECK(util::read_all(reader->get(), path) == "old");
  CHECK(util::read_file(path) == "new");

  fs::create_symlink(path, folder / "link");
  REQUIRE(util::write_file_atomically(folder / "link", "other"));
  CHECK(util::read_file(path) == "new");
  CHECK(util::read_file(folder / "link") == "other");
  CHECK(names_in(folder.path()) == std::set<std::string>{"file", "link"});
}

TEST_CASE("write_file_atomically leaves nothing behind where it fails") {
  test::TemporaryFolder folder;
  fs::create_directories(folder / "taken/inside");
  const auto result = util::write_file_atomically(folder / "taken", "x");
  REQUIRE_FALSE(result);
  CHECK(result.error().what == folder / "taken");
  CHECK(result.error().why == "Is a directory");
  CHECK(names_in(folder.path()) == std::set<std::string>{"taken"});
  const auto nowhere = util::write_file_atomically(folder / "none/file", "x");
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().what == folder / "none/file");
}

TEST_CASE("write_file_atomically: a name without a folder") {
  test::TemporaryFolder folder;
  const auto before = fs::current_path();
  fs::current_path(folder.path());
  const auto result = util::write_file_atomically("plain", "x");
  fs::current_path(before);
  CHECK(result);
  CHECK(util::read_file(folder / "plain") == "x");
}

TEST_CASE("ensure_private_folder makes the folder and those above it with mode 0700") {
  test::TemporaryFolder folder;
  const auto before = ::umask(0);
  CHECK(util::ensure_private_folder(folder / "a/b/c"));
  ::umask(before);
  CHECK(mode_of(folder / "a") == 0700);
  CHECK(mode_of(folder / "a/b/c") == 0700);
  CHECK(util::ensure_private_folder(folder / "a/b/c"));
  CHECK(util::ensure_private_folder(folder / "d/e/"));
  CHECK(util::ensure_private_folder(folder / "a//b//f"));
  CHECK(fs::is_directory(folder / "a/b/f"));
}

TEST_CASE("ensure_private_folder refuses a link in its place, a file, and a folder that others can write to") {
  test::TemporaryFolder folder;
  const auto why = [&](const std::string& path) {
    const auto result = util::ensure_private_folder(path);
    return result ? std::string("taken") : result.error().why;
  };
  fs::create_directory(folder / "real");
  ::chmod((folder / "real").c_str(), 0755);
  CHECK(why(folder / "real") == "taken");
  fs::create_symlink(folder / "real", folder / "link");
  CHECK(why(folder / "link") == "it is a symbolic link");
  CHECK(why(folder / "link/") == "it is a symbolic link");
  CHECK(why(folder / "link//") == "it is a symbolic link");
  CHECK(why(folder / "link/below") == "taken");  // a home that is a link is a usual thing

  REQUIRE(util::write_file_atomically(folder / "file", ""));
  CHECK(why(folder / "file") == "it is not a directory");
  CHECK(why(folder / "file/below") == "Not a directory");

  for (const mode_t mode : {0770, 0707, 0720}) {
    ::chmod((folder / "real").c_str(), mode);
    CHECK(why(folder / "real") == "others can write to it");
  }
  const auto result = util::ensure_private_folder(folder / "real");
  CHECK(result.error().hint == "chmod 700 " + (folder / "real"));
}

TEST_CASE("ensure_private_folder refuses somebody else's folder") {
  test::TemporaryFolder folder;
  auto path = std::string("/");  // root's
  if (::geteuid() == 0) {
    path = folder / "other";
    fs::create_directory(path);
    REQUIRE(::chown(path.c_str(), 65534, 65534) == 0);
  }
  const auto result = util::ensure_private_folder(path);
  REQUIRE_FALSE(result);
  CHECK(result.error().why == "it belongs to somebody else");
}

TEST_CASE("random names have their length, are hexadecimal, and do not come twice") {
  std::set<std::string> names;
  for (int i = 0; i < 1000; ++i) {
    const auto name = util::random_name(16);
    CHECK(name.size() == 16);
    CHECK(name.find_first_not_of("0123456789abcdef") == std::string::npos);
    names.insert(name);
  }
  CHECK(names.size() == 1000);
  CHECK(util::random_name(200).size() == 200);
}
