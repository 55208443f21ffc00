#include "slurm/language/intake.hpp"

#include <algorithm>
#include <cstdlib>

#include "slurm/language/command_line.hpp"
#include "slurm/language/settings.hpp"
#include "slurm/language/validate.hpp"

namespace sarray::slurm {

namespace {

util::Error sbatch_error(const std::string& lines, int status) {
  util::Error error;
  std::string_view rest = lines;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    error.body.append("sbatch: error: ").append(rest.substr(0, end)).append("\n");
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  error.status = status;
  return error;
}

bool belongs_to_real_sbatch(std::string_view option) {
  return option == "help" || option == "usage" || option == "version" || option == "test-only" || option == "autocomplete";
}

void take_option(Intake& intake, const ParsedOption& parsed) {
  const auto name = parsed.option->name;
  if (belongs_to_real_sbatch(name)) intake.for_real_sbatch = true;
  if (name == "chdir") intake.chdir = parsed.value;
  if (name == "export-file") intake.export_file = parsed.value;
  if (name == "quiet") intake.quiet = true;
  if (name == "verbose") ++intake.verbose;
  if (name == "wrap") {
    intake.source = ScriptSource::wrap;
    intake.wrap = parsed.value.value_or("");
  }
}

}  // namespace

util::Result<Intake> read_command_line(const std::vector<std::string>& argv, const util::Environment& environment,
                                       const Dialect& dialect) {
  return read_command_line(argv, environment, WordParser(dialect));
}

util::Result<Intake> read_command_line(const std::vector<std::string>& argv, const util::Environment& environment,
                                       const WordParser& parser) {
  auto words = argv;
  std::erase(words, ":");  // sbatch's first pass does not know components
  const auto parsed = parser.parse(words);
  Intake intake;
  intake.source = ScriptSource::standard_input;
  Settings settings(parser.release());
  for (const auto& option : parsed.options) {  // one after another: --help before a mistake only shows the help
    CHECK_OK(apply_option(settings, *option.option, option.value, Source{}));
    if (option.option->name == "distribution") {
      if (auto fault = find_plane_fault(*option.value, environment, parser.release())) return util::fail(std::move(*fault));
    }
    take_option(intake, option);
    intake.for_real_sbatch = intake.for_real_sbatch || settings.ends_at_once;
    if (intake.for_real_sbatch) return intake;
  }
  if (parsed.error) return util::fail(*parsed.error);
  if (parsed.operand < words.size()) {
    if (intake.source == ScriptSource::wrap) {
      return util::fail(sbatch_error("Script arguments not permitted with --wrap option", failure_status(environment)));
    }
    intake.source = ScriptSource::file;
    intake.operand = words[parsed.operand];
  }
  return intake;
}

std::string find_script(std::string_view operand, std::string_view directory, std::optional<std::string_view> chdir,
                        std::string_view path, const std::function<bool(const std::string&)>& is_candidate) {
  if (operand.starts_with('/') || operand.starts_with('.')) return std::string(operand);
  auto base = std::string(chdir.value_or(directory));
  if (!base.starts_with('/')) base = std::string(directory) + "/" + base;
  auto candidate = base + "/" + std::string(operand);
  if (is_candidate(candidate)) return candidate;
  while (true) {
    const auto end = std::min(path.find(':'), path.size());
    if (end > 0) {
      candidate = (path.front() == '.' ? base + "/" : "") + std::string(path.substr(0, end)) + "/" + std::string(operand);
      if (is_candidate(candidate)) return candidate;
    }
    if (end == path.size()) return std::string(operand);
    path.remove_prefix(end + 1);
  }
}

util::Result<void> check_script(std::string_view bytes, const util::Environment& environment) {
  const auto refuse = [&](const std::string& lines) { return util::fail(sbatch_error(lines, failure_status(environment))); };
  if (bytes.empty()) return refuse("Batch script is empty!");
  // Here sbatch looks only up to the first NUL.
  if (bytes.substr(0, bytes.find('\0')).find_first_not_of(" \t\n\v\f\r") == std::string_view::npos)
    return refuse("Batch script contains only whitespace!");
  if (!bytes.starts_with("#!")) {
    return refuse(
        "This does not look like a batch script.  The first\n"
        "line must start with #! followed by the path to an interpreter.\n"
        "For instance: #!/bin/sh");
  }
  if (bytes.find('\0') != std::string_view::npos) {
    return refuse("The Slurm controller does not allow scripts that\ncontain a NULL character '\\0'.");
  }
  if (bytes.find("\r\n") != std::string_view::npos) {
    return refuse("Batch script contains DOS line breaks (\\r\\n)\ninstead of expected UNIX line breaks (\\n).");
  }
  return {};
}

std::string wrap_script(std::string_view command) {
  return "#!/bin/sh\n# This script was created by sbatch --wrap.\n\n" + std::string(command) + "\n";
}

int failure_status(const util::Environment& environment) {
  const auto text = environment.get("SLURM_EXIT_ERROR");
  if (!text) return 1;
  const int status = std::atoi(std::string(*text).c_str());
  return status != 0 ? status & 0xff : 1;  // what exit() keeps of it
}

}  // namespace sarray::slurm
