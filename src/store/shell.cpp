#include "store/shell.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "util/fd.hpp"
#include "util/process.hpp"

namespace sarray::store {

namespace {

std::string boot_id() {
  auto id = util::read_file("/proc/sys/kernel/random/boot_id").value_or("");
  while (!id.empty() && id.back() == '\n') id.pop_back();
  return id.empty() ? "-" : id;
}

std::string pid_namespace() {
  std::array<char, 64> name{};
  const auto length = ::readlink("/proc/self/ns/pid", name.data(), name.size() - 1);
  return length > 0 ? name.data() : "-";
}

/// What describe_process() wrote.
struct Description {
  std::string host;
  int pid = 0;
  std::string boot;
  std::string space;
};

Description parse_description(const std::string& text) {
  std::array<std::string, 5> words;
  std::size_t at = 0;
  for (auto& word : words) {
    const auto end = std::min(text.find(' ', at), text.size());
    word = text.substr(at, end - at);
    at = std::min(end + 1, text.size());
  }
  return {words[0], std::atoi(words[1].c_str()), words[3], words[4]};
}

}  // namespace

std::string describe_process(int pid) {
  const auto stat = util::read_file("/proc/" + std::to_string(pid) + "/stat");
  if (!stat) return {};
  // proc(5): the state is the third field, after the name's last parenthesis; the start time is the 22nd.
  auto at = stat->rfind(')');
  if (at == std::string::npos || stat->compare(at, 3, ") Z") == 0) return {};
  for (int field = 2; field < 22 && at != std::string::npos; ++field) at = stat->find(' ', at + 1);
  if (at == std::string::npos) return {};
  return util::host_name() + " " + std::to_string(pid) + stat->substr(at, stat->find(' ', at + 1) - at) + " " + boot_id() + " " +
         pid_namespace();
}

ShellState look_for_process(const std::string& description) {
  const auto described = parse_description(description);
  if (described.pid <= 0) return ShellState::gone;
  if (described.boot != boot_id()) return described.host == util::host_name() ? ShellState::gone : ShellState::unknown;
  if (described.space != pid_namespace()) return ShellState::unknown;
  // The host may have been given another name since.
  const auto now = describe_process(described.pid);
  const bool is_same = !now.empty() && now.substr(now.find(' ')) == description.substr(description.find(' '));
  return is_same ? ShellState::alive : ShellState::gone;
}

void look_for_shell(const std::string& session_folder, SessionInfo& info) {
  const auto fd = util::open_file(session_folder + "/" + alive_file, O_RDONLY | O_NOFOLLOW);
  if (!fd) return;
  const auto text = util::read_all(fd->get(), alive_file).value_or("");
  info.shell_pid = std::atoi(text.c_str());
  const auto line = std::min(text.find('\n'), text.size());
  const auto shell = text.substr(std::min(line + 1, text.size()), text.find('\n', line + 1) - line - 1);
  info.shell_host = parse_description(shell).host;
  if (::flock(fd->get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    info.shell = ShellState::alive;
    return;
  }
  info.shell = look_for_process(shell);
  if (info.shell != ShellState::gone) info.shell_pid = parse_description(shell).pid;
}

}  // namespace sarray::store
