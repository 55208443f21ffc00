#include "slurm/client/site.hpp"

#include "util/parse.hpp"
#include "util/process.hpp"

namespace sarray::slurm {

util::Result<std::string> Client::version() const {
  if (!m_learned->version) {
    TRY(m_learned->version, run({"sbatch", "--version"}));
  }
  return *m_learned->version;
}

util::Result<Dialect> Client::dialect() const {
  TRY(const auto release, version());
  TRY(const auto help, run({"sbatch", "--help"}));
  return Dialect::from_help(release, help);
}

util::Result<std::vector<std::string>> Client::clusters() const {
  TRY(const auto output, run({"sacctmgr", "-n", "-P", "list", "clusters", "format=cluster"}));
  std::vector<std::string> names;
  for (std::string_view rest = output; !rest.empty();) {
    const auto line = util::take_until(rest, '\n');
    if (!line.empty()) names.emplace_back(line);
  }
  return names;
}

std::string Client::defined_options(const Call& call) const {
  if (sbatch().empty()) return "";
  constexpr std::string_view end = "sbatch: end of defined options\n";
  util::Command command;
  command.argv = {sbatch(), "--test-only"};
  command.argv.insert(command.argv.end(), call.argv.begin() + 1, call.argv.end());
  command.environment = call.environment.entries();
  if (call.source == ScriptSource::standard_input) command.input = *call.script;
  command.enough = end;
  command.timeout = std::chrono::seconds(20);
  const auto output = util::run(command);
  if (!output) return "";
  const auto& said = output->err;
  const auto from = said.find("sbatch: defined options\n");
  const auto to = said.find(end);
  if (from == std::string::npos || to == std::string::npos) return "";
  auto block = said.substr(from, to + end.size() - from);
  // Ours, and not the caller's: with --test-only the call would not be here.
  const auto test = block.find("sbatch: test-only ");
  if (test != std::string::npos) block.erase(test, block.find('\n', test) + 1 - test);
  return block;
}

std::string user_name(const util::Environment& environment) {
  util::Command command;
  command.argv = {"id", "-un"};
  const auto output = util::run(command);
  if (!output || output->status != 0) return std::string(environment.get("USER").value_or(""));
  return output->out.substr(0, output->out.find('\n'));
}

std::string cluster_name(const SlurmSite& site) {
  const auto configuration = site.client.configuration();
  return configuration ? configuration->cluster_name : std::string();
}

}  // namespace sarray::slurm
