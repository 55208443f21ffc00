#include "capture/session_process.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "capture/surroundings.hpp"
#include "store/shell.hpp"
#include "util/environment_names.hpp"
#include "util/file_lock.hpp"
#include "util/message.hpp"
#include "util/traces.hpp"

extern char** environ;

namespace sarray::capture {

namespace {

std::string variable(const char* name) {
  const char* value = ::getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace

util::Result<util::Fd> mark_alive(const store::Session& session) {
  constexpr int patience = 100;  // times 20 ms: whoever lists the sessions holds it for a moment
  const auto path = session.folder() + "/" + store::alive_file;
  TRY(auto fd, util::open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW));
  for (int i = 0; ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0; ++i) {
    if (errno != EWOULDBLOCK && errno != EINTR) return util::fail(path, util::errno_text(errno));
    if (i == patience) {
      return util::fail("session " + session.name(), "its shell still runs: " + util::describe_lock_holder(fd.get()) + " has it",
                        "exit that shell first");
    }
    constexpr timespec pause{0, 20 * 1000000};
    ::nanosleep(&pause, nullptr);
  }
  if (::ftruncate(fd.get(), 0) != 0) return util::fail(path, util::errno_text(errno));
  CHECK_OK(util::write_all(fd.get(), std::to_string(::getpid()) + "\n", "alive"));
  return fd;
}

void set_environment(const store::StateFolder& folder, const store::Session& session, const SessionSettings& settings) {
  const auto bin = session.folder() + "/bin";
  const auto first = settings.guard.empty() ? bin : bin + ":" + settings.guard;
  ::setenv(util::session_variable, session.name().c_str(), 1);
  ::setenv(util::state_variable, folder.path().c_str(), 1);  // HOME may change inside
  ::setenv(util::bin_variable, bin.c_str(), 1);
  ::setenv(util::path_variable, first.c_str(), 1);
  ::setenv(util::job_variable, variable("SLURM_JOB_ID").c_str(), 1);
  ::setenv(util::share_variable, session.folder().c_str(), 1);
  ::setenv(util::bash_env_variable, variable("BASH_ENV").c_str(), 1);
  ::setenv("BASH_ENV", (session.folder() + "/" + settings.bash_env).c_str(), 1);
  // The user's own libraries come first, as some must.
  if (const auto preload = util::clean_preload(variable("LD_PRELOAD")); !settings.library.empty())
    ::setenv("LD_PRELOAD", (preload.empty() ? settings.library : preload + ":" + settings.library).c_str(), 1);
  ::setenv("PATH", (first + ":" + variable("PATH")).c_str(), 1);
}

void end_session(const store::Session& session, const util::Fd& alive, int wait_status) {
  if (WIFEXITED(wait_status)) {
    if (const auto ended = session.end(); !ended)
      util::warn(ended.error().what + ": " + ended.error().why + "; background processes may still record");
  }
  [[maybe_unused]] const int cleared = ::ftruncate(alive.get(), 0);  // else a host that cannot see the shell would not know
}

void forget_session() {
  if (variable(util::session_variable).empty()) return;
  const auto state = variable(util::state_variable);
  const auto entries = clean_environment(environ).entries();
  ::clearenv();
  for (const auto& entry : entries) {
    const auto equals = entry.find('=');
    ::setenv(entry.substr(0, equals).c_str(), entry.c_str() + equals + 1, 1);
  }
  if (!state.empty()) ::setenv(util::state_variable, state.c_str(), 1);
}

}  // namespace sarray::capture
