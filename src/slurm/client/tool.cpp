#include "slurm/client/tool.hpp"

#include "slurm/client/client.hpp"
#include "util/parse.hpp"

namespace sarray::slurm {

util::Result<util::Output> Client::run_tool(Tool tool, const std::vector<std::string>& words,
                                            const util::Environment& environment) const {
  util::Command command;
  TRY(const auto program, find(tool_name(tool)));
  if (program.empty()) return util::fail(tool_name(tool), "not found in PATH", "load the site's Slurm module");
  command.argv = {program};
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  command.environment = environment.entries();
  return util::run(command);
}

namespace {

/// "1-02:00:00" in minutes; other words as they are.
std::string in_minutes(std::string_view text) {
  std::uint64_t days = 0;
  auto rest = text;
  if (text.find('-') != std::string_view::npos) {
    const auto number = util::to_number<std::uint64_t>(util::take_until(rest, '-'));
    if (!number) return std::string(text);
    days = *number;
  }
  const auto hours = util::to_number<std::uint64_t>(util::take_until(rest, ':'));
  const auto minutes = util::to_number<std::uint64_t>(util::take_until(rest, ':'));
  if (!hours || !minutes) return std::string(text);
  return std::to_string((days * 24 + *hours) * 60 + *minutes);
}

}  // namespace

util::Result<Partition> Client::default_partition() const {
  TRY(const auto text, run({"scontrol", "show", "partition", "-o"}));
  std::string_view rest = text;
  while (!rest.empty()) {
    const JobRecord record(util::take_until(rest, '\n'));
    if (record.get("Default") != "YES") continue;
    const auto own = record.get("DefaultTime");
    return Partition{std::string(record.get("PartitionName")),
                     in_minutes(own.empty() || own == "NONE" ? record.get("MaxTime") : own)};
  }
  return util::fail("scontrol", "it shows no default partition");
}

}  // namespace sarray::slurm
