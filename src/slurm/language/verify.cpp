// sbatch's last check of all options together, before it contacts Slurm (opt.c:_opt_verify; slurm_opt.c:_validate_*).
#include <algorithm>
#include <initializer_list>
#include <utility>

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

/// A list of resources as Slurm writes it: gres:gpu:1 is gres/gpu:1. Source: slurm_protocol_defs.c:slurm_format_tres_string.
std::string as_tres(std::string_view list) {
  std::string result;
  for (auto part : split_tokens(list, ',')) {
    for (const std::string_view kind : {"license:", "gres:"}) {
      if (part.starts_with(kind)) part[kind.size() - 1] = '/';
    }
    result += (result.empty() ? "" : ",") + part;
  }
  return result;
}

/// From 26.05: GPUs of a node are asked for in one way. Source: slurm_opt.c:_validate_gres_vs_gpus_per_node.
util::Result<void> verify_gpus_per_node(const Settings& settings) {
  const auto* gres = settings.find("gres");
  if (settings.release() < Release{26, 5} || gres == nullptr || settings.find("gpus-per-node") == nullptr) return {};
  const auto parts = split_tokens(gres->value, ',');
  const bool has_gpu = std::any_of(parts.begin(), parts.end(),
                                   [](std::string_view part) { return part.starts_with("gpu") || part.starts_with("gres/gpu"); });
  if (!has_gpu) return {};
  return util::fail(fatal("--gpus-per-node and --gres=gpu are mutually exclusive."));
}

util::Result<void> verify_tasks_per_gpu(const Settings& settings) {
  const bool per_gpu = settings.find("ntasks-per-gpu") != nullptr;
  const bool per_tres = settings.find("ntasks-per-tres") != nullptr;
  if (!per_gpu && !per_tres) return {};
  if (per_gpu && per_tres && settings.release() < Release{21, 8}) {
    std::string first = is_given(settings, "ntasks-per-gpu") ? "--ntasks-per-gpu" : "SLURM_NTASKS_PER_GPU";
    std::string second = is_given(settings, "ntasks-per-tres") ? "--ntasks-per-tres" : "SLURM_NTASKS_PER_TRES";
    if (second.starts_with("--") && !first.starts_with("--")) std::swap(first, second);  // what was given comes first
    return util::fail(fatal(first + " and " + second + " are mutually exclusive"));
  }
  const auto gpu = number_of(settings, "ntasks-per-gpu", 0);
  const auto tres = number_of(settings, "ntasks-per-tres", 0);
  if (per_gpu && per_tres && gpu != tres) {
    return util::fail(fatal("Inconsistent values set to --ntasks-per-gpu=" + std::to_string(gpu) +
                            " and --ntasks-per-tres=" + std::to_string(tres) + " "));
  }
  constexpr std::string_view excluding = " is mutually exclusive with --ntasks-per-gpu and SLURM_NTASKS_PER_GPU";
  const auto* per_task = settings.find("tres-per-task");
  if (per_task != nullptr && is_given(settings, "tres-per-task")) {
    return util::fail(fatal("--tres-per-task" + std::string(excluding)));
  }
  // From 25.05 the variable may hold other resources.
  if (per_task != nullptr && (settings.release() < Release{25, 5} || contains(as_tres(per_task->value), "gres/gpu"))) {
    return util::fail(fatal("SLURM_TRES_PER_TASK" + std::string(excluding)));
  }
  for (const std::string_view name : {"gpus-per-task", "gpus-per-socket", "ntasks-per-node"}) {
    if (settings.find(name) == nullptr) continue;
    auto shown = "--" + std::string(name);
    if (is_from_environment(settings, name)) shown = name == "gpus-per-task" ? "SLURM_GPUS_PER_TASK" : "SLURM_GPUS_PER_SOCKET";
    return util::fail(fatal(shown + std::string(excluding)));
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

/// From 23.02. Source: slurm_opt.c:_validate_tres_per_task, from 24.05 _set_tres_per_task_from_sibling_opt.
util::Result<void> verify_tres_per_task(const Settings& settings) {
  const auto* setting = settings.find("tres-per-task");
  if (setting == nullptr || settings.release() < Release{23, 11}) return {};
  const auto list = "," + lower(as_tres(setting->value));
  for (const std::string_view word : {"mem", "energy", "node", "billing", "fs", "vmem", "pages", "bb"}) {
    if (contains(list, "," + std::string(word))) {
      return util::fail(fatal("Invalid TRES for --tres-per-task: " + std::string(word)));
    }
  }
  if (settings.release() < Release{24, 5}) return {};
  const auto verify_sibling = [&](std::string_view resource, std::string_view sibling) -> util::Result<void> {
    const auto at = list.find(resource);
    if (at == std::string::npos) return {};
    const std::string shown = "--tres-per-task=" + std::string(resource) + "=";
    if (is_given(settings, sibling) && is_given(settings, "tres-per-task")) {
      return util::fail(fatal("You can not have " + shown + " and --" + std::string(sibling) + " please use one or the other"));
    }
    if (is_given(settings, sibling)) return {};
    const auto rest = std::string_view(list).substr(std::min(at + resource.size() + 1, list.size()));
    const auto count = static_cast<int>(leading_number(rest).value);
    return count > 0 ? util::Result<void>() : util::fail(fatal("Invalid " + shown + std::to_string(count)));
  };
  if (settings.find("gpus-per-task") != nullptr) CHECK_OK(verify_sibling("gres/gpu", "gpus-per-task"));
  return verify_sibling("cpu", "cpus-per-task");
}

/// From 23.11. Source: slurm_opt.c:_validate_cpus_per_tres.
util::Result<void> verify_cpus_per_gpu(Settings& settings) {
  if (settings.release() < Release{23, 11} || settings.find("cpus-per-gpu") == nullptr) return {};
  const auto* per_task = settings.find("tres-per-task");
  const bool counts = per_task != nullptr && contains(lower(per_task->value), "cpu");
  const bool given = is_given(settings, "cpus-per-task") || (counts && is_given(settings, "tres-per-task"));
  const bool by_environment = counts && is_from_environment(settings, "tres-per-task");
  if ((given && is_given(settings, "cpus-per-gpu")) || (by_environment && is_from_environment(settings, "cpus-per-gpu"))) {
    return util::fail(fatal("--cpus-per-task, --tres-per-task=cpu:#, and --cpus-per-gpu are mutually exclusive"));
  }
  if (given) settings.reset("cpus-per-gpu");
  return {};
}

/// From 23.11. Source: slurm_opt.c:_validate_arbitrary, which ends sbatch itself.
util::Result<void> verify_arbitrary(const Settings& settings) {
  const auto* distribution = settings.find("distribution");
  if (settings.release() < Release{23, 11} || distribution == nullptr || settings.find("nodes") == nullptr) return {};
  const auto base = distribution->value.substr(0, distribution->value.find_first_of(",:"));
  if (!equals_ignoring_case(base, "arbitrary") && !equals_ignoring_case(base, "hostfile")) return {};
  return util::fail(make_fault("--nodes is incompatible with --distribution=arbitrary", 1));
}

/// Checks --hint. It is dropped beside -B, --threads-per-core and --ntasks-per-core. Source: slurm_opt.c:validate_hint_option,
/// proc_args.c:verify_hint.
util::Result<void> verify_hint(Settings& settings, const util::Environment& environment) {
  const auto* hint = settings.find("hint");
  if (hint == nullptr) return {};
  const auto any = [&](bool (*is)(const Settings&, std::string_view)) {
    return is(settings, "ntasks-per-core") || is(settings, "threads-per-core") || is(settings, "extra-node-info");
  };
  const bool has_parts =
      settings.release() >= Release{25, 11} && (is_given(settings, "cores-per-socket") || is_given(settings, "sockets-per-node"));
  if (any(is_given) || has_parts || (!is_given(settings, "hint") && any(is_from_environment))) {
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
  const auto* nodes = settings.find("nodes");
  if (nodes != nullptr && is_size_list(nodes->value, settings.release())) {
    const auto sizes = read_size_list(nodes->value).value_or(NodeSizes{});
    return {sizes.least, sizes.max, true};
  }
  if (nodes != nullptr) {
    const auto take = [](std::string_view text) {
      const auto number = leading_number(text);
      if (number.end == 0) return -1LL;
      const char unit = number.end < text.size() ? to_lower(text[number.end]) : ' ';
      return static_cast<long long>(static_cast<int>(multiply(number.value, unit == 'k' ? 1024 : unit == 'm' ? 1048576 : 1)));
    };
    const auto dash = nodes->value.find('-');
    range.least = std::max(take(std::string_view(nodes->value).substr(0, dash)), dash == std::string::npos ? 0LL : -1LL);
    if (range.least < 0) range.least = 1;
    range.max = dash == std::string::npos ? range.least : take(std::string_view(nodes->value).substr(dash + 1));
    range.set = true;
  }
  const bool counts_hosts = !range.set || settings.release() < Release{23, 2};
  if (const auto* list = settings.find("nodelist");
      counts_hosts && list != nullptr && list->value.find('/') == std::string::npos) {
    const auto hosts = normalize_value(*list->option, list->value);
    const long long count = hosts.empty() ? 0 : std::count(hosts.begin(), hosts.end(), ',') + 1;
    range.least = range.set ? std::max(count, range.least) : count;
    range.set = true;
  }
  return range;
}

/// From 23.02 a core has a thread for each of its tasks. @return a line of sbatch's, or nothing. Source: opt.c:_opt_verify.
std::string compare_threads(const Settings& settings) {
  const auto tasks = number_of(settings, "ntasks-per-core", -2);
  auto threads = number_of(settings, "threads-per-core", -2);
  if (const auto* info = settings.find("extra-node-info"); threads == -2 && info != nullptr) {
    const auto& parts = info->value;
    const auto first = parts.find(':');
    const auto second = first == std::string::npos ? first : parts.find(':', first + 1);
    const auto number =
        second == std::string::npos ? LeadingNumber() : leading_number(std::string_view(parts).substr(second + 1));
    if (number.end != 0) threads = number.value;
  }
  if (settings.release() < Release{23, 2} || tasks == -2 || threads == -2 || threads >= tasks) return "";
  return "\n--ntasks-per-core (" + std::to_string(tasks) + ") can not be bigger than --threads-per-core (" +
         std::to_string(threads) + ")";
}

/// From 26.05 segments are all of one size. Source: slurm_opt.c:_validate_segment_size.
util::Result<void> verify_segment(const Settings& settings) {
  const auto size = number_of(settings, "segment", 0);
  const auto* given = settings.find("nodes");
  if (settings.release() < Release{26, 5} || size == 0 || given == nullptr) return {};
  NodeRange nodes = read_nodes(settings);
  const bool by_max = is_size_list(given->value, settings.release()) && nodes.max != 0;
  const auto count = by_max ? nodes.max : nodes.least;
  if (count <= size || count % size == 0) return {};
  return util::fail(fatal("--segment=" + std::to_string(size) + " does not fit the job size (" + std::to_string(count) +
                          "): node count must be evenly divisible by segment size"));
}

/// The counts against each other. Source: opt.c:_opt_verify.
util::Result<void> verify_counts(const Settings& settings, std::string& lines, int status) {
  const auto nodes = read_nodes(settings);
  auto tasks = number_of(settings, "ntasks", 1);
  const auto per_node = number_of(settings, "ntasks-per-node", -2);
  if (settings.release() < Release{23, 2} && per_node > 0 && settings.find("ntasks") == nullptr &&
      (nodes.max == 0 || nodes.least == nodes.max)) {
    tasks = nodes.least * per_node;
  }
  if (tasks < 0) lines += "\ninvalid number of tasks (-n " + std::to_string(tasks) + ")";
  if (const auto cpus = number_of(settings, "cpus-per-task", 1); cpus <= 0) {
    lines += "\ninvalid number of cpus per task (-c " + std::to_string(cpus) + ")";
  }
  if (nodes.least < 0 || nodes.max < 0 || (nodes.max != 0 && nodes.least > nodes.max)) {
    lines += "\ninvalid number of nodes (-N " + std::to_string(nodes.least) + "-" + std::to_string(nodes.max) + ")";
  }
  const auto* distribution = settings.find("distribution");
  if (distribution == nullptr || !starts_ignoring_case(distribution->value, "plane=")) {
    lines += compare_threads(settings);
    return {};
  }
  const auto plane = leading_number(std::string_view(distribution->value).substr(6)).value;
  const bool few = nodes.least <= 0 || tasks / plane < nodes.least;
  if (!few || (nodes.least - 1) * plane < tasks) {
    lines += compare_threads(settings);
    return {};
  }
  lines += "\nToo few processes for the requested {plane,node} distribution";
  return util::fail(make_fault(std::string_view(lines).substr(1), status));
}

}  // namespace

util::Result<void> verify_together(Settings& settings, const util::Environment& environment, int quiet, int verbose) {
  const int status = failure_status(environment);
  if (const auto* distribution = settings.find("distribution")) {
    if (auto fault = find_plane_fault(distribution->value, environment, settings.release())) return util::fail(std::move(*fault));
  }
  // In sbatch's order (slurm_opt.c:validate_options_salloc_sbatch_srun): the first fault is the one that it names.
  CHECK_OK(verify_gpus_per_node(settings));
  CHECK_OK(verify_tasks_per_gpu(settings));
  CHECK_OK(verify_specialized(settings));
  CHECK_OK(verify_memory(settings));
  if (settings.release() >= Release{23, 2} && settings.gives_both_shares()) {
    return util::fail(fatal("--exclusive and --oversubscribe options are mutually exclusive"));
  }
  CHECK_OK(verify_tres_per_task(settings));
  CHECK_OK(verify_cpus_per_gpu(settings));
  CHECK_OK(verify_arbitrary(settings));
  CHECK_OK(verify_segment(settings));
  std::string lines;  // of what sbatch notes, and goes on
  if (quiet > 0 && verbose > 0) lines += "\ndon't specify both --verbose (-v) and --quiet (-Q)";
  if (auto verified = verify_hint(settings, environment); !verified) {
    auto error = verified.error();
    if (!lines.empty()) error.body = make_fault(std::string_view(lines).substr(1), status).body + error.body;
    return util::fail(std::move(error));
  }
  CHECK_OK(verify_counts(settings, lines, status));
  if (settings.release() < Release{21, 8} && settings.find("gpus-per-socket") && !settings.find("sockets-per-node")) {
    lines += "\n--gpus-per-socket option requires --sockets-per-node specification";
  }
  if (lines.empty()) return {};
  return util::fail(make_fault(std::string_view(lines).substr(1), status));
}

}  // namespace sarray::slurm
