#include "capture/surroundings.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "util/environment_names.hpp"
#include "util/process.hpp"

namespace sarray::capture {

std::string clean_path(std::string_view path, std::string_view own_folder) {
  if (own_folder.empty()) return std::string(path);
  std::string cleaned;
  bool first = true;
  while (true) {
    const auto end = std::min(path.find(':'), path.size());
    const auto part = path.substr(0, end);
    if (part != own_folder) {
      if (!first) cleaned += ':';
      cleaned += part;
      first = false;
    }
    if (end == path.size()) return cleaned;
    path.remove_prefix(end + 1);
  }
}

util::Environment clean_environment(char** entries) {
  std::vector<std::string> kept;
  std::string_view own_folder;
  std::string_view bash_env;
  bool in_session = false;
  for (char** entry = entries; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto value_of = [&](const char* name, std::string_view& value) {
      const std::string_view wanted(name);
      if (text.size() <= wanted.size() || text.substr(0, wanted.size()) != wanted || text[wanted.size()] != '=') return false;
      value = text.substr(wanted.size() + 1);
      return true;
    };
    value_of(util::bin_variable, own_folder);
    if (value_of(util::bash_env_variable, bash_env)) in_session = true;
  }
  for (char** entry = entries; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (text.starts_with(util::own_prefix)) continue;
    if (in_session && text.starts_with("BASH_ENV=")) continue;
    if (text.starts_with("PATH=")) {
      kept.push_back("PATH=" + clean_path(text.substr(5), own_folder));
    } else {
      kept.emplace_back(text);
    }
  }
  if (in_session && !bash_env.empty()) kept.push_back("BASH_ENV=" + std::string(bash_env));
  return util::Environment::from_entries(std::move(kept));
}

mode_t current_umask() {
  const auto mask = ::umask(077);
  ::umask(mask);
  return mask;
}

slurm::SoftLimits current_limits() {
  // In the order of slurm::limit_names.
  constexpr std::array<__rlimit_resource, 10> resources = {RLIMIT_CPU, RLIMIT_FSIZE,  RLIMIT_DATA,   RLIMIT_STACK,   RLIMIT_CORE,
                                                           RLIMIT_RSS, RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_MEMLOCK, RLIMIT_AS};
  slurm::SoftLimits limits{};
  for (std::size_t i = 0; i < resources.size(); ++i) {
    rlimit limit{};
    ::getrlimit(resources[i], &limit);
    limits[i] = limit.rlim_cur == RLIM_INFINITY ? slurm::unlimited : limit.rlim_cur;
  }
  return limits;
}

std::string current_host() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

std::string find_real_sbatch(std::string_view path) {
  struct stat own {};
  const bool known = ::stat("/proc/self/exe", &own) == 0;
  const auto found = util::find_in_path("sbatch", path, [&](const struct stat& candidate) {
    return known && candidate.st_dev == own.st_dev && candidate.st_ino == own.st_ino;
  });
  return found.value_or("");
}

}  // namespace sarray::capture
