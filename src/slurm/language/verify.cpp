// sbatch's last check of all options together, before it contacts Slurm (opt.c:_opt_verify; slurm_opt.c:_validate_*).
#include <algorithm>
#include <initializer_list>

#include "slurm/language/intake.hpp"
#include "slurm/language/settings.hpp"
#include "slurm/language/text.hpp"
#include "slurm/language/validate.hpp"
#include "slurm/language/value.hpp"

namespace sarray::slurm {

namespace {

util::Error fatal(const std::string& text) {
  util::Error error;
  error.body = "sbatch: fatal: " + text + "\n";
  error.status = 1;
  return error;
}

bool is_from(const Settings& settings, std::string_view name, bool environment) {
  const auto* setting = settings.find(name);
  return setting != nullptr && (setting->source.kind == Source::Kind::environment) == environment;
}

/// sbatch says "set by the command line", and the script's lines count as that.
bool is_given(const Settings& settings, std::string_view name) { return is_from(settings, name, false); }
bool is_from_environment(const Settings& settings, std::string_view name) { return is_from(settings, name, true); }

long long number_of(const Settings& settings, std::string_view name, long long otherwise) {
  const auto* setting = settings.find(name);
  return setting != nullptr ? static_cast<int>(leading_number(setting->value).value) : otherwise;
}

util::Result<void> verify_tasks_per_gpu(const Settings& settings) {
  const bool per_gpu = settings.find("ntasks-per-gpu") != nullptr;
  const bool per_tres = settings.find("ntasks-per-tres") != nullptr;
  if (!per_gpu && !per_tres) return {};
  const auto gpu = number_of(settings, "ntasks-per-gpu", 0);
  const auto tres = number_of(settings, "ntasks-per-tres", 0);
  if (per_gpu && per_tres && gpu != tres) {
    return util::fail(fatal("Inconsistent values set to --ntasks-per-gpu=" + std::to_string(gpu) +
                            " and --ntasks-per-tres=" + std::to_string(tres) + " "));
  }
  for (const std::string_view name : {"gpus-per-task", "gpus-per-socket", "ntasks-per-node"}) {
    if (settings.find(name) == nullptr) continue;
    auto shown = "--" + std::string(name);
    if (is_from_environment(settings, name)) shown = name == "gpus-per-task" ? "SLURM_GPUS_PER_TASK" : "SLURM_GPUS_PER_SOCKET";
    return util::fail(fatal(shown + " is mutually exclusive with --ntasks-per-gpu and SLURM_NTASKS_PER_GPU"));
  }
  return {};
}

/// --core-spec and --thread-spec share one place: of two sources the later counts.
util::Result<void> verify_specialized(Settings& settings) {
  const auto* cores = settings.find("core-spec");
  const auto* threads = settings.find("thread-spec");
  if (cores == nullptr || threads == nullptr) return {};
  if (is_given(settings, "core-spec") && is_given(settings, "thread-spec")) {
    return util::fail(fatal("-S/--core-spec and --thred-spec options are mutually exclusive"));
  }
  if (is_from_environment(settings, "core-spec") && is_from_environment(settings, "thread-spec")) {
    return util::fail(
        fatal("Both --core-spec and --thread-spec set using environment variables. Those options are mutually exclusive."));
  }
  settings.reset(cores->source.kind > threads->source.kind ? "thread-spec" : "core-spec");
  return {};
}

util::Result<void> verify_memory(Settings& settings) {
  constexpr std::string_view family[] = {"mem", "mem-per-cpu", "mem-per-gpu"};
  const auto count = [&](bool (*is)(const Settings&, std::string_view)) {
    return std::count_if(std::begin(family), std::end(family), [&](std::string_view name) { return is(settings, name); });
  };
  if (count(is_given) > 1) return util::fail(fatal("--mem, --mem-per-cpu, and --mem-per-gpu are mutually exclusive."));
  if (count(is_given) == 1) {
    for (const auto name : family) {
      if (!is_given(settings, name)) settings.reset(name);
    }
  } else if (count(is_from_environment) > 1) {
    return util::fail(fatal("SLURM_MEM_PER_CPU, SLURM_MEM_PER_GPU, and SLURM_MEM_PER_NODE are mutually exclusive."));
  }
  return {};
}

/// --hint excludes -B, --threads-per-core and --ntasks-per-core. Source: slurm_opt.c:validate_hint_option,
/// proc_args.c:verify_hint.
util::Result<void> verify_hint(Settings& settings, const util::Environment& environment) {
  const auto* hint = settings.find("hint");
  if (hint == nullptr) return {};
  const auto any = [&](bool (*is)(const Settings&, std::string_view)) {
    return is(settings, "ntasks-per-core") || is(settings, "threads-per-core") || is(settings, "extra-node-info");
  };
  if (any(is_given) || (!is_given(settings, "hint") && any(is_from_environment))) {
    settings.reset("hint");
    return {};
  }
  std::string text = hint->value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ',' && !(i + 1 < text.size() && is_digit(text[i + 1]))) text[i] = ';';
  }
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(';', begin), text.size());
    const auto word = text.substr(begin, end - begin);
    begin = end + 1;
    const auto known = lower(word);
    if (known == "help") {
      settings.ends_at_once = true;
      return {};
    }
    if (known != "compute_bound" && known != "memory_bound" && known != "multithread" && known != "nomultithread") {
      return util::fail(
          make_fault("unrecognized --hint argument \"" + word + "\", see --hint=help", failure_status(environment)));
    }
  }
  for (const std::string_view part :
       {"sockets-per-node", "cores-per-socket", "threads-per-core", "ntasks-per-core", "extra-node-info"}) {
    if (is_given(settings, "hint")) settings.reset(part);
  }
  return {};
}

struct NodeRange {
  long long least = 1;
  long long max = 0;
  bool set = false;
};

NodeRange read_nodes(const Settings& settings) {
  NodeRange range;
  if (const auto* nodes = settings.find("nodes")) {
    const auto take = [](std::string_view text) {
      const auto number = leading_number(text);
      if (number.end == 0) return -1LL;
      const char unit = number.end < text.size() ? to_lower(text[number.end]) : ' ';
      return static_cast<long long>(static_cast<int>(number.value * (unit == 'k' ? 1024 : unit == 'm' ? 1048576 : 1)));
    };
    const auto dash = nodes->value.find('-');
    range.least = std::max(take(std::string_view(nodes->value).substr(0, dash)), dash == std::string::npos ? 0LL : -1LL);
    if (range.least < 0) range.least = 1;
    range.max = dash == std::string::npos ? range.least : take(std::string_view(nodes->value).substr(dash + 1));
    range.set = true;
  }
  if (const auto* list = settings.find("nodelist"); list != nullptr && list->value.find('/') == std::string::npos) {
    const auto hosts = normalize_value(*list->option, list->value);
    const long long count = hosts.empty() ? 0 : std::count(hosts.begin(), hosts.end(), ',') + 1;
    range.least = range.set ? std::max(count, range.least) : count;
    range.set = true;
  }
  return range;
}

/// Checks that the counts fit together. Source: opt.c:_opt_verify.
util::Result<void> verify_counts(const Settings& settings, std::string& lines, int status) {
  const auto nodes = read_nodes(settings);
  auto tasks = number_of(settings, "ntasks", 1);
  const auto per_node = number_of(settings, "ntasks-per-node", -2);
  if (per_node > 0 && settings.find("ntasks") == nullptr && (nodes.max == 0 || nodes.least == nodes.max))
    tasks = nodes.least * per_node;
  if (tasks < 0) lines += "\ninvalid number of tasks (-n " + std::to_string(tasks) + ")";
  if (const auto cpus = number_of(settings, "cpus-per-task", 1); cpus <= 0) {
    lines += "\ninvalid number of cpus per task (-c " + std::to_string(cpus) + ")";
  }
  if (nodes.least < 0 || nodes.max < 0 || (nodes.max != 0 && nodes.least > nodes.max)) {
    lines += "\ninvalid number of nodes (-N " + std::to_string(nodes.least) + "-" + std::to_string(nodes.max) + ")";
  }
  const auto* distribution = settings.find("distribution");
  if (distribution == nullptr || !starts_ignoring_case(distribution->value, "plane=")) return {};
  const auto plane = leading_number(std::string_view(distribution->value).substr(6)).value;
  const bool few = nodes.least <= 0 || tasks / plane < nodes.least;
  if (!few || (nodes.least - 1) * plane < tasks) return {};
  lines += "\nToo few processes for the requested {plane,node} distribution";
  return util::fail(make_fault(std::string_view(lines).substr(1), status));
}

}  // namespace

util::Result<void> verify_together(Settings& settings, const util::Environment& environment, int quiet, int verbose) {
  const int status = failure_status(environment);
  if (const auto* distribution = settings.find("distribution")) {
    if (auto fault = find_plane_fault(distribution->value, environment)) return util::fail(std::move(*fault));
  }
  CHECK_OK(verify_tasks_per_gpu(settings));
  CHECK_OK(verify_specialized(settings));
  CHECK_OK(verify_memory(settings));
  std::string lines;  // what sbatch complains of without stopping
  if (quiet > 0 && verbose > 0) lines += "\ndon't specify both --verbose (-v) and --quiet (-Q)";
  if (auto verified = verify_hint(settings, environment); !verified) {
    auto error = verified.error();
    if (!lines.empty()) error.body = make_fault(std::string_view(lines).substr(1), status).body + error.body;
    return util::fail(std::move(error));
  }
  CHECK_OK(verify_counts(settings, lines, status));
  if (lines.empty()) return {};
  return util::fail(make_fault(std::string_view(lines).substr(1), status));
}

}  // namespace sarray::slurm
