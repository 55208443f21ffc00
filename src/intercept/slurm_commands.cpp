// Which programs are Slurm's, and which are the session's own.
#include "intercept/slurm_commands.hpp"

#include <string.h>
#include <unistd.h>

#include "intercept/files.hpp"
#include "intercept/own.hpp"
#include "intercept/settings.hpp"
#include "intercept/text.hpp"

namespace sarray::intercept {

namespace {

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

}  // namespace

bool is_command(const char* name) {
  for (const char* command : commands) {
    if (strcmp(command, name) == 0) return true;
  }
  return false;
}

bool is_of_session(const char* path) {
  const char* middle = strstr(path, "/sessions/");
  if (middle == nullptr) return false;
  const char* end = strstr(middle, "/bin/");
  return end != nullptr && end + 5 == last_part(path);
}

bool is_slurms(const char* path) {
  struct stat state {};
  if (!get_state(path, state) || !S_ISREG(state.st_mode)) return false;
  struct stat other {};
  for (const char* known = first_known_command(); *known != '\0'; known = next_string(known)) {
    if (strcmp(last_part(known), last_part(path)) == 0 &&
        (strcmp(known, path) == 0 || (get_state(known, other) && is_same_file(state, other))))
      return true;
  }
  if (state.st_uid != geteuid()) return true;
  return is_elf_file(path);
}

bool is_left_alone(const char* path) {
  const char* name = last_part(path);
  return is_of_session(path) || strcmp(name, "sarray") == 0 || (is_name_of_slurms(name) && is_slurms(path));
}

}  // namespace sarray::intercept
