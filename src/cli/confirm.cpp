#include "cli/confirm.hpp"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdio>

#include "util/user_text.hpp"

namespace sarray::cli {

namespace {

/// Byte by byte: what stands after the answer belongs to whoever reads next.
std::string read_line() {
  std::string line;
  char byte = 0;
  while (::read(0, &byte, 1) == 1 && byte != '\n' && line.size() < 100) line += byte;
  return line;
}

}  // namespace

bool can_ask() { return ::isatty(0) != 0 && ::isatty(2) != 0; }

util::Result<void> confirm(const std::string& question) {
  std::fprintf(stderr, "sarray: %s [y/N] ", util::printable(question).c_str());
  std::fflush(stderr);
  auto answer = read_line();
  std::transform(answer.begin(), answer.end(), answer.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (answer == "y" || answer == "yes") return {};
  return util::fail("the answer was not yes", "nothing was done", "--yes does it without a question");
}

}  // namespace sarray::cli
