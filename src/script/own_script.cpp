#include "script/own_script.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "util/fd.hpp"

namespace sarray::script {

bool is_own_script(std::string_view head) {
  constexpr std::string_view first_line = "#!/bin/bash -p\n# ";
  if (!head.starts_with(first_line)) return false;
  const auto second_line = head.substr(first_line.size(), head.find('\n', first_line.size()) - first_line.size());
  return second_line.find(" as one job array, merged by sarray ") != std::string_view::npos;
}

bool may_replace(const std::string& path) {
  struct stat state {};
  if (::lstat(path.c_str(), &state) != 0) return true;  // writing it says what is wrong
  if (!S_ISREG(state.st_mode)) return false;
  const auto fd = util::open_file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!fd) return false;
  std::array<char, 512> head{};
  const auto got = ::read(fd->get(), head.data(), head.size());
  return got > 0 && is_own_script(std::string_view(head.data(), static_cast<std::size_t>(got)));
}

}  // namespace sarray::script
