// What sarray makes of sbatch calls, for tests/oracle/run to compare with the real sbatch. One process reads all cases.
//
// Both ways a message is a list of byte strings: "COUNT\n", then each as "LENGTH\n" BYTES "\n".
//   in, a case:    directory, standard input, number of words, the words, then NAME=VALUE for the environment
//   out, an answer: "accepted" | "refused" | "real" | "unmergeable", status, first error line, then for each option in force its
//                   name, "1" if it has a value, the value, the normalised value, where it came from
// The options "(array)", "(name)", "(work-directory)" and "(arguments)" are no options, but what sarray derived from them.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "slurm/language/intake.hpp"
#include "slurm/language/job.hpp"
#include "slurm/language/value.hpp"
#include "util/fd.hpp"

using namespace sarray;

namespace {

using Message = std::vector<std::string>;

std::optional<std::size_t> read_number() {
  std::size_t number = 0;
  int c = std::getchar();
  if (c == EOF) return std::nullopt;
  for (; c >= '0' && c <= '9'; c = std::getchar()) number = number * 10 + static_cast<std::size_t>(c - '0');
  return number;
}

std::optional<Message> read_message() {
  const auto count = read_number();
  if (!count) return std::nullopt;
  Message message(*count);
  for (auto& field : message) {
    field.resize(read_number().value_or(0));
    if (std::fread(field.data(), 1, field.size(), stdin) != field.size()) return std::nullopt;
    std::getchar();
  }
  return message;
}

void write_message(const Message& message) {
  std::printf("%zu\n", message.size());
  for (const auto& field : message) {
    std::printf("%zu\n", field.size());
    std::fwrite(field.data(), 1, field.size(), stdout);
    std::putchar('\n');
  }
}

Message answer_error(const util::Error& error) {
  if (error.body.empty()) return {"unmergeable", std::to_string(error.status), error.what + ": " + error.why};
  return {"refused", std::to_string(error.status), error.body.substr(0, error.body.find('\n'))};
}

void add(Message& answer, const char* name, const std::string& value) {
  answer.insert(answer.end(), {name, "1", value, value, ""});
}

Message answer_job(const slurm::Job& job) {
  Message answer = {"accepted", "0", ""};
  for (const auto& setting : job.settings) {
    answer.insert(answer.end(), {std::string(setting.option->name), setting.has_value ? "1" : "0", setting.value,
                                 slurm::normalize_value(*setting.option, setting.value), setting.source.text()});
  }
  if (job.parsable) add(answer, "parsable", "");
  if (job.ids) add(answer, "(array)", job.ids->text());
  add(answer, "(name)", job.name);
  add(answer, "(work-directory)", job.work_directory);
  std::string arguments;
  for (const auto& argument : job.arguments) arguments += argument + '\n';
  add(answer, "(arguments)", arguments);
  return answer;
}

bool is_candidate(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISDIR(status.st_mode);
}

util::Result<std::string> read_script(const slurm::Call& call, const std::string& standard_input, const slurm::Intake& intake) {
  if (call.source == slurm::ScriptSource::wrap) return slurm::wrap_script(intake.wrap);
  if (call.source == slurm::ScriptSource::standard_input) return standard_input;
  const util::Fd file(::open(call.script_path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) {
    util::Error error;
    error.body = "sbatch: error: Unable to open file " + call.script_path + "\n";
    error.status = slurm::failure_status(call.environment);
    return util::fail(error);
  }
  return util::read_all(file.get(), call.script_path).value_or("");  // a folder is an empty script
}

util::Result<slurm::Job> resolve(slurm::Call& call, const std::string& standard_input, const slurm::Dialect& dialect,
                                 slurm::Resolver& resolver, bool& for_real_sbatch) {
  TRY(const auto intake, slurm::read_command_line(call.argv, call.environment, dialect));
  for_real_sbatch = intake.for_real_sbatch;
  if (for_real_sbatch) return slurm::Job{};
  call.source = intake.source;
  if (call.source == slurm::ScriptSource::file) {
    call.script_path =
        slurm::find_script(intake.operand, call.directory, intake.chdir, call.environment.get("PATH").value_or(""), is_candidate);
  }
  TRY(auto script, read_script(call, standard_input, intake));
  call.script = std::make_shared<const std::string>(std::move(script));
  if (call.source != slurm::ScriptSource::wrap) CHECK_OK(slurm::check_script(*call.script, call.environment));
  return resolver.resolve(call);
}

Message answer_case(const Message& message, const slurm::Dialect& dialect, slurm::Resolver& resolver) {
  slurm::Call call;
  call.directory = message.at(0);
  const auto words = std::strtoul(message.at(2).c_str(), nullptr, 10);
  const auto environment = message.begin() + 3 + static_cast<std::ptrdiff_t>(words);
  call.argv.assign(message.begin() + 3, environment);
  call.environment = util::Environment::from_entries({environment, message.end()});
  if (::chdir(call.directory.c_str()) != 0) return {"no directory", "0", call.directory};
  bool for_real_sbatch = false;
  const auto job = resolve(call, message.at(1), dialect, resolver, for_real_sbatch);
  if (!job) return answer_error(job.error());
  if (for_real_sbatch || job->test_only) return {"real", "0", ""};
  return answer_job(*job);
}

}  // namespace

/// @param argv the installed release's `sbatch --version` and `sbatch --help`, and its MaxArraySize.
int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const auto dialect = slurm::Dialect::from_help(argv[1], argv[2]);
  slurm::Resolver resolver(dialect, static_cast<std::uint32_t>(std::strtoul(argv[3], nullptr, 10)));
  while (const auto message = read_message()) write_message(answer_case(*message, dialect, resolver));
  return 0;
}
