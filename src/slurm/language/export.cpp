#include "slurm/language/export.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <utility>

#include "slurm/language/text.hpp"
#include "util/environment_names.hpp"
#include "util/traces.hpp"

namespace sarray::slurm {

namespace {

constexpr std::size_t longest_name = 255;          // longer ones do not reach the job (observed on 22.05)
constexpr std::size_t longest_value = 256 * 1024;  // likewise

/// Keeps only the variables whose names begin with one of Slurm's prefixes.
util::Environment keep_slurm_names(const util::Environment& environment, std::string_view prefix, bool spank) {
  std::vector<std::string> entries;
  const auto keep = [&](std::string_view name, std::string_view value) {
    entries.push_back(std::string(name) + "=" + std::string(value));
  };
  environment.visit_prefix(prefix, keep);
  if (spank) environment.visit_prefix("SPANK", keep);
  return util::Environment::from_entries(std::move(entries));
}

void add_listed(util::Environment& target, const util::Environment& source, const std::string& word) {
  const auto equals = word.find('=');
  if (equals != std::string::npos) {
    target.set(std::string_view(word).substr(0, equals), std::string_view(word).substr(equals + 1));
  } else if (const auto value = source.get(word)) {
    target.set(word, *value);
  }
}

util::Environment from_export_file(const std::string& bytes) {
  std::vector<std::string> entries;
  for (std::size_t begin = 0; begin < bytes.size();) {
    auto end = bytes.find('\0', begin);
    if (end == std::string::npos) end = bytes.size();
    const auto entry = std::string_view(bytes).substr(begin, end - begin);
    const auto equals = std::min(entry.find('='), entry.size());
    const auto value = util::clean_value(entry.substr(0, equals), entry.substr(std::min(equals + 1, entry.size())));
    if (equals < entry.size() && value) entries.push_back(std::string(entry.substr(0, equals)) + "=" + *value);
    begin = end + 1;
  }
  auto environment = util::Environment::from_entries(std::move(entries));
  // sbatch drops variables that only make sense where the file was made (observed on 22.05).
  for (const auto* name : {"DISPLAY", "ENVIRONMENT", "HOSTNAME"}) environment.unset(name);
  return environment;
}

void drop_oversized(util::Environment& environment) {
  std::vector<std::string> dropped;
  for (const auto& [name, value] : environment.changes()) {
    if (value && (name.size() > longest_name || value->size() >= longest_value)) dropped.push_back(name);
  }
  for (const auto& entry : environment.base()->entries()) {
    if (entry.size() <= longest_name) continue;
    const auto equals = entry.find('=');
    if (equals > longest_name || entry.size() - equals > longest_value) dropped.emplace_back(entry.substr(0, equals));
  }
  for (const auto& name : dropped) environment.unset(name);
}

}  // namespace

std::vector<std::string> split_export_list(std::string_view list) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while (at < list.size()) {
    char quote = 0;
    std::size_t end = at;
    for (; end < list.size(); ++end) {
      const char c = list[end];
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == ',') {
        break;
      }
    }
    auto word = list.substr(at, end - at);
    // Quotes around the whole word are Slurm's; quotes elsewhere stay in the value.
    if (word.size() >= 2 && (word.front() == '\'' || word.front() == '"') && word.back() == word.front()) {
      word = word.substr(1, word.size() - 2);
    }
    if (!word.empty()) words.emplace_back(word);
    at = end + 1;
  }
  return words;
}

namespace {

struct ExportChoice {
  enum class Kind { all, none, nil, list } kind = Kind::all;
  bool explicit_text = false;  ///< SLURM_EXPORT_ENV is set
};

ExportChoice read_choice(const Setting* setting, const Release& release) {
  if (setting == nullptr || equals_ignoring_case(setting->value, "ALL")) return {};
  if (equals_ignoring_case(setting->value, "NONE")) return {ExportChoice::Kind::none, true};
  if (release >= Release{23, 2} && equals_ignoring_case(setting->value, "NIL")) return {ExportChoice::Kind::nil, true};
  return {ExportChoice::Kind::list, true};
}

/// Returns the --export list without what a session set in the environment of its driver, which may list all of it.
std::string clean_list(const std::string& list) {
  const auto has = [&](std::string_view text) { return list.find(text) != std::string::npos; };
  if (!has(util::own_prefix) && !has("/sessions/") && !has(util::library_name)) return list;
  std::string kept;
  for (const auto& word : split_export_list(list)) {
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    const auto value = util::clean_value(name, equals == std::string::npos ? "" : std::string_view(word).substr(equals + 1));
    if (!value) continue;
    const auto text = equals == std::string::npos ? word : name + "=" + *value;
    const char* quote = text.find(',') == std::string::npos ? "" : text.find('\'') == std::string::npos ? "'" : "\"";
    kept += (kept.empty() ? "" : ",") + std::string(quote) + text + quote;
  }
  return kept;
}

util::Environment choose_variables(const util::Environment& own, const ExportChoice& choice, const std::string& list,
                                   const Release& release) {
  switch (choice.kind) {
    case ExportChoice::Kind::all:
      return own;
    case ExportChoice::Kind::none:
    case ExportChoice::Kind::nil:
      return keep_slurm_names(own, "SLURM", release >= Release{23, 11});
    case ExportChoice::Kind::list:
      break;
  }
  const auto words = split_export_list(list);
  const bool all = std::any_of(words.begin(), words.end(), [](const auto& w) { return equals_ignoring_case(w, "ALL"); });
  auto chosen = all ? own : keep_slurm_names(own, "SLURM_", false);
  for (const auto& word : words) {
    if (!equals_ignoring_case(word, "ALL")) add_listed(chosen, own, word);
  }
  return chosen;
}

}  // namespace

bool loads_login_environment(const Job& job, const Release& release) {
  const auto kind = read_choice(job.find("export"), release).kind;
  return kind == ExportChoice::Kind::none || kind == ExportChoice::Kind::list || job.find("get-user-env") != nullptr;
}

namespace {

/// sbatch's own environment. 26.05 loses the file's variables unless there is an --export, too
/// (sbatch.c:_fill_job_desc_from_opts).
util::Environment own_environment(const Call& call, const Job& job, const Release& release) {
  if (!call.export_file) return call.environment;
  const bool counts = release < Release{26, 5} || job.find("export") != nullptr;
  return counts ? from_export_file(*call.export_file) : util::Environment();
}

}  // namespace

SentEnvironment sent_environment(const Call& call, const Job& job, const Release& release) {
  util::Environment own = own_environment(call, job, release);
  const auto* setting = job.find("export");
  const auto choice = read_choice(setting, release);
  const auto list = setting != nullptr ? clean_list(setting->value) : std::string();

  const auto set_by_option = [&own](std::string_view name, std::string_view value) { own.set(name, value); };
  // Only a file's variables are sent with --export-file, and a script from standard input gives no name: the name that sbatch
  // puts into its own environment is not sent (observed on 22.05). From 24.11 on the node sets it.
  const bool name_sent = !call.export_file && (call.source != ScriptSource::standard_input || job.find("job-name") != nullptr);
  const bool name_known = name_sent || release >= Release{24, 11};
  if (name_known) set_by_option("SLURM_JOB_NAME", job.name);
  if (!call.export_file || !own.get("SLURM_SUBMIT_DIR")) set_by_option("SLURM_SUBMIT_DIR", job.directory);
  set_by_option("SLURM_SUBMIT_HOST", call.host);
  if (job.open_mode != OpenMode::site_default) {
    set_by_option("SLURM_OPEN_MODE", job.open_mode == OpenMode::append ? "a" : "t");
  }
  if (job.dependency_text && !call.export_file) set_by_option("SLURM_JOB_DEPENDENCY", *job.dependency_text);
  if (choice.explicit_text && !own.get("SLURM_EXPORT_ENV")) set_by_option("SLURM_EXPORT_ENV", list);

  SentEnvironment sent;
  sent.variables = choose_variables(own, choice, list, release);
  drop_oversized(sent.variables);
  if (release >= Release{26, 5}) sent.variables.unset("SLURM_JWT");
  sent.login = loads_login_environment(job, release);
  return sent;
}

bool loses_limits(const Call& call) { return call.export_file.has_value(); }

bool is_set_by_slurm(std::string_view variable, const Job& job) {
  // Sorted. Source: env.c:env_array_for_batch_job; observed on 22.05. SLURM_RESTART_COUNT is not here, since it is only set on a
  // restart.
  static constexpr std::array<std::string_view, 38> always = {
      "ENVIRONMENT",
      "HOSTNAME",
      "SLURMD_NODENAME",
      "SLURM_ARRAY_JOB_ID",
      "SLURM_ARRAY_TASK_COUNT",
      "SLURM_ARRAY_TASK_ID",
      "SLURM_ARRAY_TASK_MAX",
      "SLURM_ARRAY_TASK_MIN",
      "SLURM_ARRAY_TASK_STEP",
      "SLURM_CLUSTER_NAME",
      "SLURM_CONF",
      "SLURM_CPUS_ON_NODE",
      "SLURM_CPUS_PER_TASK",
      "SLURM_GET_USER_ENV",
      "SLURM_GTIDS",
      "SLURM_JOBID",
      "SLURM_JOB_CPUS_PER_NODE",
      "SLURM_JOB_GID",
      "SLURM_JOB_GROUP",
      "SLURM_JOB_ID",
      "SLURM_JOB_NODELIST",
      "SLURM_JOB_NUM_NODES",
      "SLURM_JOB_PARTITION",
      "SLURM_JOB_UID",
      "SLURM_JOB_USER",
      "SLURM_LOCALID",
      "SLURM_NNODES",
      "SLURM_NODEID",
      "SLURM_NODELIST",
      "SLURM_NODE_ALIASES",
      "SLURM_PRIO_PROCESS",
      "SLURM_PROCID",
      "SLURM_TASKS_PER_NODE",
      "SLURM_TASK_PID",
      "SLURM_TOPOLOGY_ADDR",
      "SLURM_TOPOLOGY_ADDR_PATTERN",
      "SLURM_UMASK",
      "SLURM_WORKING_CLUSTER",
  };
  static_assert(std::is_sorted(always.begin(), always.end()));
  if (std::binary_search(always.begin(), always.end(), variable)) return true;
  // The node's plugins set these for the devices that a job is given (gres/gpu, Slurm's gpu_common.c), and overwrite what was
  // sent.
  static constexpr std::array<std::string_view, 5> devices = {"CUDA_VISIBLE_DEVICES", "GPU_DEVICE_ORDINAL", "HIP_VISIBLE_DEVICES",
                                                              "ROCR_VISIBLE_DEVICES", "ZE_AFFINITY_MASK"};
  if (std::find(devices.begin(), devices.end(), variable) != devices.end()) {
    return std::any_of(job.settings.begin(), job.settings.end(), [](const Setting& setting) {
      const auto name = setting.option->name;
      return name.starts_with("gpus") || name == "gres" || name == "tres-per-task";
    });
  }
  if (!variable.starts_with("SLURM_")) return false;
  if (variable.starts_with("SLURM_RLIMIT_")) return true;
  // These are overwritten only if the option is given; otherwise inherited values stay.
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 15> by_option = {{
      {"SLURM_NTASKS", "ntasks"},
      {"SLURM_NPROCS", "ntasks"},
      {"SLURM_MEM_PER_NODE", "mem"},
      {"SLURM_MEM_PER_CPU", "mem-per-cpu"},
      {"SLURM_MEM_PER_GPU", "mem-per-gpu"},
      {"SLURM_NTASKS_PER_NODE", "ntasks-per-node"},
      {"SLURM_NTASKS_PER_CORE", "ntasks-per-core"},
      {"SLURM_NTASKS_PER_SOCKET", "ntasks-per-socket"},
      {"SLURM_NTASKS_PER_GPU", "ntasks-per-gpu"},
      {"SLURM_THREADS_PER_CORE", "threads-per-core"},
      {"SLURM_DISTRIBUTION", "distribution"},
      {"SLURM_GPUS", "gpus"},
      {"SLURM_GPUS_PER_NODE", "gpus-per-node"},
      {"SLURM_GPUS_PER_TASK", "gpus-per-task"},
      {"SLURM_PROFILE", "profile"},
  }};
  return std::any_of(by_option.begin(), by_option.end(),
                     [&](const auto& row) { return row.first == variable && job.find(row.second) != nullptr; });
}

}  // namespace sarray::slurm
