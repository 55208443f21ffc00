#include "capture/listen.hpp"

#include <cstdio>
#include <cstdlib>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/gather.hpp"
#include "util/environment_names.hpp"
#include "util/message.hpp"

namespace sarray::cli {

Status cancel(const Words& words) {
  std::string session_name;
  Arguments arguments("cancel", "Drops the session's queue and leaves its shell. What was submitted stays submitted.", "[--session NAME]");
  arguments.app().add_option("--session", session_name, "a session from outside of its shell")->type_name("NAME");
  TRY(const bool go_on, arguments.parse(words));
  if (!go_on) return 0;
  TRY(auto session, find_session(session_name));
  TRY(const auto contents, session.read());
  std::vector<std::uint32_t> queued;
  for (const auto& call : contents.calls) {
    if (!call.dropped && !call.submitted) queued.push_back(call.job);
  }
  if (!queued.empty()) CHECK_OK(session.drop(queued));
  CHECK_OK(session.close(store::SessionInfo::State::cancelled));
  std::fprintf(stderr, "sarray: dropped %s\n", util::count(queued.size(), "job").c_str());
  const char* own = std::getenv(util::session_variable);
  if (own != nullptr && session.name() == own) CHECK_OK(capture::ask_shell_to_leave(session, 0));
  return 0;
}

}  // namespace sarray::cli
