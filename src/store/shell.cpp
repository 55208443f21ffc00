#include "store/shell.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "util/fd.hpp"

namespace sarray::store {

std::string host_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

std::string describe_process(int pid) {
  const auto stat = util::read_file("/proc/" + std::to_string(pid) + "/stat");
  if (!stat) return {};
  // proc(5): the state is the third field, after the name's last parenthesis; the start time is the 22nd.
  auto at = stat->rfind(')');
  if (at == std::string::npos || stat->compare(at, 3, ") Z") == 0) return {};
  for (int field = 2; field < 22 && at != std::string::npos; ++field) at = stat->find(' ', at + 1);
  if (at == std::string::npos) return {};
  return host_name() + " " + std::to_string(pid) + stat->substr(at, stat->find(' ', at + 1) - at);
}

void look_for_shell(const std::string& session_folder, SessionInfo& info) {
  const auto fd = util::open_file(session_folder + "/" + alive_file, O_RDONLY | O_NOFOLLOW);
  if (!fd) return;
  const auto text = util::read_all(fd->get(), alive_file).value_or("");
  info.shell_pid = std::atoi(text.c_str());
  info.alive = ::flock(fd->get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  const auto line = text.find('\n');
  if (info.alive || line == std::string::npos || line + 1 == text.size()) return;
  const auto shell = text.substr(line + 1, text.find('\n', line + 1) - line - 1);
  const int pid = shell.find(' ') != std::string::npos ? std::atoi(shell.c_str() + shell.find(' ') + 1) : 0;
  if (pid <= 0 || describe_process(pid) != shell) return;
  info.shell_pid = pid;
  info.alive = true;
}

}  // namespace sarray::store
