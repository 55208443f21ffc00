#include "slurm/client/site.hpp"

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
