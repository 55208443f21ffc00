#include "capture/listen.hpp"

#include "cli/arguments.hpp"
#include "commands/commands.hpp"
#include "queue/gather.hpp"

namespace sarray::commands {

Status listen(const Words& words) {
  capture::ListenOptions options;
  cli::Arguments arguments("listen", "Opens a shell in which sbatch is recorded, not submitted.", "[--resume [SESSION] [--yes]]");
  auto& app = arguments.app();
  app.footer(
      "Commands may also be read from a file: sarray listen < commands.sh\nLeaving the shell keeps the queue: sarray sessions.");
  auto* resume = app.add_option("--resume", options.session, "resume a session: the one named, or the latest")
                     ->type_name("SESSION")
                     ->expected(0, 1);
  app.add_flag("--yes", options.yes, "with --resume: also if its shell may run on another host, which cannot be seen from here")
      ->needs(resume);
  TRY(const bool go_on, arguments.parse(words));
  if (!go_on) return 0;
  options.resume = resume->count() > 0;
  const auto site = queue::find_site();
  if (site.client.has_sbatch()) {
    // Read once here, so that each recorded call is judged by the installed release without asking it.
    if (const auto dialect = site.client.dialect()) options.dialect = dialect->serialize();
  }
  return capture::listen(options);
}

}  // namespace sarray::commands
