#include "capture/take_call.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <string>

#include "capture/surroundings.hpp"
#include "store/shell.hpp"
#include "util/fd.hpp"
#include "util/process.hpp"

namespace sarray::capture {

namespace {

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

util::Result<void> load_export_file(slurm::Call& call, const slurm::Intake& intake) {
  if (!intake.export_file) return {};
  const auto& name = *intake.export_file;
  const bool is_descriptor =
      !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  const auto number = is_descriptor ? std::strtol(name.c_str(), nullptr, 10) : 0;
  auto bytes = is_descriptor && number >= 3 ? util::read_all(static_cast<int>(number), name) : util::read_file(name);
  if (!bytes) {
    auto error = sbatch_words("Could not open user environment file " + name, call.environment);
    error.status = 1;  // whatever SLURM_EXIT_ERROR says (sbatch.c:_fill_job_desc_from_opts)
    return util::fail(std::move(error));
  }
  call.export_file = std::move(*bytes);
  return {};
}

/// sbatch uses this variable's value as its umask (sbatch.c:_set_umask_env; observed on 22.05).
std::optional<mode_t> umask_of(const util::Environment& environment) {
  const auto text = environment.get("SLURM_UMASK");
  if (!text) return std::nullopt;
  return static_cast<mode_t>(std::strtol(std::string(*text).c_str(), nullptr, 8)) & 0777;
}

util::Result<std::string> current_directory(const util::Environment& environment) {
  char* directory = ::getcwd(nullptr, 0);
  if (directory == nullptr) return util::fail(sbatch_words("getcwd failed: " + util::errno_text(errno), environment));
  std::string text = directory;
  ::free(directory);
  return text;
}

}  // namespace

CallTaker::CallTaker(const slurm::Dialect& dialect, std::uint32_t max_array_size) : m_resolver(dialect, max_array_size) {}

/// Returns the file's bytes as they are now.
util::Result<std::shared_ptr<const std::string>> CallTaker::read_script(const slurm::Call& call) {
  if (const auto known = m_by_path.find(call.script_path); known != m_by_path.end()) return known->second;
  auto file = util::open_file(call.script_path, O_RDONLY);
  if (!file) return util::fail(sbatch_words("Unable to open file " + call.script_path, call.environment));
  struct stat state {};
  const bool is_folder = ::fstat(file->get(), &state) == 0 && S_ISDIR(state.st_mode);
  std::string bytes;
  if (!is_folder) {
    TRY(bytes, util::read_all(file->get(), call.script_path));
  }
  auto script = std::make_shared<const std::string>(std::move(bytes));
  if (S_ISREG(state.st_mode)) m_by_path.emplace(call.script_path, script);
  return script;
}

util::Result<void> CallTaker::load_script(slurm::Call& call, const slurm::Intake& intake) {
  call.source = intake.source;
  if (intake.source == slurm::ScriptSource::wrap) {
    call.script = std::make_shared<const std::string>(slurm::wrap_script(intake.wrap));
  } else if (intake.source == slurm::ScriptSource::standard_input) {
    TRY(auto bytes, util::read_all(0, "standard input"));
    call.script = std::make_shared<const std::string>(std::move(bytes));
  } else {
    const auto path = call.environment.get("PATH").value_or("");
    call.script_path = slurm::find_script(intake.operand, call.directory, intake.chdir, path, is_no_folder);
    TRY(call.script, read_script(call));
  }
  const auto [known, is_new] = m_by_bytes.emplace(*call.script, call.script);
  if (!is_new) call.script = known->second;
  if (intake.source == slurm::ScriptSource::wrap) return {};
  return slurm::check_script(*call.script, call.environment);
}

util::Result<TakenCall> CallTaker::take(std::vector<std::string> argv, util::Environment environment, bool read_input) {
  TakenCall taken;
  auto& call = taken.call;
  call.argv = std::move(argv);
  call.environment = std::move(environment);
  TRY(taken.intake, slurm::read_command_line(call.argv, call.environment, m_resolver.parser()));
  if (taken.intake.for_real_sbatch) {
    taken.for_real_sbatch = true;
    return taken;
  }
  if (taken.intake.source == slurm::ScriptSource::standard_input && !read_input)
    return util::fail("sbatch", "no script is named");
  if (!m_place) {
    TRY(auto directory, current_directory(call.environment));
    m_place = Place{std::move(directory), util::host_name(), current_umask(), current_limits()};
  }
  call.directory = m_place->directory;
  call.host = m_place->host;
  call.umask = umask_of(call.environment).value_or(m_place->umask);
  call.limits = m_place->limits;
  CHECK_OK(load_script(call, taken.intake));
  CHECK_OK(load_export_file(call, taken.intake));
  TRY(taken.job, m_resolver.resolve(call));
  taken.for_real_sbatch = taken.job.test_only;
  return taken;
}

util::Result<TakenCall> take_call(std::vector<std::string> argv, util::Environment environment, const slurm::Dialect& dialect,
                                  bool read_input) {
  return CallTaker(dialect).take(std::move(argv), std::move(environment), read_input);
}

}  // namespace sarray::capture
