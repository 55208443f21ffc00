#include "capture/record.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <string>

#include "capture/surroundings.hpp"
#include "slurm/intake.hpp"
#include "slurm/job.hpp"
#include "store/session.hpp"
#include "util/environment_names.hpp"
#include "util/fd.hpp"
#include "util/user_text.hpp"

extern char** environ;

namespace sarray::capture {

namespace {

void say(int fd, const std::string& text) { [[maybe_unused]] const auto told = util::write_all(fd, text, ""); }

int report(const util::Error& error) {
  auto text = error.body;
  if (!error.what.empty()) {
    text += "sarray: error: " + util::printable(error.what) + (error.why.empty() ? "" : ": " + util::printable(error.why)) + "\n";
    if (!error.hint.empty()) text += "hint: " + util::printable(error.hint) + "\n";
  }
  say(2, text);
  return error.status;
}

/// Becomes the real sbatch, with the environment that it would have had without us.
int become_real_sbatch(char** argv) {
  const auto environment = clean_environment(environ);
  const auto program = find_real_sbatch(environment.get("PATH").value_or(""));
  if (program.empty()) return report({"sbatch", "there is no real sbatch in PATH", "load the site's Slurm module, or use sarray submit -n"});
  const auto entries = environment.entries();
  std::vector<char*> pointers;
  pointers.reserve(entries.size() + 1);
  for (const auto& entry : entries) pointers.push_back(const_cast<char*>(entry.c_str()));
  pointers.push_back(nullptr);
  ::execve(program.c_str(), argv, pointers.data());
  return report({program, util::errno_text(errno), ""});
}

slurm::Dialect read_dialect(const store::Session& session) {
  const auto text = util::read_file(session.folder() + "/dialect");
  if (!text) return {};
  auto dialect = slurm::Dialect::deserialize(*text);
  return dialect ? std::move(*dialect) : slurm::Dialect();
}

bool is_no_folder(const std::string& path) {
  struct stat state {};
  return ::stat(path.c_str(), &state) == 0 && !S_ISDIR(state.st_mode);
}

util::Error sbatch_words(const std::string& text, const util::Environment& environment) {
  util::Error error;
  error.body = "sbatch: error: " + text + "\n";
  error.status = slurm::failure_status(environment);
  return error;
}

/// The script's bytes as they are now.
util::Result<void> load_script(slurm::Call& call, const slurm::Intake& intake) {
  call.source = intake.source;
  if (intake.source == slurm::ScriptSource::wrap) {
    call.script = std::make_shared<const std::string>(slurm::wrap_script(intake.wrap));
    return {};
  }
  std::string bytes;
  if (intake.source == slurm::ScriptSource::standard_input) {
    TRY(bytes, util::read_all(0, "standard input"));
  } else {
    const auto path = call.environment.get("PATH").value_or("");
    call.script_path = slurm::find_script(intake.operand, call.directory, intake.chdir, path, is_no_folder);
    auto file = util::open_file(call.script_path, O_RDONLY);
    if (!file) return util::fail(sbatch_words("Unable to open file " + call.script_path, call.environment));
    struct stat state {};
    const bool is_folder = ::fstat(file->get(), &state) == 0 && S_ISDIR(state.st_mode);
    if (!is_folder) {
      TRY(bytes, util::read_all(file->get(), call.script_path));
    }
  }
  CHECK_OK(slurm::check_script(bytes, call.environment));
  call.script = std::make_shared<const std::string>(std::move(bytes));
  return {};
}

util::Result<void> load_export_file(slurm::Call& call, const slurm::Intake& intake) {
  if (!intake.export_file) return {};
  const auto& name = *intake.export_file;
  const bool is_descriptor = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  const auto number = is_descriptor ? std::strtol(name.c_str(), nullptr, 10) : 0;
  auto bytes = is_descriptor && number >= 3 ? util::read_all(static_cast<int>(number), name) : util::read_file(name);
  if (!bytes) {
    auto error = sbatch_words("Could not open user environment file " + name, call.environment);
    error.status = 255;
    return util::fail(std::move(error));
  }
  call.export_file = std::move(*bytes);
  return {};
}

std::string answer(const slurm::Job& job, bool quiet, std::uint32_t id) {
  if (quiet || job.quiet) return "";
  const auto* clusters = job.find("clusters");
  if (job.parsable) return std::to_string(id) + (clusters != nullptr ? ";" + clusters->value : "") + "\n";
  return "Submitted batch job " + std::to_string(id) + (clusters != nullptr ? " on cluster " + clusters->value : "") + "\n";
}

std::string queued_line(const store::Appended& appended, const slurm::Job& job, std::uint32_t tasks) {
  return "sarray: queued as job " + std::to_string(appended.job) + ": " + util::printable(job.name) + ", " + std::to_string(tasks) +
         (tasks == 1 ? " task (" : " tasks (") + std::to_string(appended.tasks_queued) + " in session)\n";
}

/// @return nothing where the call belongs to the real sbatch.
util::Result<std::optional<std::string>> record(int argc, char** argv) {
  TRY(const auto folder, store::StateFolder::open());
  TRY(auto session, store::Session::current(folder));
  const auto dialect = read_dialect(session);
  slurm::Call call;
  call.argv.assign(argv, argv + argc);
  call.environment = clean_environment(environ);
  TRY(const auto intake, slurm::read_command_line(call.argv, call.environment, dialect));
  if (intake.for_real_sbatch) return std::optional<std::string>{};
  char* directory = ::getcwd(nullptr, 0);
  if (directory == nullptr) return util::fail(sbatch_words("getcwd failed: " + util::errno_text(errno), call.environment));
  call.directory = directory;
  ::free(directory);
  call.umask = current_umask();
  call.limits = current_limits();
  call.host = current_host();
  CHECK_OK(load_script(call, intake));
  CHECK_OK(load_export_file(call, intake));

  slurm::Resolver resolver(dialect);
  TRY(const auto job, resolver.resolve(call));
  if (job.test_only) return std::optional<std::string>{};
  const auto tasks = job.ids ? job.ids->count() : 1;
  TRY(const auto appended, session.append(call, tasks));
  if (::isatty(2) != 0) say(2, queued_line(appended, job, tasks));
  return std::optional(answer(job, intake.quiet, appended.id));
}

}  // namespace

int record_sbatch(int argc, char** argv) {
  const char* session = ::getenv(util::session_variable);
  if (session == nullptr || *session == '\0') return become_real_sbatch(argv);
  const auto text = record(argc, argv);
  if (!text) return report(text.error());
  if (!*text) return become_real_sbatch(argv);
  if (const auto told = util::write_all(1, **text, "standard output"); !told) return report(told.error());
  return 0;
}

}  // namespace sarray::capture
