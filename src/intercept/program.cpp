// Which program is executed, when a program is executed.
#include "intercept/program.hpp"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "intercept/files.hpp"
#include "intercept/own.hpp"
#include "intercept/slurm_commands.hpp"

namespace sarray::intercept {

namespace {

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

}  // namespace

Program::Program(const char* path, bool is_searched) : m_path(path) {
  if (*own_library() == '\0' || path == nullptr) return;
  const int before = errno;
  const char* file = path;
  char found[max_path];
  if (is_searched && strchr(path, '/') == nullptr) file = find_in_path(path, found) ? found : nullptr;
  if (file != nullptr) decide(file);
  errno = before;
}

void Program::decide(const char* file) {
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

}  // namespace sarray::intercept
