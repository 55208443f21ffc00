// The library that a session has loaded into the programs that run in it (LD_PRELOAD). When one of them executes Slurm's own
// sbatch, by whatever path, the session's is executed instead.
//
// It is linked to nothing: what it calls is in every C library that the program may have, glibc from 2.17 on or musl. The
// functions that it stands before are looked up when it is loaded. All else runs between vfork and exec, where memory cannot be
// allocated. The program does not see the library in its environment, so that nothing takes it along into a job; each program
// that is executed gets it anew, also with an empty environment.
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "intercept/settings.hpp"

namespace sarray::intercept {

namespace {

using Words = char* const*;

// --- what the session wrote ----------------------------------------------------------------------------------------------------

[[gnu::used]] char settings[settings_size] = SARRAY_SETTINGS_MARK;

/// Returns the strings after the mark.
const char* begin_of_settings() {
  const char* text = settings;
  asm("" : "+r"(text));  // the compiler knows only what is written here
  return text + sizeof SARRAY_SETTINGS_MARK;
}

const char* next_string(const char* text) { return text + strlen(text) + 1; }
const char* own_library() { return begin_of_settings(); }
const char* own_folder() { return next_string(own_library()); }

// --- the functions behind ours -------------------------------------------------------------------------------------------------

struct Functions {
  int (*execve)(const char*, Words, Words);
  int (*execvpe)(const char*, Words, Words);
  int (*fexecve)(int, Words, Words);
  int (*execveat)(int, const char*, Words, Words, int);
  int (*posix_spawn)(pid_t*, const char*, const void*, const void*, Words, Words);
  int (*posix_spawnp)(pid_t*, const char*, const void*, const void*, Words, Words);
  int (*system)(const char*);
  void* (*popen)(const char*, const char*);
};
Functions next{};

// The order is that of Functions.
constexpr const char* wanted_names[] = {"execve",      "execvpe",      "fexecve", "execveat",
                                        "posix_spawn", "posix_spawnp", "system",  "popen"};
constexpr size_t wanted_count = sizeof wanted_names / sizeof *wanted_names;
static_assert(sizeof(Functions) == wanted_count * sizeof(void*));

void** slot(size_t number) { return reinterpret_cast<void**>(&next) + number; }

/// The tables of a loaded object that a symbol is looked up in.
struct Tables {
  const ElfW(Sym) * symbols = nullptr;
  const char* names = nullptr;
  const ElfW(Versym) * versions = nullptr;
  const uint32_t* hash = nullptr;
};

Tables read_tables(const dl_phdr_info* object, const ElfW(Dyn) * dynamic) {
  Tables tables;
  const auto base = object->dlpi_addr;
  for (; dynamic->d_tag != DT_NULL; ++dynamic) {
    // glibc has added the base already, musl has not.
    const auto value = dynamic->d_un.d_ptr;
    const auto* place = reinterpret_cast<const void*>(value < base ? value + base : value);
    if (dynamic->d_tag == DT_SYMTAB) tables.symbols = static_cast<const ElfW(Sym)*>(place);
    if (dynamic->d_tag == DT_STRTAB) tables.names = static_cast<const char*>(place);
    if (dynamic->d_tag == DT_VERSYM) tables.versions = static_cast<const ElfW(Versym)*>(place);
    if (dynamic->d_tag == DT_GNU_HASH) tables.hash = static_cast<const uint32_t*>(place);
  }
  return tables;
}

uint32_t gnu_hash(const char* name) {
  uint32_t hash = 5381;
  for (; *name != '\0'; ++name) hash = hash * 33 + static_cast<unsigned char>(*name);
  return hash;
}

/// Returns the default version of a function that the object defines; null if it has none.
void* find_function(const Tables& tables, ElfW(Addr) base, const char* name) {
  constexpr uint32_t word_bits = sizeof(ElfW(Addr)) * 8;
  const auto hash = gnu_hash(name);
  const uint32_t bucket_count = tables.hash[0];
  const uint32_t first_symbol = tables.hash[1];
  const uint32_t bloom_size = tables.hash[2];
  const auto* bloom = reinterpret_cast<const ElfW(Addr)*>(tables.hash + 4);
  const auto word = bloom[hash / word_bits % bloom_size];
  const auto bits = (ElfW(Addr){1} << (hash % word_bits)) | (ElfW(Addr){1} << ((hash >> tables.hash[3]) % word_bits));
  if ((word & bits) != bits) return nullptr;
  const auto* buckets = reinterpret_cast<const uint32_t*>(bloom + bloom_size);
  const auto* chains = buckets + bucket_count;
  auto symbol = buckets[hash % bucket_count];
  if (symbol < first_symbol) return nullptr;
  for (;; ++symbol) {
    const auto chain = chains[symbol - first_symbol];
    constexpr ElfW(Versym) hidden = 0x8000;  // kept for old programs
    const auto& found = tables.symbols[symbol];
    if ((chain | 1U) == (hash | 1U) && strcmp(tables.names + found.st_name, name) == 0 && found.st_shndx != SHN_UNDEF &&
        (tables.versions == nullptr || (tables.versions[symbol] & hidden) == 0))
      return reinterpret_cast<void*>(base + found.st_value);
    if ((chain & 1U) != 0) return nullptr;
  }
}

/// Looks at one loaded object; they come in the order in which symbols are looked up. What comes before us is not behind us.
int visit_object(dl_phdr_info* object, size_t /*size*/, void* has_passed_us) {
  auto& passed = *static_cast<bool*>(has_passed_us);
  const ElfW(Dyn)* dynamic = nullptr;
  const auto own = reinterpret_cast<ElfW(Addr)>(settings);
  bool is_own = false;
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& header = object->dlpi_phdr[i];
    const auto begin = object->dlpi_addr + header.p_vaddr;
    if (header.p_type == PT_DYNAMIC) dynamic = reinterpret_cast<const ElfW(Dyn)*>(begin);
    if (header.p_type == PT_LOAD && own >= begin && own - begin < header.p_memsz) is_own = true;
  }
  if (is_own || !passed || dynamic == nullptr) {
    passed = passed || is_own;
    return 0;
  }
  const auto tables = read_tables(object, dynamic);
  if (tables.hash == nullptr || tables.symbols == nullptr || tables.names == nullptr) return 0;
  for (size_t i = 0; i < wanted_count; ++i) {
    if (*slot(i) == nullptr) *slot(i) = find_function(tables, object->dlpi_addr, wanted_names[i]);
  }
  return 0;
}

// --- the program's environment -------------------------------------------------------------------------------------------------

constexpr char preload[] = "LD_PRELOAD=";
constexpr size_t preload_size = sizeof preload - 1;

bool begins_with(const char* text, const char* start) { return strncmp(text, start, strlen(start)) == 0; }
bool is_separator(char c) { return c == ':' || c == ' '; }

/// Returns where the library's path is in a list of libraries; null if it is not there.
char* find_own(char* list) {
  const auto size = strlen(own_library());
  for (char* at = list; *at != '\0';) {
    if (strncmp(at, own_library(), size) == 0 && (at[size] == '\0' || is_separator(at[size]))) return at;
    while (*at != '\0' && !is_separator(*at)) ++at;
    while (is_separator(*at)) ++at;
  }
  return nullptr;
}

/// Takes the library out of the environment, in its place: the program may hold the array already.
void hide(char** entries) {
  for (char** entry = entries; *entry != nullptr; ++entry) {
    if (!begins_with(*entry, preload)) continue;
    char* own = find_own(*entry + preload_size);
    if (own == nullptr) return;
    char* rest = own + strlen(own_library());
    if (*rest != '\0') {
      ++rest;
    } else if (own > *entry + preload_size) {
      --own;  // the separator before it
    }
    memmove(own, rest, strlen(rest) + 1);
    if ((*entry)[preload_size] != '\0') return;
    for (; *entry != nullptr; ++entry) *entry = entry[1];
    return;
  }
}

// --- which program is meant ----------------------------------------------------------------------------------------------------

const char* last_part(const char* path) {
  const char* slash = strrchr(path, '/');
  return slash != nullptr ? slash + 1 : path;
}

bool get_state(const char* path, struct stat& state) {
  // stat() itself is in no C library that is older than 2.33.
  return syscall(SYS_newfstatat, AT_FDCWD, path, &state, 0) == 0;
}

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

/// Whether the program can load this library. For a 32-bit one ld.so would print that it cannot.
bool can_load(const char* path) {
  char head[sizeof(ElfW(Ehdr))];
  const auto size = read_head(path, head, sizeof head);
  if (size < sizeof head || !is_elf(head, size)) return true;  // a script: its interpreter is the system's
  ElfW(Ehdr) header;
  memcpy(&header, head, sizeof header);
  return header.e_ident[EI_CLASS] == (sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32) &&
         (own_machine == EM_NONE || header.e_machine == own_machine);
}

bool is_command(const char* name) {
  for (const char* command : commands) {
    if (strcmp(command, name) == 0) return true;
  }
  return false;
}

/// Whether Slurm has a command of that name.
bool is_name_of_slurms(const char* name) {
  constexpr const char* names[] = {"sbatch",  "srun",    "salloc", "squeue",   "sacct",   "scontrol", "scancel",
                                   "sinfo",   "sattach", "sbcast", "sstat",    "sprio",   "sshare",   "sacctmgr",
                                   "sreport", "sdiag",   "sview",  "strigger", "scrontab"};
  for (const char* one : names) {
    if (strcmp(one, name) == 0) return true;
  }
  return false;
}

bool is_same_file(const struct stat& a, const struct stat& b) { return a.st_dev == b.st_dev && a.st_ino == b.st_ino; }

/// Whether it is a program of a session: .../sessions/NAME/bin/sbatch.
bool is_of_session(const char* path) {
  const char* middle = strstr(path, "/sessions/");
  if (middle == nullptr) return false;
  const char* end = strstr(middle, "/bin/");
  return end != nullptr && end + 5 == last_part(path);
}

/// Whether the file is Slurm's. A script of the user's own named so is not: it runs, and comes here with what it executes.
bool is_slurms(const char* path) {
  struct stat state {};
  if (!get_state(path, state) || !S_ISREG(state.st_mode)) return false;
  struct stat other {};
  for (const char* known = next_string(own_folder()); *known != '\0'; known = next_string(known)) {
    if (strcmp(last_part(known), last_part(path)) == 0 &&
        (strcmp(known, path) == 0 || (get_state(known, other) && is_same_file(state, other))))
      return true;
  }
  if (state.st_uid != geteuid()) return true;
  char head[SELFMAG + 1];
  return is_elf(head, read_head(path, head, sizeof head));
}

/// Whether the library stays out of the program: one of ours, or one of Slurm's.
bool is_left_alone(const char* path) {
  const char* name = last_part(path);
  return is_of_session(path) || strcmp(name, "sarray") == 0 || (is_name_of_slurms(name) && is_slurms(path));
}

constexpr size_t max_path = 4096;

/// Finds the file that exec would take: the first of that name in PATH that can be executed. @param path at least max_path bytes.
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

/// Makes an empty file in the session's folder if the program may leave our reach: then Slurm is asked for more at the session's
/// end (capture/strays.cpp).
void note_way_out(const char* path) {
  constexpr struct {
    const char* name;
    const char* file;
  } ways[] = {{"sudo", "other-user"},    {"su", "other-user"},      {"doas", "other-user"}, {"pkexec", "other-user"},
              {"runuser", "other-user"}, {"setpriv", "other-user"}, {"ssh", "other-host"}};
  constexpr char up[] = "/../";
  const char* name = last_part(path);
  for (const auto& way : ways) {
    if (strcmp(way.name, name) != 0) continue;
    char file[max_path];
    if (strlen(own_folder()) + sizeof up + strlen(way.file) > sizeof file) return;
    strcat(strcat(strcpy(file, own_folder()), up), way.file);
    const int made = open(file, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (made >= 0) close(made);
    return;
  }
}

/// The program that is executed instead of the one that was named.
class Program {
 public:
  /// @param is_searched whether a name without a slash is looked up in PATH.
  Program(const char* path, bool is_searched) : m_path(path) {
    if (*own_library() == '\0' || path == nullptr) return;
    const int before = errno;
    const char* file = path;
    char found[max_path];
    if (is_searched && strchr(path, '/') == nullptr) file = find_in_path(path, found) ? found : nullptr;
    if (file != nullptr) decide(file);
    errno = before;
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  [[nodiscard]] const char* path() const { return m_path; }
  [[nodiscard]] bool wants_library() const { return m_wants_library; }

 private:
  void decide(const char* file) {
    const char* name = last_part(file);
    if (is_command(name) && !is_of_session(file) && is_slurms(file)) {
      const auto folder_size = strlen(own_folder());
      const auto name_size = strlen(name) + 1;
      if (folder_size + 1 + name_size > max_path) return;
      memcpy(m_own, own_folder(), folder_size);
      m_own[folder_size] = '/';
      memcpy(m_own + folder_size + 1, name, name_size);
      m_path = m_own;
    } else if (!is_left_alone(file)) {
      note_way_out(file);
      // Not in a chroot, for another user, or after the session's folder has gone: ld.so would say that it cannot be found.
      m_wants_library = access(own_library(), R_OK) == 0 && can_load(file);
    }
  }

  const char* m_path;
  bool m_wants_library = false;
  char m_own[max_path];
};

// --- the environment of what is executed ---------------------------------------------------------------------------------------

/// Returns the bytes that the entry LD_PRELOAD takes with the library in it.
size_t preload_bytes(const char* theirs) { return preload_size + strlen(theirs) + 1 + strlen(own_library()) + 1; }

size_t count_words(Words words) {
  size_t count = 0;
  while (words != nullptr && words[count] != nullptr) ++count;
  return count;
}

const char* find_preload(Words environment) {
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    if (begins_with(*environment, preload)) return *environment + preload_size;
  }
  return "";
}

/// Writes the environment with the library in it. The user's own libraries come first, as some must.
/// @param entries two more than `environment` has. @param text preload_bytes() of it.
void add_library(Words environment, char** entries, char* text) {
  const char* theirs = find_preload(environment);
  memcpy(text, preload, preload_size + 1);
  strcat(text, theirs);
  if (find_own(text + preload_size) == nullptr) {
    if (*theirs != '\0') strcat(text, ":");
    strcat(text, own_library());
  }
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    if (!begins_with(*environment, preload)) *entries++ = *environment;
  }
  *entries++ = text;
  *entries = nullptr;
}

/// Calls execute(environment), with the library in the environment if `wants`.
template <class Execute>
[[gnu::noinline]] auto with_library(bool wants, Words environment, const Execute& execute) {
  if (!wants) return execute(environment);
  auto** entries = static_cast<char**>(__builtin_alloca((count_words(environment) + 2) * sizeof(char*)));
  auto* text = static_cast<char*>(__builtin_alloca(preload_bytes(find_preload(environment))));
  add_library(environment, entries, text);
  return execute(static_cast<Words>(entries));
}

int execute(const char* path, Words words, Words environment) {
  if (next.execve == nullptr) return static_cast<int>(syscall(SYS_execve, path, words, environment));
  const Program program(path, false);
  return with_library(program.wants_library(), environment,
                      [&](Words entries) { return next.execve(program.path(), words, entries); });
}

int execute_searched(const char* name, Words words, Words environment) {
  if (next.execvpe == nullptr) return errno = ENOSYS, -1;
  const Program program(name, true);
  return with_library(program.wants_library(), environment,
                      [&](Words entries) { return next.execvpe(program.path(), words, entries); });
}

/// The path of an open file, as far as the system knows it.
class OpenFile {
 public:
  explicit OpenFile(int file) {
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
  [[nodiscard]] const char* path() const { return m_path; }

 private:
  char m_path[max_path];
};

/// While it lives, programs that the C library itself starts get the library from `environ`.
template <class Call>
auto with_environ(const Call& call) {
  char** before = environ;
  return with_library(*own_library() != '\0' && access(own_library(), R_OK) == 0, before, [&](Words entries) {
    environ = const_cast<char**>(entries);
    auto result = call();
    if (environ == entries) environ = before;
    return result;
  });
}

[[gnu::constructor]] void begin(int /*argc*/, char** /*argv*/, char** third) {
  bool has_passed_us = false;
  if (*own_library() != '\0') dl_iterate_phdr(visit_object, &has_passed_us);
  // glibc hands the environment over, and may have none in `environ` yet; musl is the other way round.
  char** entries = environ != nullptr ? environ : third;
  if (entries != nullptr && *own_library() != '\0') hide(entries);
}

}  // namespace

}  // namespace sarray::intercept

// --- what programs call --------------------------------------------------------------------------------------------------------
// Under other names here, since the headers differ in how they declare them.

using sarray::intercept::execute;
using sarray::intercept::execute_searched;
using sarray::intercept::next;
using sarray::intercept::OpenFile;
using sarray::intercept::Program;
using sarray::intercept::with_environ;
using sarray::intercept::with_library;
using sarray::intercept::Words;

#define SARRAY_EXPORT(name) asm(#name) __attribute__((visibility("default"), used))

extern "C" {

int own_execve(const char* path, Words words, Words environment) SARRAY_EXPORT(execve);
int own_execve(const char* path, Words words, Words environment) { return execute(path, words, environment); }

int own_execv(const char* path, Words words) SARRAY_EXPORT(execv);
int own_execv(const char* path, Words words) { return execute(path, words, environ); }

int own_execvp(const char* name, Words words) SARRAY_EXPORT(execvp);
int own_execvp(const char* name, Words words) { return execute_searched(name, words, environ); }

int own_execvpe(const char* name, Words words, Words environment) SARRAY_EXPORT(execvpe);
int own_execvpe(const char* name, Words words, Words environment) { return execute_searched(name, words, environment); }

// The words of execl and its like, as an array; `last` is the va_list after the words' end.
#define SARRAY_COLLECT(first, words, last)                                           \
  va_list last;                                                                      \
  va_start(last, first);                                                             \
  size_t count = 1;                                                                  \
  if ((first) != nullptr)                                                            \
    while (va_arg(last, char*) != nullptr) ++count;                                  \
  va_end(last);                                                                      \
  auto** words = static_cast<char**>(__builtin_alloca((count + 1) * sizeof(char*))); \
  words[0] = const_cast<char*>(first);                                               \
  va_start(last, first);                                                             \
  for (size_t i = 1; i <= count && words[0] != nullptr; ++i) words[i] = va_arg(last, char*);

int own_execl(const char* path, const char* first, ...) SARRAY_EXPORT(execl);
int own_execl(const char* path, const char* first, ...) {
  SARRAY_COLLECT(first, words, last)
  va_end(last);
  return execute(path, words, environ);
}

int own_execlp(const char* name, const char* first, ...) SARRAY_EXPORT(execlp);
int own_execlp(const char* name, const char* first, ...) {
  SARRAY_COLLECT(first, words, last)
  va_end(last);
  return execute_searched(name, words, environ);
}

int own_execle(const char* path, const char* first, ...) SARRAY_EXPORT(execle);
int own_execle(const char* path, const char* first, ...) {
  SARRAY_COLLECT(first, words, last)
  auto* environment = va_arg(last, char**);
  va_end(last);
  return execute(path, words, environment);
}

int own_fexecve(int file, Words words, Words environment) SARRAY_EXPORT(fexecve);
int own_fexecve(int file, Words words, Words environment) {
  if (next.fexecve == nullptr) return errno = ENOSYS, -1;
  const OpenFile opened(file);
  const Program program(opened.path(), false);
  if (program.path() != opened.path()) return execute(program.path(), words, environment);
  return with_library(program.wants_library(), environment, [&](Words entries) { return next.fexecve(file, words, entries); });
}

int own_execveat(int folder, const char* path, Words words, Words environment, int flags) SARRAY_EXPORT(execveat);
int own_execveat(int folder, const char* path, Words words, Words environment, int flags) {
  if (next.execveat == nullptr) return static_cast<int>(syscall(SYS_execveat, folder, path, words, environment, flags));
  const OpenFile opened(folder);
  const Program program(*path == '\0' ? opened.path() : path, false);
  const bool is_known = *path == '/' || *path == '\0' || folder == AT_FDCWD;
  if (is_known && program.path() != opened.path() && program.path() != path) return execute(program.path(), words, environment);
  return with_library(program.wants_library(), environment,
                      [&](Words entries) { return next.execveat(folder, path, words, entries, flags); });
}

int own_posix_spawn(pid_t* pid, const char* path, const void* actions, const void* attributes, Words words, Words environment)
    SARRAY_EXPORT(posix_spawn);
int own_posix_spawn(pid_t* pid, const char* path, const void* actions, const void* attributes, Words words, Words environment) {
  if (next.posix_spawn == nullptr) return ENOSYS;
  const Program program(path, false);
  return with_library(program.wants_library(), environment,
                      [&](Words entries) { return next.posix_spawn(pid, program.path(), actions, attributes, words, entries); });
}

int own_posix_spawnp(pid_t* pid, const char* name, const void* actions, const void* attributes, Words words, Words environment)
    SARRAY_EXPORT(posix_spawnp);
int own_posix_spawnp(pid_t* pid, const char* name, const void* actions, const void* attributes, Words words, Words environment) {
  if (next.posix_spawnp == nullptr) return ENOSYS;
  const Program program(name, true);
  return with_library(program.wants_library(), environment,
                      [&](Words entries) { return next.posix_spawnp(pid, program.path(), actions, attributes, words, entries); });
}

int own_system(const char* command) SARRAY_EXPORT(system);
int own_system(const char* command) {
  if (next.system == nullptr) return errno = ENOSYS, -1;
  return with_environ([&] { return next.system(command); });
}

void* own_popen(const char* command, const char* type) SARRAY_EXPORT(popen);
void* own_popen(const char* command, const char* type) {
  if (next.popen == nullptr) return errno = ENOSYS, nullptr;
  return with_environ([&] { return next.popen(command, type); });
}

}  // extern "C"
