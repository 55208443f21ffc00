// A script's #SBATCH lines and a command line. Input: the words, each on a line of its own; an empty line; the script.
#include <memory>

#include "slurm/language/directive.hpp"
#include "slurm/language/intake.hpp"
#include "slurm/language/job.hpp"
#include "slurm/language/value.hpp"
#include "support.hpp"

namespace slurm = sarray::slurm;
using sarray::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto rest = sarray::fuzz::as_text(data, size);
  static const slurm::Dialect dialect;
  slurm::Call call;
  call.argv = {"sbatch"};
  while (!rest.empty()) {
    const auto word = sarray::fuzz::take_until(rest, '\n');
    if (word.empty()) break;
    if (word.find('\0') == std::string_view::npos) call.argv.emplace_back(word);
  }
  call.environment = sarray::util::Environment::from_entries({"HOME=/home/ada", "PATH=/bin"});
  call.directory = "/home/ada";
  call.host = "login1";
  call.script_path = "/home/ada/job.sh";
  call.script = std::make_shared<const std::string>(rest);
  for (const slurm::Release release : {slurm::Release{20, 11}, slurm::newest_release}) {
    const auto words = slurm::read_directives(rest, "job.sh", release);
    if (words) require(words->words.size() == words->lines.size(), "a line for each word");
  }
  const auto intake = slurm::read_command_line(call.argv, call.environment, dialect);
  if (!intake || intake->for_real_sbatch || !slurm::check_script(rest, call.environment)) return 0;
  slurm::Resolver resolver(dialect);
  const auto job = resolver.resolve(call);
  if (!job) {
    require(job.error().status != 0 && (!job.error().why.empty() || !job.error().body.empty()), "a refusal says why");
    return 0;
  }
  require(resolver.resolve(call).has_value(), "the same call, the same answer");
  for (const auto& setting : job->settings) require(setting.option != nullptr, "a setting is of an option");
  return 0;
}
