// A state folder of a test's own, and calls to put into it.
#pragma once

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "slurm/language/call.hpp"
#include "state.hpp"
#include "util/fd.hpp"

namespace sarray::test {

inline slurm::Call make_call(const std::vector<std::string>& words = {}, const std::string& script = "#!/bin/sh\n") {
  slurm::Call call;
  call.argv = {"sbatch", "job.sh"};
  call.argv.insert(call.argv.end(), words.begin(), words.end());
  call.environment = util::Environment::from_entries({"HOME=/home/ada", "PATH=/bin"});
  call.directory = "/home/ada";
  call.host = "login1";
  call.script_path = "/home/ada/job.sh";
  call.script = std::make_shared<const std::string>(script);
  return call;
}

/// Runs `work(i)` in `count` processes at once. @return how many of them came back with true.
inline int run_in_processes(int count, const std::function<bool(int)>& work) {
  std::vector<pid_t> children;
  for (int i = 0; i < count; ++i) {
    const auto child = ::fork();
    if (child == 0) ::_exit(work(i) ? 0 : 1);
    children.push_back(child);
  }
  int succeeded = 0;
  for (const auto child : children) {
    int status = -1;
    ::waitpid(child, &status, 0);
    succeeded += status == 0 ? 1 : 0;
  }
  return succeeded;
}

inline std::string bytes_of(const std::string& path) { return util::read_file(path).value_or("(cannot be read)"); }

}  // namespace sarray::test
