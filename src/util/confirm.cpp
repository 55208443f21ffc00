#include "util/confirm.hpp"

#include <unistd.h>

#include <cerrno>

#include "util/fd.hpp"
#include "util/user_text.hpp"

namespace sarray::util {

bool can_ask() { return ::isatty(0) != 0 && ::isatty(2) != 0; }

bool confirm(const std::string& question) {
  [[maybe_unused]] const auto asked = write_all(2, "sarray: " + printable(question) + " [y/N] ", "");
  std::string answer;
  char byte = 0;
  while (true) {
    const auto got = ::read(0, &byte, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || byte == '\n') break;
    answer += byte;
  }
  return !answer.empty() && (answer.front() == 'y' || answer.front() == 'Y');
}

}  // namespace sarray::util
