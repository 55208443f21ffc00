#include "shims/tools.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "answer/words.hpp"
#include "capture/surroundings.hpp"
#include "shims/world.hpp"
#include "util/environment_names.hpp"
#include "util/fd.hpp"
#include "util/message.hpp"

namespace sarray::shims {

namespace {

int report(const util::Error& error) {
  std::fflush(stdout);
  [[maybe_unused]] const auto told = util::write_all(2, util::format_error(error, ::isatty(2) != 0), "");
  return error.status;
}

/// The command's own name is what Slurm's says in its messages and help.
char** named(slurm::Tool tool, char** argv) {
  argv[0] = const_cast<char*>(slurm::tool_name(tool));
  return argv;
}

bool names_ours(const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(), [](const auto& word) { return answer::names_virtual_id(word); });
}

}  // namespace

util::Result<int> become_real(slurm::Tool tool, const std::vector<std::string>& words) {
  std::vector<char*> argv = {const_cast<char*>(slurm::tool_name(tool))};
  for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  return util::fail(capture::become_real(slurm::tool_name(tool), argv.data()));
}

void pass_on(slurm::Tool tool, int argc, char** argv) {
  capture::find_session_by_program();
  const char* session = ::getenv(util::session_variable);
  const bool is_in_session = session != nullptr && *session != '\0' && capture::find_inner_job().empty();
  if (is_in_session && answer::may_concern_ours(tool, std::vector<std::string>(argv + 1, argv + argc))) return;
  ::_exit(report(capture::become_real(slurm::tool_name(tool), named(tool, argv))));
}

util::Result<int> run_tool(slurm::Tool tool, const std::vector<std::string>& words) {
  auto opened = World::open();
  if (!opened) return names_ours(words) ? util::fail(std::move(opened).error()) : become_real(tool, words);
  auto& world = *opened;
  switch (tool) {
    case slurm::Tool::squeue: {
      auto answered = ask_queue(world, words);
      // What cannot be translated need not be, if nothing in it is ours.
      return answered || names_ours(words) || world.has_jobs() ? answered : become_real(tool, words);
    }
    case slurm::Tool::sacct:
      return ask_accounting(world, words);
    case slurm::Tool::scancel:
      return cancel_jobs(world, words);
    case slurm::Tool::scontrol:
      return control_jobs(world, words);
    case slurm::Tool::sattach:
    case slurm::Tool::sstat:
    case slurm::Tool::srun:
      break;
  }
  return pass_ids(world, tool, words);
}

int answer_as(slurm::Tool tool, int argc, char** argv) {
  ::signal(SIGXFSZ, [](int) {});
  util::Result<int> status = 0;
  try {
    status = run_tool(tool, std::vector<std::string>(argv + 1, argv + argc));
  } catch (const std::exception& exception) {
    status = util::fail(slurm::tool_name(tool), exception.what());
  }
  if (status && (std::fflush(stdout) != 0 || std::ferror(stdout) != 0))
    status = util::fail("standard output", "cannot be written");
  return status ? *status : report(status.error());
}

}  // namespace sarray::shims
