#include "capture/listen.hpp"

#include "cli/arguments.hpp"
#include "commands/checks.hpp"
#include "commands/commands.hpp"
#include "commands/suggest_run.hpp"
#include "queue/gather.hpp"

namespace sarray::commands {

Status listen(const Words& words) {
  const auto site = queue::find_site();
  capture::ListenOptions options{.client = site.client};
  cli::Arguments arguments("listen", "Opens a shell in which sbatch is recorded, not submitted.",
                           "[--resume [SESSION] [--yes]] [--check]");
  auto& app = arguments.app();
  app.footer(
      "sarray run -- ./commands.sh records the calls of a script or another program, and submits them.\nLeaving the shell keeps the queue: sarray sessions.");
  auto* resume = app.add_option("--resume", options.session, "resume a session: the one named, or the latest")
                     ->type_name("SESSION")
                     ->expected(0, 1);
  app.add_flag("--yes", options.yes, "with --resume: also if its shell may run on another host, which cannot be seen from here")
      ->needs(resume);
  bool check = false;
  bool no_check = false;
  app.add_flag("--check", check, std::string(check_help));
  app.add_flag("--no-check", no_check, std::string(no_check_help) + " (the default)");
  const auto program = words.empty() || words[0].starts_with('-') ? std::string() : suggest_run(words);
  if (!program.empty()) return util::fail(util::usage_error("listen", "unexpected argument '" + words[0] + "'", program));
  TRY(const bool go_on, arguments.parse(words));
  if (!go_on) return 0;
  options.resume = resume->count() > 0;
  TRY(options.checks, choose_checks(check, no_check, false));
  options.dialect = queue::installed_options(site.client);
  return capture::listen(options);
}

}  // namespace sarray::commands
