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

extern char** environ;

namespace sarray::capture {

namespace {

/// Whether the folder is one of programs of a session, .../sessions/20261126-035543.283-ad07/bin, or a guard. The name decides:
/// PATH is read for each recorded call, and the folder may be gone.
bool is_session_folder(std::string_view folder) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto last = folder.substr(folder.rfind('/') + 1);
  if (last.starts_with(guard_prefix)) return true;
  constexpr std::string_view parent = "/sessions/";
  constexpr std::size_t name_size = 24;
  if (!folder.ends_with("/bin") || folder.size() < parent.size() + name_size + 4) return false;
  const auto name = folder.substr(folder.size() - 4 - name_size, name_size);
  const auto above = folder.substr(0, folder.size() - 4 - name_size);
  return above.ends_with(parent) && name[8] == '-' && name[15] == '.' && name[19] == '-' &&
         std::all_of(name.begin(), name.begin() + 8, is_digit);
}

}  // namespace

std::string clean_path(std::string_view path, std::string_view own_folder) {
  std::string cleaned;
  bool first = true;
  while (true) {
    const auto end = std::min(path.find(':'), path.size());
    const auto part = path.substr(0, end);
    if ((own_folder.empty() || part != own_folder) && !is_session_folder(part)) {
      if (!first) cleaned += ':';
      cleaned += part;
      first = false;
    }
    if (end == path.size()) return cleaned;
    path.remove_prefix(end + 1);
  }
}

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

util::Environment clean_environment(char** entries) {
  std::vector<std::string_view> kept;
  std::string path_entry;
  std::string bash_env_entry;
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
      path_entry = "PATH=" + clean_path(*path, own_folder);
      kept.push_back(path_entry);
    } else {
      kept.push_back(text);
    }
  }
  return util::Environment::from_views(std::move(kept));
}

void find_session_by_program() {
  const auto* path = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
  if (path == nullptr) return;
  const std::string_view program(path);
  constexpr std::string_view end = "/bin";
  constexpr std::string_view middle = "/sessions/";
  const auto programs = program.substr(0, std::min(program.rfind('/'), program.size()));
  if (!program.starts_with('/') || !programs.ends_with(end)) return;
  const auto folder = programs.substr(0, programs.size() - end.size());
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

util::Result<std::string> find_real_sbatch(std::string_view path) { return find_real("sbatch", path); }

util::Error become_real(const char* name, char** argv) {
  const auto environment = clean_environment(environ);
  const auto found = find_real(name, environment.get("PATH").value_or(""));
  if (!found) return found.error();
  if (found->empty())
    return {
        name, std::string("the real ") + name + " was not found in PATH",
        std::string("load the site's Slurm module") + (std::string_view(name) == "sbatch" ? ", or use sarray submit -n" : "")};
  const auto entries = environment.entries();
  std::vector<char*> pointers;
  pointers.reserve(entries.size() + 1);
  for (const auto& entry : entries) pointers.push_back(const_cast<char*>(entry.c_str()));
  pointers.push_back(nullptr);
  ::execve(found->c_str(), argv, pointers.data());
  return {*found, util::errno_text(errno), ""};
}

util::Result<std::string> find_real(std::string_view name, std::string_view path) {
  struct stat own {};
  if (::stat("/proc/self/exe", &own) != 0) return util::fail("/proc/self/exe", util::errno_text(errno));
  TRY(const auto found, util::find_in_path(name, path, [&](const struct stat& candidate) {
        return candidate.st_dev == own.st_dev && candidate.st_ino == own.st_ino;
      }));
  return found.value_or("");
}

}  // namespace sarray::capture
