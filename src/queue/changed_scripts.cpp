#include "queue/changed_scripts.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <map>
#include <utility>

#include "util/fd.hpp"

namespace sarray::queue {

namespace {

/// Returns whether the file is there and has other bytes. Only a plain file is read: a pipe would block.
bool has_changed(const std::string& path, const std::string& recorded) {
  struct stat state {};
  if (::stat(path.c_str(), &state) != 0 || !S_ISREG(state.st_mode)) return false;
  if (static_cast<std::size_t>(state.st_size) != recorded.size()) return true;
  const auto text = util::read_file(path);
  return text && *text != recorded;
}

}  // namespace

std::vector<std::string> describe_changed_scripts(const std::vector<plan::PlannedJob>& jobs) {
  // Calls with equal scripts share the bytes, so that each file is looked at once for each of its states.
  std::map<std::pair<std::string, const std::string*>, bool> scripts;
  std::vector<std::pair<std::string, std::vector<std::uint32_t>>> changed;  // path, jobs
  std::map<std::string, std::size_t> places;
  for (const auto& planned : jobs) {
    const auto& call = *planned.call;
    const bool is_kept = call.source == slurm::ScriptSource::file && !call.script_path.empty() &&
                         !call.script_path.starts_with("/dev/") && !call.script_path.starts_with("/proc/");
    if (!is_kept) continue;
    const auto [found, is_new] = scripts.try_emplace({call.script_path, call.script.get()});
    if (is_new) found->second = has_changed(call.script_path, *call.script);
    if (!found->second) continue;
    const auto place = places.emplace(call.script_path, changed.size()).first->second;
    if (place == changed.size()) changed.emplace_back(call.script_path, std::vector<std::uint32_t>());
    changed[place].second.push_back(planned.number);
  }
  std::vector<std::string> lines;
  for (const auto& [path, numbers] : changed) {
    const bool is_one = numbers.size() == 1;
    lines.push_back(path + " has changed since " + (is_one ? "job " : "jobs ") + plan::format_numbers(numbers) +
                    (is_one ? " was recorded; it runs as it was then" : " were recorded; they run as they were then"));
  }
  return lines;
}

}  // namespace sarray::queue
