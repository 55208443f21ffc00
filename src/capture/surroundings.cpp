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
#include <deque>
#include <optional>

#include "slurm/language/virtual_id.hpp"
#include "util/environment_names.hpp"
#include "util/fd.hpp"
#include "util/process.hpp"
#include "util/traces.hpp"

extern char** environ;

namespace sarray::capture {

namespace {

/// Returns the value if the entry is NAME=VALUE with this name.
std::optional<std::string_view> value_of(std::string_view entry, std::string_view name) {
  if (entry.size() <= name.size() || !entry.starts_with(name) || entry[name.size()] != '=') return std::nullopt;
  return entry.substr(name.size() + 1);
}

/// A variable that a session sets, and in which it keeps the value from before. Empty: it was unset.
struct Replaced {
  const char* name;
  const char* kept_in;
};
constexpr std::array<Replaced, 2> replaced_variables = {
    Replaced{"BASH_ENV", util::bash_env_variable},
    Replaced{"ZDOTDIR", util::zdotdir_variable},
};

/// Whether a value is a path in the session's folder, beside our folder of programs.
bool is_in_session(std::string_view value, std::string_view own_folder) {
  const auto slash = own_folder.rfind('/');
  return slash != std::string_view::npos && value.starts_with(own_folder.substr(0, slash + 1));
}

/// Finds a replaced variable whose value is the session's. @return null if the entry is another one.
const Replaced* find_replaced(std::string_view entry, std::string_view own_folder) {
  for (const auto& variable : replaced_variables) {
    if (const auto value = value_of(entry, variable.name)) return is_in_session(*value, own_folder) ? &variable : nullptr;
  }
  return nullptr;
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
  std::deque<std::string> made;  // what entries are replaced by
  const auto keep = [&](std::string entry) { kept.push_back(made.emplace_back(std::move(entry))); };
  const auto get = [&](const char* name) {
    for (char** entry = entries; *entry != nullptr; ++entry) {
      if (const auto value = value_of(*entry, name)) return *value;
    }
    return std::string_view();
  };
  const auto own_folder = get(util::bin_variable);
  for (char** entry = entries; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (text.starts_with(util::own_prefix)) continue;
    if (const auto* replaced = find_replaced(text, own_folder)) {
      if (const auto before = get(replaced->kept_in); !before.empty())
        keep(std::string(replaced->name) + "=" + std::string(before));
    } else if (const auto path = value_of(text, "PATH")) {
      keep("PATH=" + util::clean_path(*path, own_folder));
    } else if (const auto preload = value_of(text, "LD_PRELOAD");
               preload && preload->find(util::library_name) != std::string_view::npos) {
      if (const auto others = util::clean_preload(*preload); !others.empty()) keep("LD_PRELOAD=" + others);
    } else if (const auto program = value_of(text, "_");
               program && util::is_session_folder(program->substr(0, program->rfind('/')))) {
      auto cleaned = clean_last_program(*program, util::clean_path(get("PATH"), own_folder));
      if (!cleaned.empty()) keep(std::move(cleaned));
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
