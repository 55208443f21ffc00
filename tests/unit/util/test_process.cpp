#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "../support.hpp"
#include "util/fd.hpp"
#include "util/process.hpp"

using namespace sarray;
using namespace std::chrono_literals;
using util::Command;
using util::run;

namespace {

util::Output shell(const std::string& script, const std::string& input = {}, std::chrono::milliseconds timeout = 0ms) {
  const auto output = run({{"sh", "-c", script}, std::nullopt, input, {}, timeout});
  REQUIRE(output);
  return *output;
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TEST_CASE("status, output, and standard error apart") {
  const auto output = shell("printf out; printf err >&2; exit 7");
  CHECK(output.status == 7);
  CHECK(output.out == "out");
  CHECK(output.err == "err");
  CHECK_FALSE(output.timed_out);
}

TEST_CASE("a signal is 128 and its number") {
  CHECK(shell("kill -TERM $$").status == 128 + SIGTERM);
  CHECK(shell("kill -KILL $$").status == 128 + SIGKILL);
}

TEST_CASE("input and output much larger than a pipe, both at once") {
  std::string input;
  for (int i = 0; input.size() < 3000000; ++i) input += std::to_string(i) + "\n";
  const auto output = shell("tee /dev/stderr", input);
  CHECK(output.status == 0);
  CHECK(output.out == input);
  CHECK(output.err == input);
}

TEST_CASE("a child that does not read its input is no trouble, and SIGPIPE is as it was") {
  CHECK(shell("exit 3", std::string(1000000, 'x')).status == 3);
  CHECK(shell("exec <&-; sleep 0.1; echo done", std::string(1000000, 'x')).out == "done\n");
  struct sigaction now {};
  ::sigaction(SIGPIPE, nullptr, &now);
  const bool is_default = now.sa_handler == SIG_DFL;
  CHECK(is_default);
  CHECK(shell("kill -PIPE $$").status == 128 + SIGPIPE);  // the child's own is not ignored
}

TEST_CASE("no input is an end of file, not the terminal's") { CHECK(shell("cat; echo end").out == "end\n"); }

TEST_CASE("the time is up: killed, with what it had said") {
  util::Output output;
  CHECK(seconds_of([&] { output = shell("echo early; exec sleep 20", "", 200ms); }) < 5);
  CHECK(output.timed_out);
  CHECK(output.status == 128 + SIGKILL);
  CHECK(output.out == "early\n");
}

TEST_CASE("the time is up for a child that has closed its output, too") {
  util::Output output;
  CHECK(seconds_of([&] { output = shell("exec >&- 2>&-; exec sleep 4", "", 200ms); }) < 3);
  CHECK(output.timed_out);
}

TEST_CASE("a child that reads on after it has closed its output gets all of its input") {
  test::TemporaryFolder folder;
  const std::string input(1000000, 'x');
  CHECK(shell("exec >&- 2>&-; sleep 0.1; cat >" + (folder / "copy"), input, 5000ms).status == 0);
  CHECK(util::read_file(folder / "copy") == input);
}

TEST_CASE("a child in time is not killed") {
  const auto output = shell("sleep 0.05; echo done", "", 10000ms);
  CHECK_FALSE(output.timed_out);
  CHECK(output.out == "done\n");
}

TEST_CASE("what cannot be started is an error that names it") {
  const auto missing = run({{"/nonexistent/program"}, {}, {}, {}, {}});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().what == "/nonexistent/program");
  CHECK(missing.error().why == "No such file or directory");
  const auto unknown = run({{"no-program-of-this-name"}, {}, {}, {}, {}});
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().what == "no-program-of-this-name");
  CHECK(unknown.error().why == "not found in PATH");
  const auto folder = run({{"/tmp"}, {}, {}, {}, {}});
  REQUIRE_FALSE(folder);
  CHECK(folder.error().why == "Permission denied");
}

TEST_CASE("the environment is the given one alone, or ours") {
  ::setenv("SARRAY_UNIT_TEST", "here", 1);
  CHECK(shell("printf %s \"$SARRAY_UNIT_TEST\"").out == "here");
  const auto output = run({{"env"}, std::vector<std::string>{"A=1 2", "B="}, {}, {}, {}});
  REQUIRE(output);
  CHECK(output->out == "A=1 2\nB=\n");
  ::unsetenv("SARRAY_UNIT_TEST");
}

TEST_CASE("in_child runs in the child only") {
  const auto before = ::umask(022);
  const auto output = run({{"sh", "-c", "umask"}, std::nullopt, {}, [] { ::umask(0137); }, {}});
  CHECK(::umask(before) == 022);
  REQUIRE(output);
  CHECK(output->out == "0137\n");
}

TEST_CASE("no descriptor of ours reaches the child") {
  test::TemporaryFolder folder;
  const auto file = util::open_file(folder / "f", O_RDWR | O_CREAT);
  REQUIRE(file);
  const auto output = run({{"sh", "-c", "test -e /proc/self/fd/" + std::to_string(file->get())}, std::nullopt, {}, {}, {}});
  REQUIRE(output);
  CHECK(output->status == 1);
}

TEST_CASE("it works where our own standard streams are closed") {
  const auto child = ::fork();
  if (child == 0) {
    ::close(0);
    ::close(1);
    ::close(2);
    const auto output = run({{"sh", "-c", "cat; echo err >&2"}, std::nullopt, "in", {}, {}});
    ::_exit(output && output->status == 0 && output->out == "in" && output->err == "err\n" ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
}

TEST_CASE("run: a fork that fails leaves SIGPIPE as it was") {
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const rlimit none{0, 0};
    if (::setuid(65534) != 0 || ::setrlimit(RLIMIT_NPROC, &none) != 0) ::_exit(2);
    const auto output = run({{"/bin/true"}, std::nullopt, "", {}, {}});
    struct sigaction now {};
    ::sigaction(SIGPIPE, nullptr, &now);
    ::_exit(!output && now.sa_handler == SIG_DFL ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("find_in_path: the first executable file that is not excluded") {
  test::TemporaryFolder folder;
  for (const char* name : {"a", "b", "c", "d"}) std::filesystem::create_directory(folder / name);
  REQUIRE(util::write_file_atomically(folder / "a/tool", "", 0644));  // not executable
  std::filesystem::create_directory(folder / "b/tool");               // a folder
  REQUIRE(util::write_file_atomically(folder / "c/tool", "", 0755));
  REQUIRE(util::write_file_atomically(folder / "d/tool", "", 0755));
  const auto path = folder.path() + "/a:" + folder.path() + "/b:" + folder.path() + "/c:" + folder.path() + "/d";
  const auto none = [](const struct stat&) { return false; };
  CHECK(util::find_in_path("tool", path, none).value() == folder / "c/tool");
  struct stat third {};
  REQUIRE(::stat((folder / "c/tool").c_str(), &third) == 0);
  CHECK(util::find_in_path("tool", path, [&](const struct stat& s) { return s.st_ino == third.st_ino; }).value() ==
        folder / "d/tool");
  CHECK(util::find_in_path("none", path, none).value() == std::nullopt);
  CHECK(util::find_in_path("tool", "", none).value() == std::nullopt);
  // A folder that is a file, and one that is not there, send the search on, too.
  CHECK(util::find_in_path("tool", folder.path() + "/a/tool:/nonexistent:" + path, none).value() == folder / "c/tool");
}

TEST_CASE("find_in_path: a file that cannot be looked at is an error, and never the next file of that name") {
  test::TemporaryFolder folder;
  for (const char* name : {"a", "b"}) std::filesystem::create_directory(folder / name);
  std::filesystem::create_symlink("tool", folder / "a/tool");  // of itself: ELOOP
  REQUIRE(util::write_file_atomically(folder / "b/tool", "", 0755));
  const auto found =
      util::find_in_path("tool", folder.path() + "/a:" + folder.path() + "/b", [](const struct stat&) { return false; });
  REQUIRE_FALSE(found);
  CHECK(found.error().what == folder / "a/tool");
  CHECK(found.error().why == "Too many levels of symbolic links");
}
