#include "answer/change.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "answer/names.hpp"
#include "slurm/language/command_line.hpp"

namespace sarray::answer {

namespace {

struct Update {
  std::string_view key;     ///< of scontrol update, in small letters (man scontrol)
  std::string_view option;  ///< of sbatch
};

constexpr std::array updates = {
    Update{"account", "account"},
    Update{"burstbuffer", "bb"},
    Update{"clusterfeatures", "cluster-constraint"},
    Update{"comment", "comment"},
    Update{"cpusspertask", "cpus-per-task"},
    Update{"cpus-per-task", "cpus-per-task"},
    Update{"deadline", "deadline"},
    Update{"delayboot", "delay-boot"},
    Update{"dependency", "dependency"},
    Update{"eligibletime", "begin"},
    Update{"excnodelist", "exclude"},
    Update{"features", "constraint"},
    Update{"gres", "gres"},
    Update{"jobname", "job-name"},
    Update{"licenses", "licenses"},
    Update{"mailtype", "mail-type"},
    Update{"mailuser", "mail-user"},
    Update{"minmemorycpu", "mem-per-cpu"},
    Update{"minmemorynode", "mem"},
    Update{"mintmpdisknode", "tmp"},
    Update{"name", "job-name"},
    Update{"nice", "nice"},
    Update{"nodelist", "nodelist"},
    Update{"numnodes", "nodes"},
    Update{"numtasks", "ntasks"},
    Update{"partition", "partition"},
    Update{"prefer", "prefer"},
    Update{"priority", "priority"},
    Update{"qos", "qos"},
    Update{"reqnodelist", "nodelist"},
    Update{"reqnodes", "nodes"},
    Update{"reqprocs", "ntasks"},
    Update{"reservationname", "reservation"},
    Update{"starttime", "begin"},
    Update{"stderr", "error"},
    Update{"stdin", "input"},
    Update{"stdout", "output"},
    Update{"timelimit", "time"},
    Update{"timemin", "time-min"},
    Update{"wckey", "wckey"},
    Update{"workdir", "chdir"},
};

}  // namespace

util::Result<std::string> option_for_update(std::string_view key, const std::string& value) {
  std::string small(key);
  std::transform(small.begin(), small.end(), small.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (small == "requeue") return std::string(value == "0" ? "--no-requeue" : "--requeue");
  const auto found = std::find_if(updates.begin(), updates.end(), [&](const auto& update) { return update.key == small; });
  const auto refuse = [&](const std::string& why) {
    return util::fail("scontrol update " + std::string(key) + "=" + value, why, "sarray submit, and then change the job");
  };
  if (found == updates.end()) return refuse("the job is only recorded, and sbatch has no such option");
  if (small == "timelimit" && (value.starts_with('+') || value.starts_with('-')))
    return refuse("the job is only recorded: give its time limit itself");
  return "--" + std::string(found->option) + "=" + value;
}

std::vector<std::string> add_options(const std::vector<std::string>& argv, const std::vector<std::string>& options,
                                     const slurm::Dialect& dialect) {
  auto operand = slurm::WordParser(dialect).parse(argv).operand;
  if (operand > 0 && operand <= argv.size() && argv[operand - 1] == "--") --operand;
  std::vector<std::string> words(argv.begin(), argv.begin() + static_cast<std::ptrdiff_t>(std::min(operand, argv.size())));
  words.insert(words.end(), options.begin(), options.end());
  words.insert(words.end(), argv.begin() + static_cast<std::ptrdiff_t>(std::min(operand, argv.size())), argv.end());
  return words;
}

std::string without_tasks(const slurm::ArrayIds& ids, const std::vector<std::uint32_t>& gone) {
  std::vector<std::uint32_t> left;
  for (std::uint32_t i = 0; i < ids.count(); ++i) {
    if (std::find(gone.begin(), gone.end(), ids.nth(i)) == gone.end()) left.push_back(ids.nth(i));
  }
  if (left.empty()) return {};
  return write_tasks(left) + (ids.throttle() > 0 ? "%" + std::to_string(ids.throttle()) : "");
}

}  // namespace sarray::answer
