#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "capture/driver.hpp"
#include "capture/strays.hpp"
#include "capture/surroundings.hpp"
#include "cli/page.hpp"
#include "commands/commands.hpp"
#include "util/environment_names.hpp"
#include "util/fd.hpp"
#include "util/message.hpp"
#include "util/process.hpp"

extern char** environ;

namespace sarray::commands {

namespace {

cli::Page make_real_page() {
  cli::Page page;
  page.command = "real";
  page.usage = "COMMAND [ARGUMENT]...";
  page.description = "Runs Slurm's own command, also inside of a session: sbatch then submits at once, and nothing is recorded.";
  page.arguments = {{"COMMAND", "sbatch, squeue or another command of Slurm's; with its arguments"}};
  page.options = {{{"-h", "--help"}, "", false, "print this and exit"}};
  return page;
}

/// @return the program's path; empty if there is none.
util::Result<std::string> find_program(const std::string& name, std::string_view path) {
  if (name == "sbatch") return capture::find_real_sbatch(path);
  TRY(const auto found, util::find_in_path(name, path, [](const struct stat&) { return false; }));
  return found.value_or("");
}

util::Error not_found(const std::string& name) {
  util::Error error{name, "it was not found in PATH", "load the site's Slurm module"};
  error.status = 127;
  return error;
}

struct Program {
  std::string path;
  std::vector<char*> words;
  std::vector<std::string> environment;
  std::vector<char*> entries;
};

[[noreturn]] void become(Program& program) {
  ::signal(SIGXFSZ, SIG_DFL);
  ::execve(program.path.c_str(), program.words.data(), program.entries.data());
  const auto words = "sarray: error: " + program.path + ": " + util::errno_text(errno) + "\n";
  [[maybe_unused]] const auto told = util::write_all(2, words, "");
  ::_exit(126);
}

/// Runs sbatch and notes which job it made: the session's end is not to warn of it. Its output passes through us.
Status run_noting(Program& program) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return util::fail("pipe", util::errno_text(errno));
  const auto child = ::fork();
  if (child < 0) return util::fail(program.path, util::errno_text(errno));
  if (child == 0) {
    ::dup2(ends[1], 1);
    ::close(ends[0]);
    ::close(ends[1]);
    become(program);
  }
  ::close(ends[1]);
  ::signal(SIGINT, SIG_IGN);  // sbatch gets it from the terminal, and decides
  ::signal(SIGQUIT, SIG_IGN);
  std::string answer;
  std::array<char, 4096> piece{};
  for (ssize_t got = 0; (got = ::read(ends[0], piece.data(), piece.size())) != 0;) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) break;
    const std::string_view bytes(piece.data(), static_cast<std::size_t>(got));
    answer += bytes;
    [[maybe_unused]] const auto passed = util::write_all(1, bytes, "standard output");
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (const auto id = slurm::parse_answer(answer)) capture::note_not_stray(*id);
  return capture::end_as(status);
}

}  // namespace

Status real(const Words& words) {
  const auto page = make_real_page();
  if (cli::hand_over(page)) return 0;
  if (words.empty() || words[0] == "-h" || words[0] == "--help") {
    if (words.empty()) return util::fail(util::usage_error("real", "no command is given", "sarray real sbatch job.slurm"));
    std::fputs(cli::help_text(page).c_str(), stdout);
    return 0;
  }
  const bool is_inside = std::getenv(util::session_variable) != nullptr;
  const auto environment = capture::clean_environment(environ);
  Program program;
  TRY(program.path, find_program(words[0], environment.get("PATH").value_or("")));
  if (program.path.empty()) return util::fail(not_found(words[0]));
  for (const auto& word : words) program.words.push_back(const_cast<char*>(word.c_str()));
  program.words.push_back(nullptr);
  program.environment = environment.entries();
  for (const auto& entry : program.environment) program.entries.push_back(const_cast<char*>(entry.c_str()));
  program.entries.push_back(nullptr);
  if (words[0] == "sbatch" && is_inside) return run_noting(program);
  become(program);
}

}  // namespace sarray::commands
