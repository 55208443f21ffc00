#include "capture/surroundings.hpp"

#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "slurm/language/virtual_id.hpp"
#include "util/environment_names.hpp"
#include "util/fd.hpp"
#include "util/process.hpp"
#include "util/traces.hpp"

namespace sarray::capture {

namespace {

/// Returns the value if the entry is NAME=VALUE with this name.
std::optional<std::string_view> value_of(std::string_view entry, std::string_view name) {
  if (entry.size() <= name.size() || !entry.starts_with(name) || entry[name.size()] != '=') return std::nullopt;
  return entry.substr(name.size() + 1);
}

/// Whether BASH_ENV is the one that `sarray listen` set: a file in the session's folder, beside our folder of programs.
bool is_own_bash_env(std::string_view value, std::string_view own_folder) {
  const auto slash = own_folder.rfind('/');
  return slash != std::string_view::npos && value.starts_with(own_folder.substr(0, slash + 1)) && value.ends_with(".bash");
}

}  // namespace

/// Returns the entry `_` as a shell without us would have set it, for one that names a program of a session: the program of the
/// same name that PATH leads to. Empty: there is none.
std::string clean_last_program(std::string_view program, std::string_view path) {
  const auto name = program.substr(program.rfind('/') + 1);
  const auto found = util::find_in_path(name, path, [](const struct stat&) { return false; });
  return found && *found ? "_=" + **found : "";
}

util::Environment clean_environment(char** entries) {
  std::vector<std::string_view> kept;
  std::string path_entry;
  std::string bash_env_entry;
  std::string preload_entry;
  std::string last_program_entry;
  std::string_view last_program;
  std::string_view own_folder;
  std::string_view bash_env;
  for (char** entry = entries; *entry != nullptr; ++entry) {
    if (const auto value = value_of(*entry, util::bin_variable)) own_folder = *value;
    if (const auto value = value_of(*entry, util::bash_env_variable)) bash_env = *value;
  }
  for (char** entry = entries; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (text.starts_with(util::own_prefix)) continue;
    if (const auto value = value_of(text, "BASH_ENV"); value && is_own_bash_env(*value, own_folder)) {
      if (bash_env.empty()) continue;
      bash_env_entry = "BASH_ENV=" + std::string(bash_env);
      kept.push_back(bash_env_entry);
    } else if (const auto path = value_of(text, "PATH"); path && path_entry.empty()) {
      path_entry = "PATH=" + util::clean_path(*path, own_folder);
      kept.push_back(path_entry);
    } else if (const auto preload = value_of(text, "LD_PRELOAD");
               preload && preload->find(util::library_name) != std::string_view::npos) {
      const auto others = util::clean_preload(*preload);
      if (others.empty() || !preload_entry.empty()) continue;
      preload_entry = "LD_PRELOAD=" + others;
      kept.push_back(preload_entry);
    } else if (const auto program = value_of(text, "_");
               program && util::is_session_folder(program->substr(0, program->rfind('/')))) {
      last_program = *program;
    } else {
      kept.push_back(text);
    }
  }
  if (!last_program.empty()) {
    const auto path = value_of(path_entry, "PATH");
    last_program_entry = clean_last_program(last_program, path.value_or(""));
    if (!last_program_entry.empty()) kept.push_back(last_program_entry);
  }
  return util::Environment::from_views(std::move(kept));
}

void find_session_by_program() {
  const auto* path = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
  if (path == nullptr) return;
  const std::string_view program(path);
  constexpr std::string_view end = "/bin/sbatch";
  constexpr std::string_view middle = "/sessions/";
  if (!program.starts_with('/') || !program.ends_with(end)) return;
  const auto folder = program.substr(0, program.size() - end.size());
  const auto name_begin = folder.rfind('/') + 1;
  const auto parent = folder.substr(0, name_begin);
  if (!parent.ends_with(middle)) return;
  const std::string state(parent.substr(0, parent.size() - middle.size()));
  ::setenv(util::state_variable, state.c_str(), 1);
  ::setenv(util::session_variable, std::string(folder.substr(name_begin)).c_str(), 1);
  ::setenv(util::bin_variable, (std::string(folder) + "/bin").c_str(), 1);
}

std::string find_inner_job() {
  const char* job = ::getenv("SLURM_JOB_ID");
  // Slurm's own is always a number. `SLURM_JOB_ID=$(sbatch ...)` may be a sentence, or have a cluster's name after it.
  if (job == nullptr || *job == '\0' || job[std::strspn(job, "0123456789")] != '\0') return {};
  const auto number = std::strtoull(job, nullptr, 10);
  if (slurm::is_virtual_id(number)) return {};
  if (const char* outer = ::getenv(util::job_variable); outer != nullptr) return std::string_view(outer) == job ? "" : job;
  const char* bin = ::getenv(util::bin_variable);
  if (bin == nullptr) return {};
  const std::string folder(bin);
  const auto outer = util::read_file(folder.substr(0, folder.rfind('/') + 1) + outer_job_file);
  return outer && *outer != job ? job : "";
}

mode_t current_umask() {
  const auto mask = ::umask(077);
  ::umask(mask);
  return mask;
}

slurm::SoftLimits current_limits() {
  // In the order of slurm::limit_names.
  constexpr std::array<__rlimit_resource, 10> resources = {RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_DATA,   RLIMIT_STACK,   RLIMIT_CORE,
                                                           RLIMIT_RSS, RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_MEMLOCK, RLIMIT_AS};
  slurm::SoftLimits limits{};
  for (std::size_t i = 0; i < resources.size(); ++i) {
    rlimit limit{};
    ::getrlimit(resources[i], &limit);
    limits[i] = limit.rlim_cur == RLIM_INFINITY ? slurm::unlimited : limit.rlim_cur;
  }
  return limits;
}

util::Result<std::string> find_real_sbatch(std::string_view path) {
  struct stat own {};
  if (::stat("/proc/self/exe", &own) != 0) return util::fail("/proc/self/exe", util::errno_text(errno));
  TRY(const auto found, util::find_in_path("sbatch", path, [&](const struct stat& candidate) {
        return candidate.st_dev == own.st_dev && candidate.st_ino == own.st_ino;
      }));
  return found.value_or("");
}

}  // namespace sarray::capture
