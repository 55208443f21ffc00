#include <doctest/doctest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>

#include "util/progress.hpp"

using namespace sarray;

namespace {

/// Returns what a terminal was shown by `steps` steps of `pause` microseconds each.
std::string shown(int steps, unsigned pause, std::chrono::milliseconds patience) {
  int terminal = -1;
  const auto child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  REQUIRE(child >= 0);
  if (child == 0) {
    {
      util::Progress progress("linking", static_cast<std::uint64_t>(steps), patience);
      for (int i = 0; i < steps; ++i) {
        ::usleep(pause);
        progress.step();
      }
    }
    ::_exit(0);
  }
  std::string text;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; (got = ::read(terminal, buffer.data(), buffer.size())) > 0;)
    text.append(buffer.data(), static_cast<std::size_t>(got));
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(terminal);
  return text;
}

}  // namespace

TEST_CASE("progress: few slow steps are told of, and the line goes when the work is done") {
  const auto text = shown(50, 1000, std::chrono::milliseconds(0));
  CHECK(text.find("sarray: linking: ") != std::string::npos);
  CHECK(text.find(" of 50") != std::string::npos);
  CHECK(text.ends_with("\r\033[K"));
}

TEST_CASE("progress: work that is done at once says nothing") { CHECK(shown(5000, 0, std::chrono::hours(1)).empty()); }
