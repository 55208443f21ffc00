#include "answer/recorded.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "answer/names.hpp"
#include "answer/recorded_parts.hpp"
#include "slurm/language/dependency.hpp"
#include "slurm/language/file_pattern.hpp"
#include "slurm/language/value.hpp"
#include "util/join.hpp"
#include "util/parse.hpp"

namespace sarray::answer {

namespace {

constexpr const char* null_text = "(null)";

std::string option(const RecordedJob& job, std::string_view name, const std::string& otherwise) {
  const auto* setting = job.job->find(name);
  return setting != nullptr && setting->has_value ? setting->value : otherwise;
}

bool has(const RecordedJob& job, std::string_view name) { return job.job->find(name) != nullptr; }

/// Returns the ids of an array as `--array` means them, with its throttle.
std::string array_text(const slurm::ArrayIds& ids) {
  std::vector<std::uint32_t> all;
  for (std::uint32_t i = 0; i < ids.count(); ++i) all.push_back(ids.nth(i));
  return write_tasks(all) + (ids.throttle() > 0 ? "%" + std::to_string(ids.throttle()) : "");
}

std::string task_text(const RecordedJob& job) {
  if (job.task) return std::to_string(*job.task);
  if (!job.tasks.empty()) return write_tasks(job.tasks);
  return job.job->ids ? array_text(*job.job->ids) : "N/A";
}

std::string reason(const RecordedJob& job) {
  if (job.state == RecordedState::cancelled) return "None";
  if (has(job, "hold")) return "JobHeldUser";
  if (has(job, "begin")) return "BeginTime";
  if (has(job, "dependency")) return "Dependency";
  return recorded_reason;
}

/// What the job waits for, as Slurm shows it.
std::string dependency(const RecordedJob& job, const Defaults& defaults) {
  const auto& wanted = job.job->dependency;
  if (!wanted || wanted->conditions.empty()) return option(job, "dependency", null_text);
  std::string text;
  for (const auto& condition : wanted->conditions) {
    if (!text.empty()) text += wanted->any ? '?' : ',';
    auto bare = condition;
    bare.minutes = 0;
    text += slurm::format_condition(bare);
    const bool names_job = condition.type != slurm::DependencyType::singleton;
    if (names_job && !condition.task && defaults.is_array && defaults.is_array(condition.job)) text += "_*";
    if (condition.minutes > 0) text += "+" + std::to_string(condition.minutes);
    text += "(unfulfilled)";
  }
  return text;
}

std::uint64_t number(const RecordedJob& job, std::string_view name, std::uint64_t otherwise) {
  const auto text = option(job, name, "");
  return util::to_number<std::uint64_t>(std::string_view(text).substr(0, text.find('-'))).value_or(otherwise);
}

std::uint64_t nodes(const RecordedJob& job) { return number(job, "nodes", 1); }
/// scontrol's end of the range, if --nodes says one.
std::string max_nodes(const RecordedJob& job) {
  const auto text = option(job, "nodes", "");
  return text.empty() ? text : "-" + text.substr(text.find('-') + 1);
}
std::uint64_t tasks(const RecordedJob& job) {
  const auto per_node = number(job, "ntasks-per-node", 0);
  return number(job, "ntasks", per_node > 0 ? per_node * nodes(job) : nodes(job));
}
std::uint64_t cpus(const RecordedJob& job) { return tasks(job) * number(job, "cpus-per-task", 1); }

std::optional<std::string> time_limit(const RecordedJob& job, const Defaults& defaults, bool padded) {
  if (const auto minutes = limit_minutes(job)) return format_minutes(*minutes, padded);
  if (has(job, "time")) return "UNLIMITED";
  if (defaults.time_limit.empty()) return std::nullopt;
  const auto minutes = util::to_number<std::uint64_t>(defaults.time_limit);
  return minutes ? format_minutes(*minutes, padded) : defaults.time_limit;
}

std::optional<std::string> known(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

std::string file(const RecordedJob& job, const std::optional<std::string>& pattern, const Defaults& defaults) {
  slurm::PatternValues values;
  const auto id = std::to_string(job.id);
  values.array_job_id = id;
  values.array_task_id = job.task.value_or(slurm::no_task_id);
  values.job_id = id;
  values.job_name = job.job->name;
  values.user = defaults.user;
  values.node = "%N";
  const auto text = pattern.value_or(job.job->ids ? "slurm-%A_%a.out" : "slurm-%j.out");
  auto name = slurm::expand_pattern(text, values).value_or(text);
  return name.starts_with('/') ? name : job.job->work_directory + "/" + name;
}

std::string command(const RecordedJob& job, const Defaults& defaults) {
  if (job.call->source != slurm::ScriptSource::file) return null_text;
  auto text = job.call->script_path;
  if (!defaults.shows_arguments) return text;
  for (const auto& argument : job.job->arguments) text += " " + argument;
  return text;
}

std::string partition(const RecordedJob& job, const Defaults& defaults) { return option(job, "partition", defaults.partition); }

/// --mem=1024 as squeue writes it: "1G".
std::string memory(const RecordedJob& job) {
  for (const auto* name : {"mem", "mem-per-cpu"}) {
    const auto* setting = job.job->find(name);
    if (setting == nullptr || !setting->has_value) continue;
    auto megabytes = memory_megabytes(job, name);
    if (!megabytes) return setting->value;
    std::size_t unit = 0;
    constexpr std::string_view units = "MGT";
    while (*megabytes > 0 && *megabytes % 1024 == 0 && unit + 1 < units.size()) {
      *megabytes /= 1024;
      ++unit;
    }
    return std::to_string(*megabytes) + units[unit];
  }
  return "0";
}

struct Plain {
  std::string_view field;
  const char* value;
};

/// What squeue shows of every job that has not begun.
constexpr std::array plain_queue_values = {
    Plain{"batchflag", "1"},    Plain{"batchhost", "n/a"},   Plain{"boardspernode", "0"},   Plain{"timeused", "0:00"},
    Plain{"nodelist", ""},      Plain{"restartcnt", "0"},    Plain{"schednodes", "(null)"}, Plain{"priority", "0.00000000000000"},
    Plain{"prioritylong", "0"}, Plain{"exit_code", "0"},     Plain{"derivedec", "0"},       Plain{"sct", "*:*:*"},
    Plain{"cores", "*"},        Plain{"threads", "*"},       Plain{"sockets", "*"},         Plain{"pendingtime", "0"},
    Plain{"endtime", "N/A"},    Plain{"preempttime", "N/A"},
};

/// Options that squeue shows as they were given.
struct Given {
  std::string_view field;
  std::string_view option;
  const char* otherwise;
};
constexpr std::array given_queue_values = {
    Given{"comment", "comment", "(null)"},
    Given{"feature", "constraint", "(null)"},
    Given{"licenses", "licenses", "(null)"},
    Given{"reservation", "reservation", "(null)"},
    Given{"wckey", "wckey", "(null)"},
    Given{"network", "network", "(null)"},
    Given{"reqnodes", "nodelist", ""},
    Given{"excnodes", "exclude", ""},
    Given{"nice", "nice", "0"},
    Given{"deadline", "deadline", "N/A"},
    Given{"mintmpdisk", "tmp", "0"},
    Given{"burstbuffer", "bb", "(null)"},
};

}  // namespace

std::optional<std::uint64_t> limit_minutes(const RecordedJob& job) {
  const auto* setting = job.job->find("time");
  if (setting == nullptr || !setting->has_value) return std::nullopt;
  return util::to_number<std::uint64_t>(slurm::normalize_value(*setting->option, setting->value));
}

std::optional<std::uint64_t> memory_megabytes(const RecordedJob& job, std::string_view option) {
  const auto* setting = job.job->find(option);
  if (setting == nullptr || !setting->has_value) return std::nullopt;
  const auto text = slurm::normalize_value(*setting->option, setting->value);
  return text.ends_with('M') ? util::to_number<std::uint64_t>(std::string_view(text).substr(0, text.size() - 1)) : std::nullopt;
}

std::string format_minutes(std::uint64_t minutes, bool padded) {
  const auto days = minutes / 1440;
  const auto hours = minutes / 60 % 24;
  std::array<char, 48> text{};
  if (days > 0) {
    std::snprintf(text.data(), text.size(), "%lu-%02lu:%02lu:00", days, hours, minutes % 60);
  } else if (padded) {
    std::snprintf(text.data(), text.size(), "%02lu:%02lu:00", hours, minutes % 60);
  } else if (hours > 0) {
    std::snprintf(text.data(), text.size(), "%lu:%02lu:00", hours, minutes % 60);
  } else {
    std::snprintf(text.data(), text.size(), "%lu:00", minutes);
  }
  return text.data();
}

std::string recorded_name(const RecordedJob& job) {
  const auto id = std::to_string(job.id);
  if (job.task) return id + "_" + std::to_string(*job.task);
  return job.job->ids && job.state == RecordedState::pending ? id + "_[" + task_text(job) + "]" : id;
}

std::string recorded_tasks(const RecordedJob& job) {
  const auto tasks = task_text(job);
  return std::to_string(job.id) + "_" + tasks.substr(0, tasks.find('%'));
}

namespace {

std::optional<std::string> identity_value(const RecordedJob& job, std::string_view field, const Defaults& defaults) {
  if (field == "jobarrayid") return recorded_name(job);
  if (field == "jobid" || field == "arrayjobid") return std::to_string(job.id);
  if (field == "arraytaskid") return task_text(job);
  if (field == "name") return job.job->name;
  if (field == "username") return defaults.user;
  if (field == "userid") return defaults.user_id;
  if (field == "groupname") return defaults.group;
  if (field == "groupid") return defaults.group_id;
  if (field == "command") return command(job, defaults);
  if (field == "workdir") return job.job->work_directory;
  if (field == "stdout") return file(job, job.job->output, defaults);
  if (field == "stderr") return file(job, job.job->error ? job.job->error : job.job->output, defaults);
  if (field == "stdin") return job.job->input ? file(job, job.job->input, defaults) : "/dev/null";
  if (field == "allocnodes") return defaults.host;
  if (field == "cluster") return known(defaults.cluster);
  return std::nullopt;
}

std::optional<std::string> resource_value(const RecordedJob& job, std::string_view field, const Defaults& defaults) {
  if (field == "account") return option(job, "account", defaults.account);
  if (field == "qos") return option(job, "qos", defaults.qos);
  if (field == "partition") return known(partition(job, defaults));
  if (field == "timelimit" || field == "timeleft") return time_limit(job, defaults, false);
  if (field == "numnodes") return std::to_string(nodes(job));
  if (field == "numcpus") return std::to_string(cpus(job));
  if (field == "numtasks") return std::to_string(tasks(job));
  if (field == "mincpus" || field == "cpus-per-task") return std::to_string(number(job, "cpus-per-task", 1));
  if (field == "minmemory") return memory(job);
  if (field == "contiguous") return has(job, "contiguous") ? "1" : "0";
  if (field == "requeue") return has(job, "no-requeue") ? "0" : "1";
  if (field == "tres-per-node" || field == "gres") return has(job, "gres") ? "gres:" + option(job, "gres", "") : "N/A";
  if (field == "oversubscribe") return has(job, "exclusive") ? "NO" : has(job, "oversubscribe") ? "YES" : "OK";
  if (field == "corespec") return option(job, "core-spec", "N/A");
  return std::nullopt;
}

}  // namespace

std::optional<std::string> queue_value(const RecordedJob& job, std::string_view field, const Defaults& defaults) {
  const bool is_pending = job.state == RecordedState::pending;
  if (field == "state") return is_pending ? "PENDING" : "CANCELLED";
  if (field == "statecompact") return is_pending ? "PD" : "CA";
  if (field == "reason") return reason(job);
  if (field == "reasonlist") return is_pending ? "(" + reason(job) + ")" : "";
  if (field == "submittime" || field == "eligibletime" || field == "accruetime") return job.submitted;
  if (field == "starttime") return is_pending ? "N/A" : job.submitted;
  if (field == "dependency") return dependency(job, defaults);
  if (auto value = identity_value(job, field, defaults)) return value;
  if (auto value = resource_value(job, field, defaults)) return value;
  for (const auto& plain : plain_queue_values) {
    if (plain.field == field) return plain.value;
  }
  for (const auto& given : given_queue_values) {
    if (given.field == field) return option(job, given.option, given.otherwise);
  }
  return std::nullopt;
}

std::optional<std::string> account_value(const RecordedJob& job, std::string_view field, const Defaults& defaults) {
  const bool is_pending = job.state == RecordedState::pending;
  if (field == "jobid") return recorded_name(job);
  if (field == "jobidraw") return std::to_string(job.id);
  if (field == "jobname") return job.job->name;
  if (field == "state") return is_pending ? "PENDING" : "CANCELLED by " + defaults.user_id;
  if (field == "exitcode" || field == "derivedexitcode") return "0:0";
  if (field == "user") return defaults.user;
  if (field == "uid") return defaults.user_id;
  if (field == "group") return defaults.group;
  if (field == "gid") return defaults.group_id;
  if (field == "account") return option(job, "account", defaults.account == null_text ? "" : defaults.account);
  if (field == "qos") return option(job, "qos", defaults.qos == null_text ? "" : defaults.qos);
  if (field == "cluster") return known(defaults.cluster);
  if (field == "partition") return known(partition(job, defaults));
  if (field == "submit" || field == "eligible") return job.submitted;
  if (field == "start") return is_pending ? "Unknown" : "None";
  if (field == "end") return is_pending ? "Unknown" : job.submitted;
  if (field == "elapsed" || field == "suspended" || field == "totalcpu" || field == "usercpu" || field == "systemcpu" ||
      field == "cputime" || field == "resvcpu" || field == "reserved" || field == "planned" || field == "plannedcpu")
    return "00:00:00";
  if (field == "elapsedraw" || field == "cputimeraw" || field == "allocnodes" || field == "priority" ||
      field == "plannedcpuraw" || field == "resvcpuraw" || field == "restarts")
    return "0";
  if (field == "nodelist") return "None assigned";
  if (field == "nnodes" || field == "reqnodes") return std::to_string(nodes(job));
  if (field == "alloccpus" || field == "ncpus" || field == "reqcpus") return std::to_string(cpus(job));
  if (field == "timelimit") return time_limit(job, defaults, true);
  if (field == "workdir") return job.job->work_directory;
  if (field == "submitline") return util::join(job.call->argv, " ");
  if (field == "reason") return reason(job);
  if (field == "comment") return option(job, "comment", "");
  if (field == "constraints") return option(job, "constraint", "");
  if (field == "reservation") return option(job, "reservation", "");
  if (field == "wckey") return option(job, "wckey", "");
  // What only a step has.
  if (field.starts_with("max") || field.starts_with("ave") || field.starts_with("min") || field.starts_with("tresusage") ||
      field.starts_with("consumed") || field == "ntasks" || field == "layout" || field == "alloctres" ||
      field == "admincomment" || field == "systemcomment")
    return "";
  return std::nullopt;
}

namespace {

std::string show_name(const RecordedJob& job) {
  const auto id = std::to_string(job.id);
  std::string text = "JobId=" + id;
  if (job.job->ids) text += " ArrayJobId=" + id + " ArrayTaskId=" + task_text(job);
  if (job.job->ids && job.job->ids->throttle() > 0) text += " ArrayTaskThrottle=" + std::to_string(job.job->ids->throttle());
  return text + " JobName=" + job.job->name;
}

}  // namespace

std::vector<std::string> show_lines(const RecordedJob& job, const Defaults& defaults) {
  const bool is_pending = job.state == RecordedState::pending;
  const auto given = [&](std::string_view name, const char* otherwise) { return option(job, name, otherwise); };
  const auto limit = time_limit(job, defaults, true).value_or("UNLIMITED");
  const auto share = queue_value(job, "oversubscribe", defaults).value_or("OK");
  const auto end = is_pending ? std::string("Unknown") : job.submitted;
  const auto count = nodes(job);
  std::vector<std::string> lines = {
      show_name(job),
      "UserId=" + defaults.user + "(" + defaults.user_id + ") GroupId=" + defaults.group + "(" + defaults.group_id +
          ") MCS_label=N/A",
      "Priority=0 Nice=" + given("nice", "0") + " Account=" + given("account", defaults.account.c_str()) +
          " QOS=" + given("qos", defaults.qos.c_str()),
      std::string("JobState=") + (is_pending ? "PENDING" : "CANCELLED") + " Reason=" + reason(job) +
          " Dependency=" + dependency(job, defaults),
      std::string("Requeue=") + (has(job, "no-requeue") ? "0" : "1") +
          " Restarts=0 BatchFlag=1 Reboot=" + (has(job, "reboot") ? "1" : "0") + " ExitCode=0:0",
      "RunTime=00:00:00 TimeLimit=" + limit + " TimeMin=N/A",
      "SubmitTime=" + job.submitted + " EligibleTime=" + (has(job, "hold") ? "Unknown" : job.submitted),
      "AccrueTime=Unknown",
      "StartTime=" + end + " EndTime=" + end + " Deadline=" + given("deadline", "N/A"),
      "SuspendTime=None SecsPreSuspend=0 LastSchedEval=Unknown",
      "Partition=" + partition(job, defaults) + " AllocNode:Sid=" + defaults.host + ":0",
      "ReqNodeList=" + given("nodelist", null_text) + " ExcNodeList=" + given("exclude", null_text),
      "NodeList=",
      "NumNodes=" + std::to_string(count) + (is_pending ? max_nodes(job) : "") + " NumCPUs=" + std::to_string(cpus(job)) +
          " NumTasks=" + std::to_string(tasks(job)) + " CPUs/Task=" + std::to_string(number(job, "cpus-per-task", 1)) +
          " ReqB:S:C:T=0:0:*:*",
      "Socks/Node=* NtasksPerN:B:S:C=" + std::to_string(number(job, "ntasks-per-node", 0)) + ":0:*:* CoreSpec=*",
      "MinCPUsNode=" + std::to_string(number(job, "cpus-per-task", 1)) + " MinMemoryNode=" + memory(job) +
          " MinTmpDiskNode=" + given("tmp", "0"),
      "Features=" + given("constraint", null_text) + " DelayBoot=00:00:00",
      "OverSubscribe=" + share + " Contiguous=" + (has(job, "contiguous") ? "1" : "0") +
          " Licenses=" + given("licenses", null_text) + " Network=" + given("network", null_text),
      "Command=" + command(job, defaults),
      "WorkDir=" + job.job->work_directory,
  };
  if (has(job, "comment")) lines.push_back("Comment=" + given("comment", "") + " ");
  lines.push_back("StdErr=" + file(job, job.job->error ? job.job->error : job.job->output, defaults));
  lines.push_back("StdIn=" + (job.job->input ? file(job, job.job->input, defaults) : std::string("/dev/null")));
  lines.push_back("StdOut=" + file(job, job.job->output, defaults));
  lines.emplace_back("Power=");
  return lines;
}

}  // namespace sarray::answer
