#include "script/record.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <set>

namespace sarray::script {

namespace {

bool starts_with(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

/// Variables that bash reads when it starts, or writes as it runs (observed with bash 5.2 -p): the dispatcher's own bash must
/// not meet them, so that they are set last, by `export`.
bool must_be_set_last(std::string_view name) {
  static constexpr std::array<std::string_view, 22> names = {
      "BASH_COMPAT", "BASH_ENV",   "BASH_XTRACEFD", "CHILD_MAX", "COLUMNS",    "ENV",  "EXECIGNORE", "FIGNORE",
      "FUNCNEST",    "GLOBIGNORE", "GLOBSORT",      "IFS",       "IGNOREEOF",  "LANG", "LANGUAGE",   "LINES",
      "OLDPWD",      "PS1",        "PS2",           "PWD",       "TIMEFORMAT", "TMOUT"};
  static_assert(std::is_sorted(names.begin(), names.end()));
  return starts_with(name, "LC_") || std::binary_search(names.begin(), names.end(), name);
}

/// Variables that bash cannot set to any value, or changes at its will: only `env` can.
bool needs_env_command(std::string_view name) {
  static constexpr std::array<std::string_view, 38> names = {"BASH",
                                                             "BASHOPTS",
                                                             "BASHPID",
                                                             "BASH_ALIASES",
                                                             "BASH_ARGC",
                                                             "BASH_ARGV",
                                                             "BASH_ARGV0",
                                                             "BASH_CMDS",
                                                             "BASH_COMMAND",
                                                             "BASH_LINENO",
                                                             "BASH_MONOSECONDS",
                                                             "BASH_REMATCH",
                                                             "BASH_SOURCE",
                                                             "BASH_SUBSHELL",
                                                             "BASH_VERSINFO",
                                                             "BASH_VERSION",
                                                             "COMP_WORDBREAKS",
                                                             "DIRSTACK",
                                                             "EPOCHREALTIME",
                                                             "EPOCHSECONDS",
                                                             "EUID",
                                                             "FUNCNAME",
                                                             "GROUPS",
                                                             "HISTCMD",
                                                             "LINENO",
                                                             "OPTARG",
                                                             "OPTERR",
                                                             "OPTIND",
                                                             "PIPESTATUS",
                                                             "POSIXLY_CORRECT",
                                                             "POSIX_PEDANTIC",
                                                             "PPID",
                                                             "PS4",
                                                             "RANDOM",
                                                             "SECONDS",
                                                             "SHELLOPTS",
                                                             "SRANDOM",
                                                             "UID"};
  static_assert(std::is_sorted(names.begin(), names.end()));
  if (std::binary_search(names.begin(), names.end(), name)) return true;
  const bool is_identifier =
      !name.empty() && (std::isalpha(static_cast<unsigned char>(name[0])) != 0 || name[0] == '_') &&
      std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
  return !is_identifier;
}

/// Whether bash counts the level up and, at its exec, down again to the same text, without a message.
bool is_plain_level(std::string_view level) {
  const bool digits = !level.empty() && level.size() <= 3 && level.find_first_not_of("0123456789") == std::string_view::npos;
  return digits && (level == "0" || level[0] != '0') && level != "999";
}

/// Variables that are never in the environment that sbatch is run with: records set them.
bool is_kept_from_sbatch(std::string_view name, std::string_view value) {
  if (name == "SHLVL") return !is_plain_level(value);
  return name == "_" || name == "TMPDIR" || must_be_set_last(name) || needs_env_command(name) || starts_with(name, "SBATCH_") ||
         starts_with(name, "SLURM_ARRAY_") || name == "SLURM_CLUSTERS" || name == "SLURM_HINT" || name == "SLURM_UMASK" ||
         name == "SLURM_EXIT_ERROR" || name == "SLURM_HOSTFILE";
}

const slurm::Call& call_of(const plan::Plan& plan, const plan::Placement& placement) { return *plan.jobs[placement.job].call; }

/// With the login environment below it a variable can be set for one task, but not taken away: so what not all jobs have is
/// left out, and set by the records of those that have it.
void keep_common_names(util::Environment& environment, const plan::Plan& plan, const plan::MergedArray& array,
                       const plan::PlanOptions& options) {
  std::set<std::string> left_out;
  for (const auto& placement : array.placements) {
    const auto& planned = plan.jobs[placement.job];
    const auto sent = slurm::sent_environment(*planned.call, planned.job, options.release);
    environment.visit([&](std::string_view name, std::string_view) {
      if (!sent.variables.get(name)) left_out.emplace(name);
    });
  }
  for (const auto& name : left_out) environment.unset(name);
}

/// Returns a variable's value if every call has it with the same value.
std::optional<std::string> common_value(std::string_view name, const plan::Plan& plan, const plan::MergedArray& array,
                                        const plan::PlanOptions& options) {
  std::optional<std::string> common;
  for (const auto& placement : array.placements) {
    const auto& planned = plan.jobs[placement.job];
    const auto sent = slurm::sent_environment(*planned.call, planned.job, options.release).variables;
    const auto value = sent.get(name);
    if (!value || (common && *common != *value)) return std::nullopt;
    common = *value;
  }
  return common;
}

}  // namespace

Baseline find_baseline(const plan::Plan& plan, const plan::MergedArray& array, const ArrayStreams& streams,
                       const plan::PlanOptions& options) {
  const auto& first = plan.jobs[array.placements.front().job];
  Baseline baseline;
  baseline.submitted = slurm::sent_environment(*first.call, first.job, options.release).variables;
  std::vector<std::string> kept_back;
  baseline.submitted.visit([&](std::string_view name, std::string_view value) {
    if (is_kept_from_sbatch(name, value)) kept_back.emplace_back(name);
  });
  for (const auto& name : kept_back) baseline.submitted.unset(name);
  // Slurm makes it if it is missing; a task's own is set by its record if they differ.
  if (const auto temporary = common_value("TMPDIR", plan, array, options)) baseline.submitted.set("TMPDIR", *temporary);
  if (array.login) keep_common_names(baseline.submitted, plan, array, options);
  // sbatch itself must find its cluster, also if --export-file leaves nothing of the caller's environment. The node sets it
  // again.
  if (const auto configuration = first.call->environment.get("SLURM_CONF")) baseline.submitted.set("SLURM_CONF", *configuration);

  baseline.given = baseline.submitted;
  baseline.given.set("SLURM_JOB_NAME", array.name);
  // sbatch sets these from its own directory and host: every record says its own.
  baseline.given.unset("SLURM_SUBMIT_DIR");
  baseline.given.unset("SLURM_SUBMIT_HOST");
  baseline.given.unset("SLURM_OPEN_MODE");
  if (streams.open_mode != slurm::OpenMode::site_default) {
    baseline.given.set("SLURM_OPEN_MODE", streams.open_mode == slurm::OpenMode::append ? "a" : "t");
  }
  if (array.login) baseline.given.set("SLURM_EXPORT_ENV", "the array's own");

  const auto same_directory = [&](const auto& p) { return plan.jobs[p.job].job.work_directory == first.job.work_directory; };
  const bool same = std::all_of(array.placements.begin(), array.placements.end(), same_directory);
  baseline.directory = same ? first.job.work_directory : "/";
  baseline.umask = first.call->umask;
  baseline.limits = first.call->limits;
  return baseline;
}

namespace {

void add_variable(JobRecord& record, std::string_view name, std::string_view value) {
  const auto kind = needs_env_command(name) ? VariableKind::env : must_be_set_last(name) ? VariableKind::late : VariableKind::set;
  record.variables.push_back({kind, std::string(name), std::string(value)});
}

void add_no_variable(JobRecord& record, std::string_view name) {
  record.variables.push_back({needs_env_command(name) ? VariableKind::drop : VariableKind::unset, std::string(name), ""});
}

void add_ids(JobRecord& record, const slurm::Job& job) {
  if (!job.ids) return;
  record.ids = job.ids;
  record.array = ArrayFacts{job.ids->count(), job.ids->min(), job.ids->max(), job.ids->step()};
}

/// bash's `ulimit` letters and units, in the order of slurm::limit_names.
struct LimitUnit {
  char letter;
  std::uint64_t bytes;
};
constexpr std::array<LimitUnit, 10> limit_units = {
    {{'t', 1}, {'f', 1024}, {'d', 1024}, {'s', 1024}, {'c', 1024}, {'m', 1024}, {'u', 1}, {'n', 1}, {'l', 1024}, {'v', 1024}}};

void add_limits(JobRecord& record, const slurm::SoftLimits& own, const slurm::SoftLimits& base) {
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (own[i] == base[i]) continue;
    const auto& unit = limit_units[i];
    const auto value = own[i] == slurm::unlimited ? std::string("unlimited") : std::to_string(own[i] / unit.bytes);
    record.limits.push_back(std::string(1, unit.letter) + " " + value);
  }
}

/// Adds the variables that differ between what the task is given and what its own job would have been given.
void add_environment(JobRecord& record, const plan::PlannedJob& planned, const util::Environment& sent,
                     const Baseline& baseline) {
  const auto& given = baseline.given;
  const auto compare = [&](std::string_view name) {
    if (name == "_" || name == "SHLVL" || name == "PWD") return;
    const bool inherited_array = !planned.job.ids && starts_with(name, "SLURM_ARRAY_");
    if (slurm::is_set_by_slurm(name, planned.job) && !inherited_array) return;
    const auto own = sent.get(name);
    if (own == given.get(name)) return;
    if (own) {
      add_variable(record, name, *own);
    } else {
      add_no_variable(record, name);
    }
  };
  if (sent.base() == given.base()) {  // the usual case, and the fast one: only changes can differ
    auto a = sent.changes().begin();
    auto b = given.changes().begin();
    while (a != sent.changes().end() || b != given.changes().end()) {
      const bool take_a = b == given.changes().end() || (a != sent.changes().end() && a->first <= b->first);
      const auto& name = take_a ? a->first : b->first;
      compare(name);
      if (take_a && b != given.changes().end() && b->first == name) ++b;
      if (take_a) {
        ++a;
      } else {
        ++b;
      }
    }
  } else {
    sent.visit([&](std::string_view name, std::string_view) { compare(name); });
    given.visit([&](std::string_view name, std::string_view) {
      if (!sent.get(name)) compare(name);
    });
  }
}

/// Adds what bash itself keeps changing: its level, its directory, its last word.
void add_shell_variables(JobRecord& record, const slurm::SentEnvironment& environment, const Baseline& baseline,
                         const plan::PlanOptions& options) {
  const auto& sent = environment.variables;
  const auto level = sent.get("SHLVL");
  if (!level && !environment.login) {
    record.variables.push_back({VariableKind::drop, "SHLVL", ""});
  } else if (level && level != baseline.given.get("SHLVL")) {
    record.variables.push_back({VariableKind::env, "SHLVL", std::string(*level)});
  }
  if (const auto directory = sent.get("PWD")) {
    record.variables.push_back({VariableKind::late, "PWD", std::string(*directory)});
  } else if (!environment.login) {
    record.variables.push_back({VariableKind::drop, "PWD", ""});
  }
  if (const auto last = sent.get("_")) {
    const bool ours = !options.real_sbatch.empty() && last->ends_with("/sbatch");
    record.last_word = ours ? options.real_sbatch : std::string(*last);
  }
}

void add_files(JobRecord& record, const plan::PlannedJob& planned, const ArrayStreams& streams,
               const plan::PlanOptions& options) {
  record.output = record.error = record.input = record.map_output = record.map_error = record.map_input = std::nullopt;
  record.hidden = std::nullopt;
  record.unnamed = false;
  for (const auto& stream : streams.streams) {
    const bool hidden = is_hidden(planned, stream.stream, stream, options);
    if (stream.pattern == stream.script_pattern && !stream.opened_by_hand && !hidden) continue;  // the array's option says it
    const auto name = static_cast<std::size_t>(stream.stream);
    const auto own = std::array{&JobRecord::output, &JobRecord::error, &JobRecord::input}.at(name);
    const auto mapped = std::array{&JobRecord::map_output, &JobRecord::map_error, &JobRecord::map_input}.at(name);
    auto late = late_pattern(planned, stream.stream, options);
    // A name that was filled in may hold a backslash, which would mean something else in a pattern.
    const bool says_all = late.find('\\') == std::string::npos;
    const bool is_needed = stream.opened_by_hand || hidden;
    if (!says_all || !is_needed) record.*mapped = says_all ? late : file_pattern(planned, stream.stream, options.names);
    if (is_needed) record.*own = std::move(late);
    if (hidden) record.hidden = (record.hidden ? *record.hidden + " " : "") + stream_name(stream.stream);
    record.unnamed = record.unnamed || (!planned.job.ids && !planned.job.output);
  }
}

/// Adds what the dispatcher does not need, but `sarray status` and its kind do (map.hpp).
void add_map(JobRecord& record, const plan::PlannedJob& planned, const plan::MergedArray& array) {
  const auto* named = record.variable("SLURM_JOB_NAME");
  const auto& name = named != nullptr && named->kind == VariableKind::set ? named->value : array.name;
  if (planned.job.name != name) record.name = planned.job.name;
  // Numbers and virtual ids mostly grow together: what all jobs of a page share is stored once.
  record.number_base = planned.id - planned.number;
  const auto source = planned.call->source;
  record.path = source == slurm::ScriptSource::wrap   ? "--wrap"
                : source == slurm::ScriptSource::file ? planned.call->script_path
                                                      : "-";
}

}  // namespace

JobRecord make_record(const plan::Plan& plan, const plan::MergedArray& array, const plan::Placement& placement,
                      const Baseline& baseline, const ArrayStreams& streams, const plan::PlanOptions& options) {
  const auto& planned = plan.jobs[placement.job];
  const auto& call = call_of(plan, placement);
  JobRecord record;
  record.first_index = placement.first_index;
  record.tasks = planned.tasks();
  record.id = planned.id;
  add_ids(record, planned.job);
  record.arguments = planned.job.arguments;
  if (planned.job.work_directory != baseline.directory) record.directory = planned.job.work_directory;
  if (call.umask != baseline.umask) record.umask = call.umask;
  record.translate = planned.translate;
  if (!array.node_limits) add_limits(record, call.limits, baseline.limits);
  add_files(record, planned, streams, options);
  record.append = appends(planned.job, options);
  record.truncate = !record.append && streams.mixed_open_modes;
  const auto sent = slurm::sent_environment(call, planned.job, options.release);
  add_environment(record, planned, sent.variables, baseline);
  add_shell_variables(record, sent, baseline, options);
  add_map(record, planned, array);
  return record;
}

void replace_files(JobRecord& record, const plan::PlannedJob& planned, const ArrayStreams& streams,
                   const plan::PlanOptions& options) {
  add_files(record, planned, streams, options);
}

}  // namespace sarray::script
