// What the system knows of files.
#include "intercept/files.hpp"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace sarray::intercept {

namespace {

/// Returns the number of bytes that the file begins with, up to `size`; 0 if it cannot be read.
size_t read_head(const char* path, char* head, size_t size) {
  const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return 0;
  const auto got = read(file, head, size);
  close(file);
  return got > 0 ? static_cast<size_t>(got) : 0;
}

bool is_elf(const char* head, size_t size) { return size > EI_CLASS && memcmp(head, ELFMAG, SELFMAG) == 0; }

#if defined __x86_64__
constexpr ElfW(Half) own_machine = EM_X86_64;
#elif defined __aarch64__
constexpr ElfW(Half) own_machine = EM_AARCH64;
#else
constexpr ElfW(Half) own_machine = EM_NONE;  // any that has the same word size
#endif

}  // namespace

bool get_state(const char* path, struct stat& state) {
  // stat() itself is in no C library that is older than 2.33.
  return syscall(SYS_newfstatat, AT_FDCWD, path, &state, 0) == 0;
}

bool is_same_file(const struct stat& a, const struct stat& b) { return a.st_dev == b.st_dev && a.st_ino == b.st_ino; }

bool is_elf_file(const char* path) {
  char head[SELFMAG + 1];
  return is_elf(head, read_head(path, head, sizeof head));
}

bool can_load(const char* path) {
  char head[sizeof(ElfW(Ehdr))];
  const auto size = read_head(path, head, sizeof head);
  if (size < sizeof head || !is_elf(head, size)) return true;  // a script: its interpreter is the system's
  ElfW(Ehdr) header;
  memcpy(&header, head, sizeof header);
  return header.e_ident[EI_CLASS] == (sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32) &&
         (own_machine == EM_NONE || header.e_machine == own_machine);
}

bool find_in_path(const char* name, char* path) {
  const char* folders = "/bin:/usr/bin";
  for (Words entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    if (begins_with(*entry, "PATH=")) {
      folders = *entry + 5;
      break;
    }
  }
  const auto name_size = strlen(name) + 1;
  while (true) {
    const char* end = folders;
    while (*end != '\0' && *end != ':') ++end;
    const auto size = static_cast<size_t>(end - folders);
    if (size + 1 + name_size <= max_path) {
      memcpy(path, folders, size);
      if (size > 0) path[size] = '/';
      memcpy(path + size + (size > 0 ? 1 : 0), name, name_size);
      struct stat state {};
      if (get_state(path, state) && S_ISREG(state.st_mode) && access(path, X_OK) == 0) return true;
    }
    if (*end == '\0') return false;
    folders = end + 1;
  }
}

OpenFile::OpenFile(int file) {
  constexpr char folder[] = "/proc/self/fd/";
  char link[sizeof folder + 12];
  char digits[12];
  size_t size = 0;
  auto number = static_cast<unsigned>(file);
  do digits[size++] = static_cast<char>('0' + number % 10);
  while ((number /= 10) > 0);
  memcpy(link, folder, sizeof folder - 1);
  for (size_t i = 0; i < size; ++i) link[sizeof folder - 1 + i] = digits[size - 1 - i];
  link[sizeof folder - 1 + size] = '\0';
  const int before = errno;
  const auto got = readlink(link, m_path, sizeof m_path - 1);
  errno = before;
  m_path[got > 0 ? got : 0] = '\0';
}

}  // namespace sarray::intercept
