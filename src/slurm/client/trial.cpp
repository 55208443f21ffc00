#include "slurm/client/trial.hpp"

#include <algorithm>
#include <array>

#include "slurm/client/answer.hpp"
#include "slurm/client/client.hpp"
#include "slurm/language/command_line.hpp"
#include "slurm/language/intake.hpp"
#include "slurm/language/value.hpp"
#include "util/parse.hpp"

namespace sarray::slurm {

namespace {

constexpr std::string_view error_prefix = "sbatch: error: ";
constexpr std::string_view trial_prefix = "allocation failure: ";
constexpr std::string_view submission_prefix = "sbatch: error: Batch job submission failed: ";
constexpr std::string_view node_words = "Requested node configuration is not available";
constexpr std::string_view policy_words = "Job violates accounting/QOS policy";

/// What sbatch refuses whenever its trial does. Source of the texts: src/common/slurm_errno.c, the same in all releases.
constexpr std::array<std::string_view, 14> certain_refusals = {
    "Invalid partition name specified",
    "Invalid feature specification",
    "Invalid generic resource (gres) specification",
    "Invalid node name specified",
    "Invalid job array specification",
    "Invalid license specification",
    "Invalid account or account/partition combination specified",
    "Invalid qos specification",
    "Requested reservation is invalid",
    "Requested time limit is invalid (missing or exceeds some limit)",
    "Required partition not available (inactive or drain)",
    "Node count specification invalid",
    "More processors requested than permitted",
    " known by database.",  // no such cluster
};

/// In the order in which sbatch complains of them.
constexpr std::array<NodeDemand, 4> node_demands = {{
    {"mincpus", "%c", "1", "CPU count per node can not be satisfied"},
    {"mem", "%m", "1", "Memory specification can not be satisfied"},
    {"mem-per-cpu", "%m", "1", "Memory specification can not be satisfied"},
    {"tmp", "%d", "0", "Temporary disk specification can not be satisfied"},
}};

/// Options that choose no nodes. With these and the demands alone nothing but a demand can be what sbatch looks at first.
constexpr std::array<std::string_view, 22> options_of_no_node = {
    "account", "array",    "begin",     "chdir",     "comment",    "dependency", "error",  "export",
    "input",   "job-name", "mail-type", "mail-user", "no-requeue", "open-mode",  "output", "partition",
    "qos",     "requeue",  "signal",    "time",      "time-min",   "wckey",
};

/// Whether the job asks its nodes for nothing but the demands: more than one of anything may be what stands in the way.
bool demands_alone(const Job& job) {
  return std::all_of(job.settings.begin(), job.settings.end(), [](const Setting& setting) {
    const auto name = std::string_view(setting.option->name);
    const bool is_one = (name == "nodes" || name == "ntasks" || name == "cpus-per-task") && setting.value == "1";
    const bool is_demand = std::any_of(node_demands.begin(), node_demands.end(), [&](const auto& d) { return d.option == name; });
    return is_one || is_demand ||
           std::find(options_of_no_node.begin(), options_of_no_node.end(), name) != options_of_no_node.end();
  });
}

bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// Whether one of sbatch's complaints names a limit that is not one on the number of jobs. Each is a line of its own, e.g.
/// QOSMaxWallDurationPerJobLimit, or QOSMaxSubmitJobPerUserLimit (observed on 22.05).
bool names_limit_of_size(std::string_view words) {
  bool found = false;
  while (!words.empty()) {
    auto line = util::take_until(words, '\n');
    if (!line.starts_with(error_prefix)) continue;
    line.remove_prefix(error_prefix.size());
    if (!line.ends_with("Limit") || holds(line, " ")) continue;
    if (holds(line, "Submit") || holds(line, "Jobs")) return false;
    found = true;
  }
  return found;
}

/// Returns what sbatch prints without --test-only. With -v there are other lines, too.
std::string as_submission(std::string_view words) {
  std::string text;
  while (!words.empty()) {
    const auto line = util::take_until(words, '\n');
    const auto at = line.find(trial_prefix);
    if (at != std::string_view::npos) {
      text.append(submission_prefix).append(line.substr(at + trial_prefix.size())).append("\n");
    } else if (line.starts_with(error_prefix)) {
      text.append(line).append("\n");
    }
  }
  return text;
}

Trial refused_with(std::string words, int status) {
  Trial trial;
  trial.kind = Trial::Kind::refused;
  trial.refusal.body = std::move(words);
  trial.refusal.status = status;
  return trial;
}

/// Returns what the setting demands of each node, at least, in sinfo's unit: MiB, or a number. 0: that is not known.
std::uint64_t least_demand(const Setting& setting) {
  auto text = normalize_value(*setting.option, setting.value);
  if (text.ends_with('M')) text.pop_back();
  return util::to_number<std::uint64_t>(text).value_or(0);
}

/// Returns the id of the job if the call was submitted: a site's wrapper may drop options that it does not know. sbatch itself
/// prints nothing on standard output. That job is cancelled, so a number among other words does not count.
std::optional<std::string> find_submitted(const util::Output& output) {
  constexpr std::string_view words = "Submitted batch job ";
  if (const auto at = output.out.find(words); at != std::string::npos) return parse_answer(output.out.substr(at));
  const auto digits = output.out.find_first_not_of("0123456789");
  const bool is_id_alone = output.status == 0 && digits != 0 && digits != std::string::npos &&
                           (output.out[digits] == ';' || output.out[digits] == '\n') &&
                           output.out.find('\n') + 1 == output.out.size();
  return is_id_alone ? std::optional(output.out.substr(0, digits)) : std::nullopt;
}

}  // namespace

std::vector<std::string> trial_words(const Call& call, const Job& job, const Dialect& dialect) {
  const WordParser parser(dialect);
  const auto parsed = parser.parse(call.argv);
  auto end = std::min(parsed.operand, call.argv.size());
  // Only the "--" that ends the options: it may be an option's value, too.
  const bool is_value = !parsed.options.empty() && parsed.options.back().word == end;
  if (end > 1 && call.argv[end - 1] == "--" && !is_value) --end;
  std::vector<std::string> words = {"--test-only"};
  words.insert(words.end(), call.argv.begin() + 1, call.argv.begin() + static_cast<std::ptrdiff_t>(end));
  // The later one counts, and an empty one removes what was given before.
  if (job.find("dependency") != nullptr) words.emplace_back("--dependency=");
  if (job.ids) words.push_back("--array=" + std::to_string(job.ids->max()));
  if (call.source == ScriptSource::file) words.push_back("--job-name=" + job.name);
  if (call.export_file) words.emplace_back("--export-file=/dev/null");  // it may have been a descriptor
  return words;
}

TrialEnd judge_trial(const util::Output& output, int status) {
  if (auto id = find_submitted(output)) return {{Trial::Kind::broken, std::move(*id)}};
  if (output.status == 0 && !output.timed_out) return {};
  const std::string_view said = output.err;
  const bool is_silent = output.timed_out || output.is_cut || output.status > 128 || says_connection_broke(said) ||
                         holds(said, "Unable to contact slurm controller") ||
                         holds(said, "Unable to establish controller machine");
  if (is_silent) return {{Trial::Kind::unknown}};
  if (holds(said, node_words)) return {{}, true};
  const bool is_certain =
      std::any_of(certain_refusals.begin(), certain_refusals.end(), [&](const auto words) { return holds(said, words); }) ||
      (holds(said, policy_words) && names_limit_of_size(said));
  auto words = as_submission(said);
  if (!is_certain || words.empty()) return {};
  return {refused_with(std::move(words), status)};
}

std::optional<std::uint64_t> largest_number(std::string_view sinfo_output) {
  std::optional<std::uint64_t> largest;
  while (!sinfo_output.empty()) {
    auto line = util::take_until(sinfo_output, '\n');
    line = line.substr(0, std::min(line.find_first_not_of("0123456789"), line.size()));
    if (const auto number = util::to_number<std::uint64_t>(line)) largest = std::max(largest.value_or(0), *number);
  }
  return largest;
}

Trial Client::try_call(const Call& call, const Job& job, const Dialect& dialect, std::chrono::seconds patience) const {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  const auto words = trial_words(call, job, dialect);
  const auto ask_sbatch = [&](const std::vector<std::string>& more) -> TrialEnd {
    util::Command command;
    command.argv = {sbatch()};
    command.argv.insert(command.argv.end(), words.begin(), words.end());
    command.argv.insert(command.argv.end(), more.begin(), more.end());
    command.environment = call.environment.entries();
    if (call.source != ScriptSource::wrap) command.input = *call.script;
    using Milliseconds = std::chrono::milliseconds;
    const auto left = std::chrono::duration_cast<Milliseconds>(deadline - std::chrono::steady_clock::now());
    command.timeout = std::max(left, Milliseconds(1));
    const auto output = util::run(command);
    return output ? judge_trial(*output, failure_status(call.environment)) : TrialEnd{{Trial::Kind::unknown}};
  };
  if (sbatch().empty()) return {Trial::Kind::unknown};
  auto first = ask_sbatch({});
  // What is held, sbatch tries on no node; nodes of another cluster are not asked for.
  if (!first.is_about_nodes || job.find("hold") != nullptr || job.find("clusters") != nullptr) return first.trial;
  const NodeDemand* too_much = nullptr;
  std::vector<std::string> without;
  for (const auto& demand : node_demands) {
    const auto* setting = job.find(demand.option);
    const auto least = setting != nullptr ? least_demand(*setting) : 0;
    if (least == 0) continue;
    const auto nodes = ask({"sinfo", "-h", "-a", "-e", "-o", std::string(demand.column)}, patience);
    const auto largest = nodes && nodes->status == 0 ? largest_number(nodes->out) : std::nullopt;
    if (!largest || least <= *largest) continue;
    if (too_much == nullptr) too_much = &demand;
    without.push_back("--" + std::string(demand.option) + "=" + std::string(demand.least));
  }
  if (too_much == nullptr) return {};
  // If something else stands in the way, too, sbatch may look at that first, and take the job: unless all that can be is that
  // every node is down or drained, which does not count.
  const auto second = ask_sbatch(without);
  if ((second.is_about_nodes && !demands_alone(job)) || second.trial.kind != Trial::Kind::passes) return {};
  return refused_with(std::string(error_prefix) + std::string(too_much->complaint) + "\n" + std::string(submission_prefix) +
                          std::string(node_words) + "\n",
                      failure_status(call.environment));
}

}  // namespace sarray::slurm
